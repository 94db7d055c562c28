"""AlexNet: the paper's claims."""

from functools import cache
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.alexnet import (
    AlexNet,
    ResponseNorm,
    active_shares,
    colour_basis,
    digit_net,
    digits,
    initialise,
    neurons,
    outline,
    parameters,
    photo,
    response_norm,
    shift_colours,
    training_curve,
)


@pytest.fixture
def features() -> nn.Sequential:
    """The convolutions of the full-size net, with memory."""
    features = outline().features.to_empty(device="cpu")
    initialise(features, bias=0.1)
    return features.requires_grad_(False)


@cache
def losses(bias: int) -> list[float]:
    return training_curve(bias)


# Response normalization


@pytest.mark.parametrize(("N", "n"), [(7, 5), (3, 5), (6, 3)])
def test_response_norm_and_its_gradient_equal_torch_with_alpha_times_n(N, n):
    a = torch.rand(2, N, 3, 4, dtype=torch.double) * 100
    ours, theirs = a.clone().requires_grad_(), a.clone().requires_grad_()
    b = response_norm(ours, 1.5, n, 1e-3, 0.6)
    b_torch = F.local_response_norm(theirs, n, alpha=n * 1e-3, beta=0.6, k=1.5)
    torch.testing.assert_close(b, b_torch)
    (b**2).sum().backward()
    (b_torch**2).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_response_norm_by_hand():
    a = torch.tensor([1.0, 2, 3, 4]).reshape(1, 4, 1, 1)
    b = response_norm(a, k=1.0, n=3, alpha=1.0, beta=1.0).flatten().tolist()
    assert b == pytest.approx([1 / 6, 2 / 15, 3 / 30, 4 / 26])


def test_the_constants_are_those_of_the_paper():
    a = torch.rand(1, 9, 2, 2, dtype=torch.double) * 300
    expected = F.local_response_norm(a, 5, alpha=5 * 1e-4, beta=0.75, k=2)
    torch.testing.assert_close(response_norm(a), expected)
    torch.testing.assert_close(ResponseNorm()(a), expected)


def test_a_loud_channel_quiets_its_two_neighbours_on_each_side_and_no_others(record_property):
    a = torch.full((1, 9, 1, 1), 50.0)
    loud = a.clone()
    loud[:, 4] = 200
    change = (response_norm(loud) / response_norm(a)).flatten()
    record_property("neighbours become", f"× {change[3]:.2f}")
    record_property("channels further away become", f"× {change[1]:.2f}")
    assert (change[[2, 3, 5, 6]] < 0.6).all()
    assert (change[[0, 1, 7, 8]] == 1).all()


def test_a_lone_channel_responds_less_again_beyond_an_activity_of_200(record_property):
    a = torch.arange(1.0, 601).reshape(-1, 1, 1, 1)
    peak = a[response_norm(a).argmax()].item()
    record_property("activity of the largest response", peak)
    assert peak == pytest.approx((2 * 2 / 1e-4) ** 0.5)        # √(2k / α) for β = 3/4


# The network


def test_the_network_has_about_60_million_parameters(record_property):
    net = outline()
    record_property("parameters", f"{parameters(net) / 1e6:.1f} M")
    record_property("without groups", f"{parameters(outline(1)) / 1e6:.1f} M")
    convolutions = [(96, 11 * 11 * 3), (256, 5 * 5 * 48), (384, 3 * 3 * 256), (384, 3 * 3 * 192),
                    (256, 3 * 3 * 192)]  # fmt: skip
    linear = [(4096, 6 * 6 * 256), (4096, 4096), (1000, 4096)]
    assert parameters(net) == sum(n * (fan_in + 1) for n, fan_in in convolutions + linear)
    assert parameters(net) / 1e6 == pytest.approx(60, rel=0.02)
    assert parameters(outline(1)) > parameters(net)


def test_the_network_has_about_650_000_neurons_but_not_with_the_printed_first_layer(
    record_property,
):
    counts = neurons(outline())
    printed = [253_440, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000]
    record_property("neurons", f"{sum(counts):,}")
    record_property("first layer", f"{counts[0]:,}")
    assert counts[1:] == printed[1:]
    assert counts[0] == 55 * 55 * 96
    assert printed[0] == 55 * 48 * 96                          # so one 55 was taken for 48
    assert abs(sum(counts) - 650_000) < 10_000 < abs(sum(printed) - 650_000)
    assert neurons(outline(), 224)[:2] != counts[:2]           # the printed input size


def test_two_convolutions_hold_more_than_the_stated_one_percent_of_the_weights(record_property):
    net = outline()
    share = [parameters(m) / parameters(net) for m in net.features if isinstance(m, nn.Conv2d)]
    record_property("largest share of a convolution", f"{max(share):.1%}")
    assert [s > 0.01 for s in share] == [False, False, True, True, False]


def test_the_layers_give_the_sizes_of_figure_2(features):
    x, shapes = torch.randn(1, 3, 227, 227), []
    for layer in features:
        x = layer(x)
        if isinstance(layer, nn.Conv2d):
            shapes.append(tuple(x.shape[1:]))
    assert shapes == [(96, 55, 55), (256, 27, 27), (384, 13, 13), (384, 13, 13), (256, 13, 13)]
    assert x.shape == (1, 256, 6, 6)
    assert [c * h * w for c, h, w in shapes] == neurons(outline())[:5]


def test_relu_follows_every_layer_and_norm_and_pooling_where_the_paper_says():
    names = "".join(type(layer).__name__[0] for layer in outline().features)
    assert names == "CRRM" * 2 + "CR" * 3 + "M"                # conv, ReLU, response norm, max
    names = [type(layer).__name__ for layer in outline().classifier]
    hidden = ["Linear", "ReLU", "Dropout"]
    assert names == ["Flatten", *hidden, *hidden, "Linear"]
    assert [m.p for m in outline().modules() if isinstance(m, nn.Dropout)] == [0.5, 0.5]
    assert outline().classifier[-1].out_features == 1000


def test_the_net_is_features_then_classifier(features):
    with torch.device("meta"):
        net = AlexNet(K=3)
    kernels = 96 * 363 + 256 * 48 * 25 + 384 * 256 * 9 + (384 + 256) * 192 * 9  # two groups
    biases = 96 + 256 + 384 + 384 + 256
    assert sum(p.numel() for p in net.features.parameters()) == kernels + biases
    net.features = features
    net.classifier = nn.Sequential(nn.Flatten(), nn.AvgPool1d(9))
    x = torch.randn(1, 3, 227, 227)
    torch.testing.assert_close(net(x), features(x).reshape(1, -1, 9).mean(-1))


@pytest.mark.parametrize(
    ("convolution", "own_gpu_only"), [(1, True), (2, False), (3, True), (4, True)]
)
def test_layers_2_4_and_5_see_only_their_own_gpu(features, convolution, own_gpu_only):
    layer = [m for m in features if isinstance(m, nn.Conv2d)][convolution]
    half_in = layer.in_channels // 2 if own_gpu_only else 192
    C = 2 * half_in if own_gpu_only else layer.in_channels
    x = torch.randn(1, C, 5, 5)
    other = x.clone()
    other[:, C // 2 :] += 1                                    # what lies on the second GPU
    changed = (layer(x) != layer(other)).flatten(2).any(-1)[0]
    half = layer.out_channels // 2
    assert changed[half:].all()
    assert changed[:half].any() != own_gpu_only


def test_overlapping_pooling_gives_the_same_sizes_as_non_overlapping(features):
    pools = [m for m in features if isinstance(m, nn.MaxPool2d)]
    assert [(m.kernel_size, m.stride) for m in pools] == [(3, 2)] * 3
    for before, after in pairwise((55, 27, 13, 6)):
        x = torch.randn(1, 1, before, before)
        assert pools[0](x).shape[-1] == after == F.max_pool2d(x, 2, 2).shape[-1]


# Colours


def test_colour_basis_holds_the_principal_directions():
    pixels = photo().flatten(2)[0].T.double()
    eigenvalues, P = colour_basis(pixels)
    centred = pixels - pixels.mean(0)
    torch.testing.assert_close((centred @ P).square().mean(0), eigenvalues, rtol=1e-3, atol=0)
    torch.testing.assert_close(P.T @ P, torch.eye(3, dtype=torch.double))


def test_colour_shift_by_hand_and_the_same_for_every_pixel():
    x = torch.zeros(2, 3, 2, 2)
    P = torch.tensor([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])      # p_1 is green, p_2 blue, p_3 red
    alpha = torch.tensor([[1.0, 0, 0], [0, 1, 2]])
    y = shift_colours(x, torch.tensor([5.0, 7, 11]), P, alpha)
    assert y[:, :, 0, 0].tolist() == [[0, 5, 0], [22, 0, 7]]
    assert (y == y[:, :, :1, :1]).all()


def test_random_colour_shifts_follow_the_squared_spectrum_of_the_photo():
    pixels = photo().flatten(2)[0].T.double()
    eigenvalues, P = colour_basis(pixels)
    alpha = 0.1 * torch.randn(20_000, 3, dtype=torch.double)
    shifts = shift_colours(torch.zeros(20_000, 3, 1, 1).double(), eigenvalues, P, alpha)
    spread = (shifts[:, :, 0, 0] @ P).std(0)
    torch.testing.assert_close(spread, 0.1 * eigenvalues, rtol=0.05, atol=0)


def test_the_size_of_the_colour_shift_depends_on_the_unit_of_pixel_values(record_property):
    x, alpha = photo(), torch.tensor([[0.1, 0.1, 0.1]])
    size = {}
    for white in (1, 255):
        scaled = white * x
        values, P = colour_basis(scaled.flatten(2)[0].T)
        moved = shift_colours(scaled, values, P, alpha) - scaled
        size[white] = moved.norm(dim=1).mean().item() / white
    record_property("shift, white is 1", f"{size[1]:.3f} of white")
    record_property("shift, white is 255", f"{size[255]:.2f} of white")
    assert size[255] / size[1] == pytest.approx(255, rel=1e-3)


def test_the_photo_is_rgb_between_0_and_1():
    x = photo()
    assert x.shape == (1, 3, 256, 256)
    assert (x.min(), x.max()) == (0, 1)
    assert x.mean((2, 3))[0].argmax() == 0                     # the reds of suit and flag


# Initialization


def test_biases_of_one_open_the_relus_of_the_deep_layers(record_property):
    without, lifted = active_shares(0), active_shares(1)
    record_property("active after convolution 5, biases 0", f"{without[4]:.0%}")
    record_property("active after convolution 5, biases 1", f"{lifted[4]:.0%}")
    assert len(without) == 5
    assert all(0.4 < share < 0.6 for share in without)
    assert min(lifted[3:]) > 0.95
    assert lifted[1] > without[1] + 0.1                        # conv 2, against a louder input
    assert 0.4 < lifted[2] < 0.6                               # conv 3 keeps bias 0


def test_biases_of_one_make_the_first_steps_of_training_faster(record_property):
    late = {bias: sum(losses(bias)[-10:]) / 10 for bias in (0, 1)}
    record_property("loss with biases 0", round(late[0], 2))
    record_property("loss with biases 1", round(late[1], 2))
    assert late[1] < late[0] - 0.25


def test_initialization_is_normal_with_lifted_biases_in_layers_2_4_5_and_hidden_linear_ones():
    net = nn.Sequential(*[nn.Conv2d(20, 20, 5) for _ in range(5)],
                        *[nn.Linear(100, 100) for _ in range(3)])  # fmt: skip
    initialise(net)
    assert [layer.bias.unique().tolist() for layer in net] == [
        [0], [1], [0], [1], [1], [1], [1], [0]]  # fmt: skip
    for layer in net:
        assert layer.weight.std().item() == pytest.approx(0.01, rel=0.05)
    initialise(net, bias=2.0, std=0.1)
    assert net[1].bias.unique().tolist() == [2]
    assert net[7].weight.std().item() == pytest.approx(0.1, rel=0.05)


def test_active_shares_are_measured_on_the_centred_photo_in_units_of_255(monkeypatch):
    first = []

    def conv(self, x):
        if not first:
            first.append(x)
        return F.conv2d(x, self.weight, self.bias, self.stride, self.padding, groups=self.groups)

    monkeypatch.setattr(nn.Conv2d, "forward", conv)
    active_shares(0)
    x = 255 * photo()[:, :, :227, :227]
    torch.testing.assert_close(first[0], x - x.mean((2, 3))[:, :, None, None])


# The experiment


def test_digits_are_centred_and_between_minus_256_and_256():
    x, y = digits()
    assert (x.shape, y.shape) == ((500, 1, 8, 8), (500,))
    torch.testing.assert_close(x.mean(0), torch.zeros(1, 8, 8), atol=1e-4, rtol=0)
    assert (x.amax(0) - x.amin(0)).max() == 256


def test_the_digit_net_is_built_like_the_large_one():
    net = digit_net()
    names = "".join(type(layer).__name__[0] for layer in net)
    assert names == "CRRM" * 2 + "F" + "LR" * 2 + "L"
    sizes = [tuple(p.shape) for p in net.parameters() if p.ndim > 1]
    assert sizes == [(16, 1, 3, 3), (32, 8, 3, 3), (64, 128), (64, 64), (10, 64)]
    pools = [m for m in net if isinstance(m, nn.MaxPool2d)]
    assert [(m.kernel_size, m.stride, m.padding) for m in pools] == [(3, 2, 1)] * 2
    assert [m.padding for m in net if isinstance(m, nn.Conv2d)] == [(1, 1)] * 2


def test_training_is_gradient_descent_with_the_papers_momentum_and_weight_decay():
    torch.manual_seed(0)
    (x, y), net, expected = digits(), digit_net(), []
    initialise(net, 1, std=0.05)
    speed = [torch.zeros_like(p) for p in net.parameters()]
    for _ in range(10):
        chosen = torch.randint(500, (50,))
        loss = F.cross_entropy(net(x[chosen]), y[chosen])
        expected.append(loss.item())
        gradient = torch.autograd.grad(loss, list(net.parameters()))
        with torch.no_grad():
            for p, v, g in zip(net.parameters(), speed, gradient, strict=True):
                v.mul_(0.9).add_(g + 0.0005 * p)
                p.sub_(0.01 * v)
    torch.rand(3)                                              # whatever was drawn before
    assert losses(1)[:10] == pytest.approx(expected, rel=1e-5)
    assert len(losses(1)) == 40
    assert training_curve(1, steps=1, seed=1) != pytest.approx(expected[:1], rel=1e-5)
