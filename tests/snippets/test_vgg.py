"""VGG: the paper's claims."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.vgg import (
    CONFIGURATIONS,
    VGG,
    as_one_filter,
    dense_scores,
    outline,
    parameters,
    receptive_field,
    score_map,
    signal,
    stack,
)


@pytest.fixture
def net() -> VGG:
    """Configuration C, a 32nd as wide, for crops of 64 pixels and 5 classes."""
    net = VGG("C", K=5, pixels=64, shrink=32).eval().double().requires_grad_(False)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):           # scores that depend on the image
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return net


# Small filters


@pytest.mark.parametrize(("n", "field"), [(1, 3), (2, 5), (3, 7)])
def test_a_stack_of_small_filters_sees_as_much_as_one_large_filter(n, field, record_property):
    seen = receptive_field(stack(n, 3, 2), 2)
    record_property("receptive field", seen)
    assert seen == field == receptive_field(stack(1, field, 2), 2)


def test_three_small_filters_have_27_weights_where_one_large_has_49(record_property):
    C = 8
    small, large = parameters(stack(3, 3, C)), parameters(stack(1, 7, C))
    record_property("stack of three 3×3", f"{small // C**2} C²")
    record_property("one 7×7", f"{large // C**2} C²")
    record_property("more weights", f"{large / small - 1:.0%}")
    assert (small, large) == (27 * C**2, 49 * C**2)
    assert round(large / small - 1, 2) == 0.81


def test_without_relu_the_stack_is_one_factorised_filter():
    net = stack(3, 3, 2).double()
    x = torch.randn(2, 2, 11, 9, dtype=torch.double)
    whole = as_one_filter([layer.weight for layer in net])
    assert whole.shape == (2, 2, 7, 7)
    torch.testing.assert_close(F.conv2d(x, whole), net(x))


def test_composed_filter_by_hand():
    rise, step = torch.tensor([1.0, 2, 0]), torch.tensor([3.0, 0, 1])
    filters = [torch.zeros(1, 1, 3, 3) for _ in range(2)]
    filters[0][0, 0, 1], filters[1][0, 0, 1] = rise, step
    # y[i] = x[i] + 2 x[i+1];  z[i] = 3 y[i] + y[i+2]
    whole = as_one_filter(filters)[0, 0]
    assert whole[2].tolist() == [3, 6, 1, 2, 0]
    assert whole[[0, 1, 3, 4]].abs().max() == 0


def test_channels_keep_their_order_when_filters_are_composed():
    filters = [torch.randn(3, 2, 3, 3).double(), torch.randn(4, 3, 3, 3).double()]
    x = torch.randn(1, 2, 8, 8, dtype=torch.double)
    step_by_step = F.conv2d(F.conv2d(x, filters[0]), filters[1])
    torch.testing.assert_close(F.conv2d(x, as_one_filter(filters)), step_by_step)


def test_relu_between_the_filters_makes_the_stack_more_than_a_filter():
    x = torch.randn(1, 4, 9, 9)
    for relu, linear in ((False, True), (True, False)):
        net = stack(3, 3, 4, relu)
        assert len(net) == 3 + 3 * relu
        assert torch.allclose(net(x) + net(-x), torch.zeros(1), atol=1e-6) == linear


# The networks


def by_table_1(rows: list[tuple[int, int, int]]) -> int:
    """Parameters with pencil and paper: kernel, channels in and out, and the three FC layers."""
    convolutions = sum(k * k * C_in * C_out + C_out for k, C_in, C_out in rows)
    dense = (7 * 7 * 512 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000
    return convolutions + dense


A = [(3, 3, 64), (3, 64, 128), (3, 128, 256), (3, 256, 256), (3, 256, 512), (3, 512, 512),
     (3, 512, 512), (3, 512, 512)]  # fmt: skip
B = [*A, (3, 64, 64), (3, 128, 128)]
C = [*B, (1, 256, 256), (1, 512, 512), (1, 512, 512)]
D = [*B, (3, 256, 256), (3, 512, 512), (3, 512, 512)]
E = [*D, (3, 256, 256), (3, 512, 512), (3, 512, 512)]


def test_parameters_are_those_of_table_2(record_property):
    count = {name: parameters(outline(name)) for name in CONFIGURATIONS}
    record_property("A", f"{count['A'] / 1e6:.0f} M")
    record_property("B", f"{count['B'] / 1e6:.0f} M")
    record_property("C", f"{count['C'] / 1e6:.0f} M")
    record_property("D", f"{count['D'] / 1e6:.0f} M")
    record_property("E", f"{count['E'] / 1e6:.0f} M")
    assert [round(number / 1e6) for number in count.values()] == [133, 133, 134, 138, 144]
    assert list(count.values()) == [by_table_1(rows) for rows in (A, B, C, D, E)]


def test_most_parameters_of_d_sit_in_its_first_linear_layer(record_property):
    net = outline("D")
    first = next(layer for layer in net.classifier if isinstance(layer, nn.Linear))
    share = parameters(first) / parameters(net)
    record_property("share of the first linear layer", f"{share:.0%}")
    assert share == pytest.approx(102_764_544 / 138_357_544)


@pytest.mark.parametrize(
    ("name", "layers"), [("A", 11), ("B", 13), ("C", 16), ("D", 16), ("E", 19)]
)
def test_the_configurations_have_11_to_19_weight_layers(name, layers):
    net = outline(name)
    assert sum(isinstance(m, nn.Conv2d | nn.Linear) for m in net.modules()) == layers
    assert sum(isinstance(m, nn.MaxPool2d) for m in net.modules()) == 5


def test_c_ends_its_last_three_stages_with_1_by_1_convolutions():
    kernels = [layer.kernel_size for layer in outline("C").features if isinstance(layer, nn.Conv2d)]
    three, one = (3, 3), (1, 1)
    assert kernels == [three] * 4 + [three, three, one] * 3


def test_the_network_is_convolutions_with_relu_pooling_and_three_linear_layers(net):
    x = torch.randn(2, 3, 64, 64, dtype=torch.double)
    y, layers = x, iter([m for m in net.features if isinstance(m, nn.Conv2d)])
    for stage in CONFIGURATIONS["C"]:
        for _ in stage:
            layer = next(layers)
            padding = (layer.kernel_size[0] - 1) // 2
            y = F.conv2d(y, layer.weight, layer.bias, padding=padding).clamp(min=0)
        y = F.max_pool2d(y, 2)
    assert y.shape == (2, 512 // 32, 2, 2)
    first, second, third = (m for m in net.classifier if isinstance(m, nn.Linear))
    y = (y.reshape(2, -1) @ first.weight.T + first.bias).clamp(min=0)
    y = (y @ second.weight.T + second.bias).clamp(min=0)
    assert y.shape == (2, 4096 // 32)
    torch.testing.assert_close(net(x), y @ third.weight.T + third.bias)
    assert [m.p for m in net.classifier if isinstance(m, nn.Dropout)] == [0.5, 0.5]


# Dense evaluation


def test_linear_layers_turned_into_convolutions_give_the_same_scores(net):
    x = torch.randn(3, 3, 64, 64, dtype=torch.double)
    scores = score_map(net, x)
    assert scores.shape == (3, 5, 1, 1)
    torch.testing.assert_close(scores[:, :, 0, 0], net(x))


def test_the_score_map_is_the_classifier_at_every_window_of_the_features(net):
    x = torch.randn(1, 3, 96, 128, dtype=torch.double)
    y, scores = net.features(x), score_map(net, x)
    assert scores.shape == (1, 5, 2, 3)
    for i in range(2):
        for j in range(3):
            window = y[:, :, i : i + 2, j : j + 2]
            torch.testing.assert_close(scores[:, :, i, j], net.classifier(window))


def test_dense_scores_average_posteriors_of_an_image_and_its_mirror(net):
    x = torch.randn(1, 3, 64, 96, dtype=torch.double)
    one = score_map(net, x).mean((2, 3)).softmax(1)
    other = score_map(net, x.flip(-1)).mean((2, 3)).softmax(1)
    p = dense_scores(net, x)
    assert (one - other).abs().max() > 0.01
    torch.testing.assert_close(p, one / 2 + other / 2)
    torch.testing.assert_close(p.sum(), torch.tensor(1.0, dtype=torch.double))
    torch.testing.assert_close(dense_scores(net, x.flip(-1)), p)


# Initialization


def test_fixed_variance_lets_the_signal_explode_or_vanish_with_depth(record_property):
    def factor(name: str, std: float | None) -> float:
        first, *_, last = signal(name, std)
        return last / first

    record_property("E, variance 0.01", f"× {factor('E', 0.1):.0f}")
    record_property("E, std 0.01", f"× {factor('E', 0.01):.0e}")
    record_property("E, Glorot", f"× {factor('E', None):.0e}")
    assert factor("E", 0.1) > 300
    assert factor("E", 0.1) > 4 * factor("A", 0.1)
    assert factor("E", 0.01) < 1e-9
    assert factor("E", 0.01) < 1e-3 * factor("A", 0.01)
    assert factor("E", None) > 1e6 * factor("E", 0.01)
    assert 1e-5 < factor("E", None) < 1


@pytest.mark.parametrize("std", [0.01, 0.1, None])
def test_signal_is_the_deviation_after_each_convolution(std, monkeypatch):
    seen = []

    def conv(self, x):
        if x.shape[0] == 4:
            assert self.bias.abs().max() == 0
            fan = 9 * (self.weight.shape[0] + self.weight.shape[1])
            expected = (2 / fan) ** 0.5 if std is None else std
            assert self.weight.std().item() == pytest.approx(expected, rel=0.1)
        y = F.conv2d(x, self.weight, self.bias, padding=1)
        seen.append(y.std().item())
        return y

    monkeypatch.setattr(nn.Conv2d, "forward", conv)
    assert signal("B", std) == seen
    assert len(seen) == 10


def test_signal_starts_from_white_noise_of_32_pixels_in_a_quarter_wide_net(monkeypatch):
    shapes = []

    def conv(self, x):
        shapes.append((*x.shape, self.weight.shape[0]))
        if len(shapes) == 1:
            assert (x.mean().abs() < 0.05, abs(x.std() - 1) < 0.05) == (True, True)
        return F.conv2d(x, self.weight, self.bias, padding=1)

    monkeypatch.setattr(nn.Conv2d, "forward", conv)
    signal("A", 0.1)
    assert shapes[:2] == [(4, 3, 32, 32, 16), (4, 16, 16, 16, 32)]
    assert shapes[-1] == (4, 128, 2, 2, 128)
