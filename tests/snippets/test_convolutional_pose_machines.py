"""Convolutional pose machines: the paper's claims."""

import math
from itertools import pairwise

import pytest
import torch
from skimage.data import astronaut
from torch import nn
from torch.nn import functional as F

from snippets.convolutional_pose_machines import (
    CONTEXT,
    EVIDENCE,
    PoseMachine,
    gradient_by_layer,
    ideal_beliefs,
    initialise,
    locate,
    photograph,
    receptive_field,
    stage_losses,
)


@pytest.fixture(scope="module")
def gradients() -> dict[bool, list[float]]:
    """By layer, with (True) and without (False) intermediate supervision."""
    return {intermediate: gradient_by_layer(intermediate) for intermediate in (True, False)}


@pytest.fixture
def small() -> PoseMachine:
    net = PoseMachine(parts=2, stages=3, width=4)
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.kaiming_normal_(parameter)
        else:
            nn.init.uniform_(parameter, 0.1, 0.5)                 # few units are off everywhere
    return net.double()


def positive(net: PoseMachine) -> PoseMachine:
    """All weights 1 and no biases, so that whatever a unit can see it does see."""
    for parameter in net.parameters():
        nn.init.constant_(parameter, float(parameter.dim() > 1))
    return net


def seen(net: PoseMachine, stage: int, length: int = 640) -> int:
    """How many pixels of a strip move the belief of a cell in its middle, found by trying."""
    cell = length // 16

    def moves(pixel: int) -> bool:
        image = torch.zeros(1, 3, 8, length)
        image[..., pixel] = 1
        return net(image)[stage - 1][0, 0, 0, cell].item() > 0

    def border(outside: int, inside: int) -> int:
        while abs(outside - inside) > 1:
            middle = (outside + inside) // 2
            outside, inside = (outside, middle) if moves(middle) else (middle, inside)
        return inside

    with torch.no_grad():
        return border(length, cell * 8) - border(-1, cell * 8) + 1


def test_receptive_field_by_hand():
    assert receptive_field([(3, 1), (2, 2), (3, 1)]) == [3, 4, 8]
    assert receptive_field([(3, 1)], field=10, step=4) == [18]


def test_the_receptive_fields_are_160_and_400_pixels(record_property):
    first = receptive_field(EVIDENCE)
    second = receptive_field(CONTEXT, first[-1], 8)
    record_property("stage 1", f"{first[-1]} × {first[-1]}")
    record_property("stage 2", f"{second[-1]} × {second[-1]}")
    assert first[::2] == [9, 26, 60, 96, 160]
    assert second == [240, 320, 400, 400, 400]
    assert receptive_field([*EVIDENCE, *CONTEXT, (3, 1)])[-1] == 400 + 2 * 8   # still steps of 8
    net = positive(PoseMachine(parts=1, stages=2, width=4))
    assert seen(net, 1) == first[-1]
    assert seen(net, 2) == second[-1]


def test_a_stage_reads_31_by_31_cells_of_the_beliefs_before(record_property):
    stage = positive(PoseMachine(parts=1, stages=2, width=4)).later[0]
    beliefs = torch.zeros(1, 3, 51, 51)
    beliefs[0, 2, 25, 25] = 1
    rows, columns = (stage(beliefs)[0, 0] > 0).nonzero().T
    size = [int(rows.max() - rows.min() + 1), int(columns.max() - columns.min() + 1)]
    record_property("cells of the map before", " × ".join(map(str, size)))
    assert size == [31, 31]


def test_a_pixel_too_far_for_the_first_stage_reaches_the_second_through_the_beliefs(small):
    image = torch.randn(1, 3, 8, 480, dtype=torch.double)
    other = image.clone()
    other[..., :90] = torch.randn(1, 3, 8, 90, dtype=torch.double)
    cell = 30                                          # its pixels are 240 … 247; 150 away
    before, after = (torch.stack(small(x))[..., 0, 0, cell] for x in (image, other))
    difference = (before - after).abs()
    assert difference[0].max() == 0
    assert difference[1].max() > 0
    with torch.no_grad():                              # the features x' do not see it either
        assert torch.equal(small.image(image)[..., cell], small.image(other)[..., cell])


def test_the_network_and_its_gradient_equal_plain_operations(small):
    image = torch.randn(2, 3, 16, 24, dtype=torch.double)
    copies = {name: p.detach().clone().requires_grad_() for name, p in small.named_parameters()}

    def branch(prefix, x, pooled, last_relu):
        names = [n[:-7] for n in copies if n.startswith(prefix) and n.endswith(".weight")]
        for i, name in enumerate(names):
            weight, bias = copies[f"{name}.weight"], copies[f"{name}.bias"]
            x = F.conv2d(x, weight, bias, padding="same")
            x = x.clamp(min=0) if i < len(names) - 1 or last_relu else x
            if pooled and i < 3:
                n, c, h, w = x.shape
                x = x.reshape(n, c, h // 2, 2, w // 2, 2).amax(dim=(3, 5))
        return x

    expected = [branch("first.", image, True, False)]
    features = branch("image.", image, True, True)
    for t in range(2):
        joined = torch.cat([features, expected[-1]], dim=1)
        expected.append(branch(f"later.{t}.", joined, False, False))
    got = small(image)
    assert len(got) == 3
    for a, b in zip(got, expected, strict=True):
        torch.testing.assert_close(a, b)
    assert all(b.std() > 0.01 for b in got)
    sum((b**3).sum() for b in got).backward()
    sum((b**3).sum() for b in expected).backward()
    for name, p in small.named_parameters():
        torch.testing.assert_close(p.grad, copies[name].grad)


def test_the_full_network_has_30_7_million_parameters_and_maps_of_an_eighth(record_property):
    with torch.device("meta"):
        net = PoseMachine()
        beliefs = net(torch.empty(1, 3, 368, 368))
    assert [tuple(b.shape) for b in beliefs] == [(1, 15, 46, 46)] * 6

    def layer(inputs, outputs, kernel):
        return outputs * (inputs * kernel**2 + 1)

    shared = layer(3, 128, 9) + 2 * layer(128, 128, 9) + layer(128, 32, 5)
    first = shared + layer(32, 512, 9) + layer(512, 512, 1) + layer(512, 15, 1)
    later = layer(47, 128, 11) + 2 * layer(128, 128, 11) + layer(128, 128, 1) + layer(128, 15, 1)
    count = sum(p.numel() for p in net.parameters())
    record_property("parameters", f"{count:,}")
    assert count == first + shared + 5 * later == 30_732_698


def test_the_widths_are_those_of_the_authors_flic_model():
    with torch.device("meta"):
        net = PoseMachine(parts=9, stages=4)
    widths = [
        [m.out_channels for m in part if isinstance(m, nn.Conv2d)]
        for part in (net.first, net.image, *net.later)
    ]
    assert widths[0] == [128, 128, 128, 32, 512, 512, 10]
    assert widths[1] == [128, 128, 128, 32]
    assert widths[2:] == [[128, 128, 128, 128, 10]] * 3


def test_ideal_beliefs_by_hand():
    joints = torch.tensor([[[2.0, 0.0], [0.0, 1.0]]])             # x, y of two parts
    maps = ideal_beliefs(joints, 2, 3)[0]
    e = [math.exp(-d / 2) for d in range(6)]                      # by squared distance
    expected = [
        [[e[4], e[1], 1.0], [e[5], e[2], e[1]]],
        [[e[1], e[2], e[5]], [1.0, e[1], e[4]]],
    ]
    torch.testing.assert_close(maps[:2], torch.tensor(expected))
    torch.testing.assert_close(maps[2], 1 - torch.tensor(expected).amax(dim=0))
    wider = ideal_beliefs(joints, 2, 3, sigma=2.0)[0, 0, 0, 0].item()
    assert wider == pytest.approx(math.exp(-4 / 8))


def test_the_joint_is_where_the_belief_is_highest():
    joints = torch.tensor([[[6, 2], [0, 3], [3, 0]], [[1, 1], [5, 4], [2, 2]]])
    assert torch.equal(locate(ideal_beliefs(joints, 5, 7)), joints)
    crowded = torch.zeros(1, 2, 3, 3)
    crowded[0, 0, 1, 2] = 0.1
    crowded[0, 1, 0, 0] = 9.0                                     # background
    assert locate(crowded).tolist() == [[[2, 1]]]


def test_stage_losses_by_hand():
    ideal = torch.ones(2, 1, 1, 2)
    first = torch.tensor([[1.0, 2.0], [0.0, 3.0]]).reshape(2, 1, 1, 2)
    losses = stage_losses([first, ideal, ideal - 2], ideal)
    assert losses.tolist() == [(0 + 1 + 1 + 4) / 2, 0.0, 8.0]
    maps = torch.ones(1, 3, 4, 5)
    assert stage_losses([maps], 0 * maps).tolist() == [60.0]


def test_the_gradient_of_the_whole_loss_is_the_sum_over_stages_and_a_stage_answers_to_later_ones(
    small,
):
    image = torch.randn(1, 3, 16, 16, dtype=torch.double)
    ideal = torch.randn(1, 3, 2, 2, dtype=torch.double)
    weights = [part[0].weight for part in (small.first, *small.later)]

    def gradient(loss):
        return torch.autograd.grad(
            loss, weights, allow_unused=True, retain_graph=True, materialize_grads=True
        )

    losses = stage_losses(small(image), ideal)
    single = [gradient(loss) for loss in losses]
    for s, whole in enumerate(gradient(losses.sum())):
        torch.testing.assert_close(whole, sum(g[s] for g in single))
        assert [bool(g[s].any()) for g in single] == [t >= s for t in range(3)]


def test_intermediate_supervision_keeps_the_gradient_of_the_first_layer_alive(
    gradients, record_property
):
    record_property("first layer, loss at every stage", f"{gradients[True][0]:.0e}")
    record_property("first layer, loss at the last stage", f"{gradients[False][0]:.0e}")
    assert gradients[True][0] > 0.1
    assert gradients[False][0] < 1e-10
    assert min(gradients[True]) > 0.02 * max(gradients[True][-5:])


def test_each_stage_in_between_takes_more_than_nine_tenths_of_the_gradient(gradients):
    alone = gradients[False]
    starts = [alone[0], *alone[7::5]]                             # first layer of every stage
    assert len(starts) == 6
    assert all(10 * a < b for a, b in pairwise(starts))


def test_the_last_stage_is_trained_alike_either_way(gradients):
    assert gradients[True][-5:] == pytest.approx(gradients[False][-5:], rel=1e-5)


def test_with_initial_weights_after_he_the_gradient_does_not_vanish(record_property):
    shares = []
    for seed in range(3):
        with_, without = (gradient_by_layer(i, he=True, seed=seed)[0] for i in (True, False))
        shares.append(without / with_)
    record_property("share left with He's weights", ", ".join(f"{share:.2f}" for share in shares))
    assert all(0.01 < share < 1.0 for share in shares)
    assert len(set(shares)) == 3


def test_gradients_are_those_of_a_seeded_start_on_the_photograph(gradients):
    image, joints = photograph()
    for intermediate in (True, False):
        torch.manual_seed(0)
        net = PoseMachine(4, 6, 16)
        initialise(net, 0.01 * math.sqrt(8))
        f = stage_losses(net(image), ideal_beliefs(joints, 16, 16))
        (f.sum() if intermediate else f[5]).backward()
        expected = [
            m.weight.grad.norm().item()
            for part in (net.first, *net.later)
            for m in part
            if isinstance(m, nn.Conv2d)
        ]
        assert gradients[intermediate] == pytest.approx(expected, rel=1e-4)
    assert len(gradient_by_layer(True, stages=2)) == 12


def test_initial_weights_have_the_deviation_asked_for_and_biases_are_zero():
    layer = nn.Conv2d(32, 64, 5)
    for deviation, expected in ((0.01, 0.01), (0.3, 0.3), (None, math.sqrt(2 / (32 * 25)))):
        nn.init.ones_(layer.bias)
        initialise(layer, deviation)
        assert layer.weight.std().item() == pytest.approx(expected, rel=0.03)
        assert abs(layer.weight.mean().item()) < 0.03 * expected
        assert not layer.bias.any()


def test_the_photograph_is_every_fourth_pixel_around_zero_with_joints_in_cells():
    image, joints = photograph()
    assert image.shape == (1, 3, 128, 128)
    pixel = torch.tensor(astronaut()[108, 224] / 255 - 0.5).float()
    torch.testing.assert_close(image[0, :, 27, 56], pixel)
    expected = [[6.5, 2.9375], [6.21875, 6.21875], [2.15625, 7.9375], [9.65625, 7.625]]
    torch.testing.assert_close(joints, torch.tensor([expected]))
