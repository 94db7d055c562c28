"""Full-gradients: the paper's claims."""

from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.full_gradient import (
    change_without,
    completeness_error,
    digits,
    full_gradient,
    fullgrad,
    implicit_bias,
    psi,
    train_digits,
    vgg16,
)


@pytest.fixture(scope="module")
def trained() -> tuple[nn.Sequential, torch.Tensor, torch.Tensor]:
    torch.set_num_threads(1)
    x, y = digits()
    net = train_digits(x[:600], y[:600], epochs=4)
    x, y = x[-300:], y[-300:]
    return net, x, y


def mlp(activation: nn.Module, bias: bool = True) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(5, 8, bias), activation, nn.Linear(8, 8, bias), activation, nn.Linear(8, 3, bias)
    ).double()


def settled(net: nn.Module) -> nn.Module:
    """In eval mode, with running statistics, gains and shifts that are not ones and zeros."""
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.running_mean)
            nn.init.uniform_(layer.running_var, 0.5, 2)
            nn.init.uniform_(layer.weight, 0.5, 2)
            nn.init.normal_(layer.bias)
    return net.eval()


def test_the_full_gradient_of_a_small_net_by_hand():
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    net[0].weight.data = torch.tensor([[1.0, 2.0], [1.0, -1.0]])
    net[0].bias.data = torch.tensor([3.0, -5.0])
    net[2].weight.data = torch.tensor([[2.0, 7.0]])
    net[2].bias.data = torch.tensor([-4.0])
    x = torch.tensor([[1.0, 1.0]])                                # second neuron: 1 - 1 - 5 < 0
    input_gradient, biases = full_gradient(net, x, torch.tensor([0]))
    assert input_gradient.tolist() == [[2.0, 4.0]]
    assert [b.tolist() for b in biases] == [[[6.0, 0.0]], [[0.0, 0.0]], [[-4.0]]]
    assert net(x).item() == 2 + 4 + 6 - 4


def test_input_and_bias_terms_add_up_to_the_output_of_a_deep_net(record_property):
    net = settled(vgg16(width=2, classes=10)).double()
    x = torch.randn(3, 3, 32, 32, dtype=torch.double)
    classes = torch.tensor([1, 7, 4])
    worst = completeness_error(net, x, classes).abs().max().item()
    output = net(x)[range(3), classes].abs().min().item()
    record_property("remainder / output", f"{worst / output:.0e}")
    assert worst < 1e-9 * output


def test_the_remainder_is_output_minus_the_sum_of_the_terms():
    net, x = mlp(nn.GELU()), torch.randn(4, 5, dtype=torch.double)
    classes = torch.tensor([0, 1, 2, 1])
    implicit = [implicit_bias(nn.GELU(), z) for z in (net[0](x), net[:3](x))]
    assert completeness_error(net, x, classes).abs().max() < 1e-10

    class Unseen(nn.Module):                                      # a constant in no leaf module
        def __init__(self):
            super().__init__()
            self.net = net

        def forward(self, x):
            return self.net(x) + 0.75

    torch.testing.assert_close(
        completeness_error(Unseen(), x, classes), torch.full((4,), 0.75, dtype=torch.double)
    )
    assert all(bias.abs().max() > 0.01 for bias in implicit)


def test_the_gradient_alone_misses_a_large_part_of_the_output(trained, record_property):
    net, x, _ = trained
    with torch.no_grad():
        f, classes = net(x).max(1)
    input_gradient, _ = full_gradient(net, x, classes)
    missing = (f - (input_gradient * x).flatten(1).sum(1)).abs()
    rest = completeness_error(net, x, classes).abs()
    record_property("missing without biases", f"{(missing / f).mean():.0%}")
    record_property("missing with biases", f"{(rest / f).mean():.0e}")
    assert (missing / f).mean() > 0.1
    assert (rest / f).mean() < 1e-5


def test_without_biases_the_input_gradient_is_complete_on_its_own():
    net, x = mlp(nn.ReLU(), bias=False), torch.randn(6, 5, dtype=torch.double)
    classes = torch.zeros(6, dtype=torch.long)
    input_gradient, biases = full_gradient(net, x, classes)
    torch.testing.assert_close((input_gradient * x).sum(1), net(x)[:, 0])
    assert max(b.abs().max().item() for b in biases) < 1e-12


def test_bias_gradients_equal_the_gradient_at_the_bias_times_the_bias():
    net, x = mlp(nn.ReLU()), torch.randn(1, 5, dtype=torch.double)
    _, biases = full_gradient(net, x, torch.tensor([2]))
    net(x)[0, 2].backward()
    for f_b, layer in zip(biases[::2], net[::2], strict=True):
        torch.testing.assert_close(f_b[0], layer.bias.grad * layer.bias)


def test_the_input_gradient_is_that_of_the_named_class():
    net, x = mlp(nn.ReLU()), torch.randn(4, 5, dtype=torch.double, requires_grad=True)
    classes = torch.tensor([2, 0, 1, 1])
    input_gradient, _ = full_gradient(net, x, classes)
    picked = (net(x) * F.one_hot(classes, 3)).sum()
    torch.testing.assert_close(input_gradient, torch.autograd.grad(picked, x)[0])


def test_the_images_are_left_as_they_were():
    net, x = mlp(nn.ReLU()), torch.randn(2, 5, dtype=torch.double)
    full_gradient(net, x, torch.tensor([0, 1]))
    assert not x.requires_grad


def test_full_gradients_are_constant_where_the_net_is_linear_and_integrated_ones_are_not():
    net, x = mlp(nn.ReLU()), torch.randn(1, 5, dtype=torch.double)
    near = x + 1e-4 * torch.randn(1, 5, dtype=torch.double)
    first = torch.tensor([0])
    assert torch.equal(net[:2](x) > 0, net[:2](near) > 0)         # the same neurons are on
    assert torch.equal(net[:4](x) > 0, net[:4](near) > 0)
    here, there = full_gradient(net, x, first), full_gradient(net, near, first)
    torch.testing.assert_close(here[0], there[0], rtol=0, atol=1e-12)
    for a, b in zip(here[1], there[1], strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)

    def integrated(x):                                            # mean gradient on the way from 0
        path = torch.linspace(0, 1, 2001, dtype=torch.double)[1:, None] * x
        return full_gradient(net, path, torch.zeros(2000, dtype=torch.long))[0].mean(0)

    assert (integrated(x) - integrated(x * (1 + 1e-3))).abs().max() > 1e-5
    assert torch.equal(net[:2](x) > 0, net[:2](x * (1 + 1e-3)) > 0)


def test_two_nets_with_one_gradient_and_two_outputs_cannot_be_told_apart_by_it():
    net, x = mlp(nn.ReLU()), torch.randn(1, 5, dtype=torch.double)
    first = torch.tensor([0])
    gradient, biases = full_gradient(net, x, first)
    before = net(x)[0, 0].item()
    net[4].bias.data += 10
    gradient_after, biases_after = full_gradient(net, x, first)
    assert torch.equal(gradient, gradient_after)
    assert net(x)[0, 0].item() == pytest.approx(before + 10)
    assert (biases_after[-1] - biases[-1])[0].tolist() == pytest.approx([10, 0, 0])


def test_implicit_biases_of_the_usual_layers():
    z = torch.randn(2, 3, 4, 4, dtype=torch.double)
    conv = nn.Conv2d(3, 6, 3).double()
    norm = settled(nn.BatchNorm2d(3).double())
    torch.testing.assert_close(
        implicit_bias(conv, z), conv.bias.view(1, 6, 1, 1).expand(2, 6, 2, 2).detach()
    )
    shift = norm.bias - norm.running_mean * norm.weight / (norm.running_var + norm.eps).sqrt()
    torch.testing.assert_close(implicit_bias(norm, z), shift.detach().view(1, 3, 1, 1).expand_as(z))
    for layer in (nn.ReLU(), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(2), nn.Flatten()):
        assert implicit_bias(layer, z).abs().max() < 1e-15
    sigmoid = z.sigmoid()
    torch.testing.assert_close(
        implicit_bias(nn.Sigmoid(), z), sigmoid - sigmoid * (1 - sigmoid) * z
    )


def test_psi_by_hand():
    maps = torch.tensor([[[[0.0, -2.0], [1.0, 0.5]], [[4.0, 0.0], [0.0, 0.0]]]])
    expected = torch.tensor([[[0.0 + 1.0, 0.5], [0.25, 0.125]]])
    torch.testing.assert_close(psi(maps, torch.Size([2, 2])), expected, rtol=0, atol=1e-6)
    wide = psi(torch.tensor([[[[1.0, 4.0]]]]), torch.Size([1, 4]))
    torch.testing.assert_close(wide, torch.tensor([[[0, 1 / 3, 2 / 3, 1]]]), rtol=0, atol=1e-6)
    assert psi(torch.full((1, 1, 2, 2), 7.0), torch.Size([2, 2])).abs().max() == 0
    tiny = psi(torch.tensor([[[[0.0, 1e-6]]]]), torch.Size([1, 2]))
    assert tiny[0, 0, 1].item() == pytest.approx(0.5)             # the 1e-6 in the denominator


def test_fullgrad_adds_the_maps_of_the_input_and_of_every_layer_with_space(trained):
    net, x, y = trained
    x, y = x[:4], y[:4]
    input_gradient, biases = full_gradient(net, x, y)
    assert [b.dim() for b in biases] == [4] * 10 + [2] * 2
    expected = psi(input_gradient * x, x.shape[2:])
    for maps in biases[:10]:
        expected = expected + psi(maps, x.shape[2:])
    assert expected.shape == (4, 8, 8)
    torch.testing.assert_close(fullgrad(net, x, y), expected)


def test_pixels_that_fullgrad_calls_unimportant_matter_less(trained, record_property):
    net, x, y = trained
    with torch.no_grad():
        accuracy = (net(x).argmax(1) == y).float().mean().item()
        classes = net(x).argmax(1)
    input_gradient, _ = full_gradient(net, x, classes)
    saliency = fullgrad(net, x, classes)
    change = {
        "FullGrad": change_without(net, x, saliency, 0.3),
        "input x gradient": change_without(net, x, (input_gradient * x).abs()[:, 0], 0.3),
        "random": change_without(net, x, torch.rand_like(saliency), 0.3),
        "reversed FullGrad": change_without(net, x, -saliency, 0.3),
    }
    for name, value in change.items():
        record_property(name, f"{value:.0%}")
    assert net(x).shape == (300, 10)
    assert accuracy > 0.85
    assert change["FullGrad"] < 0.75 * change["random"]
    assert change["random"] < change["reversed FullGrad"]


def test_removing_pixels_by_hand():
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, bias=False))
    net[1].weight.data = torch.tensor([[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 1.0]])
    x = torch.tensor([[[[1.0, 1.0], [1.0, 1.0]]], [[[2.0, 0.0], [0.0, 0.0]]]])
    saliency = torch.tensor([[[0.3, 0.1], [0.2, 0.9]], [[0.9, 0.3], [0.1, 0.2]]])
    assert change_without(net, x, saliency, 0.5) == pytest.approx((5 + 0) / (10 + 2))
    assert change_without(net, x, saliency, 0.25) == pytest.approx(2 / 12)


def test_vgg16_has_the_sizes_of_the_original():
    with torch.device("meta"):
        net = vgg16()
    kernels = [(m.in_channels, m.out_channels) for m in net if isinstance(m, nn.Conv2d)]
    expected = [3, 64, 64, 128, 128, 256, 256, 256] + [512] * 6
    assert kernels == list(pairwise(expected))
    dense = [(m.in_features, m.out_features) for m in net if isinstance(m, nn.Linear)]
    assert dense == [(25088, 4096), (4096, 4096), (4096, 1000)]
    norms = sum(p.numel() for m in net if isinstance(m, nn.BatchNorm2d) for p in m.parameters())
    assert sum(p.numel() for p in net.parameters()) - norms == 138_357_544
    kinds = [type(layer).__name__ for layer in net]
    assert (kinds.count("MaxPool2d"), kinds.count("ReLU")) == (5, 13 + 2)
    assert kinds[-5:] == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert net(torch.empty(1, 3, 224, 224, device="meta")).shape == (1, 1000)
    features = net[: [type(layer).__name__ for layer in net].index("AdaptiveAvgPool2d")]
    assert features(torch.empty(1, 3, 224, 224, device="meta")).shape == (1, 512, 7, 7)


def test_digits_are_the_real_ones_around_zero():
    x, y = digits()
    assert x.shape == (1797, 1, 8, 8)
    assert x.mean().abs() < 1e-6
    assert (x.max() - x.min()).item() == pytest.approx(1)
    assert y[:10].tolist() == list(range(10))
    assert y.bincount().min() > 170
