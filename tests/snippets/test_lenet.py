"""LeNet-5: the counts of the paper, layer by layer, and what each part is for."""

import math

import pytest
import torch
from torch.nn import functional as F

from snippets import lenet as snippet
from snippets.lenet import (
    TABLE,
    LeNet5,
    Subsample,
    TableConvolution,
    bitmaps,
    connections,
    digits,
    map_loss,
    rbf,
    squash,
    train_on_digits,
)


def wide(width: int = 48, height: int = 32) -> torch.Tensor:
    return torch.rand(2, 1, height, width)


def parameters(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_trainable_parameters_of_every_layer(record_property):
    net = LeNet5()
    counts = {name: parameters(getattr(net, name)) for name in ("C1", "S2", "C3", "S4", "C5", "F6")}
    record_property("C1", counts["C1"])
    record_property("S2", counts["S2"])
    record_property("C3", counts["C3"])
    record_property("S4", counts["S4"])
    record_property("C5", counts["C5"])
    record_property("F6", counts["F6"])
    record_property("in all", parameters(net))
    assert counts == {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164}
    assert parameters(net) == 60_000


def test_connections_of_every_layer(record_property):
    counts = connections(LeNet5())
    record_property("connections", f"{sum(counts.values()):,}")
    assert counts == {"C1": 122_304, "S2": 5_880, "C3": 151_600, "S4": 2_000, "C5": 48_120,
                      "F6": 10_164, "output": 840}  # fmt: skip
    assert sum(counts.values()) == 340_908


def test_maps_shrink_as_in_figure_2():
    states = LeNet5().layers(torch.zeros(3, 1, 32, 32))
    assert [tuple(state.shape[1:]) for state in states.values()] == [
        (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1), (84, 1, 1)
    ]  # fmt: skip
    assert LeNet5()(torch.zeros(3, 1, 32, 32)).shape == (3, 10)


def test_the_squashing_keeps_plus_and_minus_one_and_bends_most_there():
    """Appendix A: f(±1) = ±1, where the second derivative is largest; f'(0) is 1.14."""
    one = torch.tensor([1.0, -1.0], dtype=torch.double)
    torch.testing.assert_close(squash(one), one, atol=1e-4, rtol=0)
    a = torch.linspace(-3, 3, 601, dtype=torch.double, requires_grad=True)
    (slope,) = torch.autograd.grad(squash(a).sum(), a, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), a)
    assert a[bend.abs().argmax()].abs().item() == pytest.approx(1, abs=0.02)
    assert slope.max().item() == pytest.approx(1.7159 * 2 / 3)


def test_every_layer_up_to_f6_squashes():
    net, x = LeNet5(), wide(32)
    for name, state in net.layers(x).items():
        x = squash(getattr(net, name)(x))
        torch.testing.assert_close(state, x)


def test_the_table_gives_every_map_of_c3_its_own_inputs():
    """Contiguous threes and fours (taken in a ring), some discontinuous fours, and all six."""
    ring = [tuple(sorted((start + step) % 6 for step in range(n))) for n in (3, 4)
            for start in range(6)]  # fmt: skip
    assert sorted(TABLE[:6]) == sorted(ring[:6])
    assert sorted(TABLE[6:12]) == sorted(ring[6:])
    assert all(len(inputs) == 4 and inputs not in ring for inputs in TABLE[12:15])
    assert TABLE[15] == (0, 1, 2, 3, 4, 5)
    assert len(set(TABLE)) == 16
    assert [sum(m in inputs for inputs in TABLE) for m in range(6)] == [10] * 6


def test_a_map_of_c3_feels_only_the_maps_that_its_column_names():
    layer, x = TableConvolution(), torch.randn(1, 6, 14, 14)
    torch.nn.init.normal_(layer.weight)
    before = layer(x)
    for m in range(6):
        changed = x.clone()
        changed[:, m] += 1
        moved = (layer(changed) - before).abs().amax((0, 2, 3)) > 0
        assert moved.tolist() == [m in inputs for inputs in TABLE]


def test_c3_equals_separate_convolutions_over_the_joined_maps():
    layer, x = TableConvolution(), torch.randn(2, 6, 14, 14)
    torch.nn.init.normal_(layer.weight)
    torch.nn.init.normal_(layer.bias)
    used = 0
    for c, inputs in enumerate(TABLE):
        kernels = layer.weight[used : used + len(inputs)]
        used += len(inputs)
        one = F.conv2d(x[:, list(inputs)], kernels[None], layer.bias[c : c + 1])
        torch.testing.assert_close(layer(x)[:, c : c + 1], one, atol=1e-4, rtol=1e-4)


def test_the_different_inputs_break_the_symmetry_between_maps():
    """With equal weights everywhere, maps that see the same inputs would stay the same."""
    x = torch.randn(4, 6, 14, 14)
    layer = TableConvolution()
    torch.nn.init.constant_(layer.weight, 0.1)
    maps = layer(x)
    assert all((maps[:, a] - maps[:, b]).abs().max() > 0.1 for a in range(16) for b in range(a))


def test_subsampling_adds_a_block_then_scales_and_shifts_each_map():
    layer = Subsample(2)
    assert layer.factor.flatten().tolist() == pytest.approx([0.6, 0.6])
    assert layer.bias.abs().max() == 0
    with torch.no_grad():
        layer.factor.copy_(torch.tensor([2.0, -1.0]).reshape(2, 1, 1))
        layer.bias.copy_(torch.tensor([0.5, 0.0]).reshape(2, 1, 1))
    block = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).expand(1, 2, 2, 2)
    assert layer(block).flatten().tolist() == [20.5, -10]


def test_a_shifted_image_gives_shifted_maps():
    """One pixel in the input is one pixel in C1; four are one in S4."""
    net, x = LeNet5(), wide(40)
    here, one, four = (net.layers(x[..., start : start + 32]) for start in (0, 1, 4))
    torch.testing.assert_close(here["C1"][..., 1:], one["C1"][..., :-1])
    torch.testing.assert_close(here["S4"][..., 1:], four["S4"][..., :-1])


def test_a_larger_image_is_read_at_every_fourth_pixel_at_once(record_property):
    """C5 is a convolution: a wide field gives what separate 32×32 windows would (Sec. VII)."""
    net, x = LeNet5(), wide(52, 36)
    answers = net(x)
    record_property("answers for 36×52 pixels", f"{answers.shape[1]} × {answers.shape[2]}")
    assert answers.shape == (2, 2, 6, 10)
    for row in range(2):
        for column in range(6):
            window = x[..., 4 * row : 4 * row + 32, 4 * column : 4 * column + 32]
            torch.testing.assert_close(answers[:, row, column], net(window))


def test_distance_is_squared_and_summed_over_features():
    x = torch.tensor([[1.0, 2.0], [0.0, 0.0]])
    codes = torch.tensor([[1.0, -1.0], [3.0, 2.0], [0.0, 0.0]])
    assert rbf(x, codes).tolist() == [[9, 4, 5], [2, 13, 0]]


def test_codes_are_pictures_of_84_pixels_in_plus_and_minus_one(record_property):
    codes = bitmaps()
    record_property("pixels of a code", codes.shape[1])
    assert codes.shape == (10, 84)
    assert codes.unique().tolist() == [-1, 1]
    one, eight = codes.reshape(10, 12, 7)[[1, 8]]
    assert (one[:, 5:] == 1).all()
    assert (one[:, :5] == -1).all()
    for rows in (slice(2, 5), slice(7, 10)):               # the two holes of the 8
        assert (eight[rows, 2:5] == -1).all()
    assert (eight == -1).sum() == 18
    assert LeNet5().codes.equal(codes)


def test_a_seven_is_two_strokes():
    expected = ["#######"] * 2 + [".....##"] * 10
    rows = bitmaps()[7].reshape(12, 7)
    assert ["".join(".#"[int(pixel > 0)] for pixel in row) for row in rows] == expected


def test_a_two_is_a_ribbon_of_five_strokes():
    expected = ["#######"] * 2 + [".....##"] * 3 + ["#######"] * 2 + ["##....."] * 3
    rows = bitmaps()[2].reshape(12, 7)
    drawn = ["".join(".#"[int(pixel > 0)] for pixel in row) for row in rows]
    assert drawn == [*expected, "#######", "#######"]


def test_codes_differ_by_the_strokes_that_a_digit_lacks():
    distance = rbf(bitmaps(), bitmaps()) / 4               # in pixels
    expected = {(8, 0): 6, (8, 6): 6, (8, 9): 6, (1, 7): 10, (0, 1): 36, (2, 8): 12, (3, 9): 6,
                (4, 9): 16, (5, 6): 6, (3, 5): 12, (2, 5): 24, (4, 1): 20}  # fmt: skip
    assert {pair: distance[pair].item() for pair in expected} == expected
    assert (distance + 100 * torch.eye(10)).min() == 6


def test_the_loss_is_cross_entropy_with_a_class_for_rubbish():
    y = (torch.rand(5, 10, dtype=torch.double) * 8).requires_grad_()
    target = torch.randint(10, (5,))
    with_rubbish = torch.cat([-y, torch.full((5, 1), -3.0, dtype=torch.double)], 1)
    ours, theirs = map_loss(y, target, j=3.0), F.cross_entropy(with_rubbish, target)
    torch.testing.assert_close(ours, theirs)
    ours_grad, theirs_grad = (torch.autograd.grad(loss, y)[0] for loss in (ours, theirs))
    torch.testing.assert_close(ours_grad, theirs_grad)


def test_the_loss_by_hand():
    y = torch.tensor([[0.0, 1.0]])
    expected = 1.0 + math.log(math.exp(-5) + 1 + math.exp(-1))     # j = 5
    assert map_loss(y, torch.tensor([1])).item() == pytest.approx(expected)
    assert map_loss(y.repeat(2, 1), torch.tensor([1, 1])).item() == pytest.approx(expected)


def test_wrong_distances_beyond_j_are_left_alone():
    y = torch.tensor([[1.0, 2.0, 50.0]], requires_grad=True)
    map_loss(y, torch.tensor([0])).backward()
    assert y.grad[0, 0] > 0 > y.grad[0, 1]
    assert y.grad[0, 2].abs() < 1e-6


def test_the_distance_alone_is_content_with_a_collapsed_network_and_the_full_loss_is_not():
    """All codes and features equal: Eq. 8 is 0, its minimum; Eq. 9 stays near log 10."""
    y = rbf(torch.ones(4, 84), torch.ones(10, 84))
    target = torch.arange(4)
    assert y.gather(1, target[:, None]).mean() == 0
    assert map_loss(y, target).item() == pytest.approx(math.log(10 + math.exp(-5)))


def test_weights_start_uniform_within_2_4_over_the_inputs():
    net = LeNet5()
    limits = {"C1": 2.4 / 25, "C5": 2.4 / 400, "F6": 2.4 / 120}
    for name, limit in limits.items():
        assert 0.9 * limit < getattr(net, name).weight.abs().max() <= limit
        assert getattr(net, name).weight.min() < -0.8 * limit
        assert getattr(net, name).weight.max() > 0.8 * limit
    used = 0
    for inputs in TABLE:
        kernels = net.C3.weight[used : used + len(inputs)]
        used += len(inputs)
        for kernel in kernels:
            limit = 2.4 / (25 * len(inputs))
            assert 0.7 * limit < kernel.abs().max() <= limit
            assert kernel.min() < -0.5 * limit
            assert kernel.max() > 0.5 * limit
    assert net.C3.bias.abs().max() == 0


def test_it_reads_digits_that_it_was_not_trained_on(record_property):
    torch.rand(3)                                          # whatever was drawn before
    net, error = train_on_digits()
    record_property("error after 5 passes over 800 digits", f"{error:.1%}")
    assert error < 0.2
    *_, x, y = digits()
    assert (net(x).argmin(1) != y).double().mean().item() == pytest.approx(error)


def test_the_same_seed_gives_the_same_network(monkeypatch):
    few = digits(40, 10)
    monkeypatch.setattr(snippet, "digits", lambda: few)
    first, _ = train_on_digits(epochs=1, seed=3)
    torch.rand(5)
    again, _ = train_on_digits(epochs=1, seed=3)
    assert first.F6.weight.equal(again.F6.weight)


def test_digits_lie_on_a_32_by_32_background_of_minus_a_tenth():
    x, y, x_test, y_test = digits()
    assert (x.shape, y.shape) == ((800, 1, 32, 32), (800,))
    assert (x_test.shape, y_test.shape) == ((600, 1, 32, 32), (600,))
    assert x.min().item() == pytest.approx(-0.1)
    assert x.max().item() == pytest.approx(1.175)
    border = x.clone()
    border[:, :, 4:28, 4:28] = -0.1
    assert border.max().item() == pytest.approx(-0.1)
    for edge in (x[:, :, 4], x[:, :, 27]):                 # the digit begins right there
        assert edge.max() > 0
