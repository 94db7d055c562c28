"""Residual networks: the paper's claims."""

from functools import cache

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.resnet import (
    BLOCKS,
    Block,
    CifarResNet,
    ResNet,
    conv,
    digits,
    flops,
    outline,
    pad_shortcut,
    parameters,
    training_curve,
)


@cache
def final_loss(layers: int, option: str) -> float:
    return training_curve((layers - 2) // 6, option)[-1]


# The block


def batch_norm(y: torch.Tensor, norm: nn.BatchNorm2d) -> torch.Tensor:
    """As in training, written out."""
    mean, var = y.mean((0, 2, 3)), y.var((0, 2, 3), correction=0)
    y = (y - mean[:, None, None]) / torch.sqrt(var + 1e-5)[:, None, None]
    return y * norm.weight[:, None, None] + norm.bias[:, None, None]


def written_out(block: Block, x: torch.Tensor, shortcut: torch.Tensor | None) -> torch.Tensor:
    """ReLU(F(x) + shortcut) with the ReLU between the layers of F and none after the last."""
    y, layers = x, block.F[::2]
    for i, (layer, norm) in enumerate(layers):
        y = F.conv2d(y, layer.weight, stride=layer.stride, padding=layer.kernel_size[0] // 2)
        y = batch_norm(y, norm)
        if i < len(layers) - 1:
            y = y.clamp(min=0)
    return (y if shortcut is None else y + shortcut).clamp(min=0)


@pytest.mark.parametrize("narrow", [0, 3])
@pytest.mark.parametrize("option", ["plain", "A", "B", "C"])
def test_block_and_its_gradient_equal_the_written_out_steps(option, narrow):
    block = Block(4, 4, 1, option, narrow).double()
    for norm in (m for m in block.modules() if isinstance(m, nn.BatchNorm2d)):
        nn.init.uniform_(norm.weight, 0.5, 2)
        nn.init.uniform_(norm.bias, -1, 1)
    x = torch.randn(3, 4, 5, 6, dtype=torch.double)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    shortcut = None if option == "plain" else theirs
    if option == "C":
        layer, norm = block.W_s
        shortcut = batch_norm(torch.einsum("oc,nchw->nohw", layer.weight[:, :, 0, 0], theirs), norm)
    y, y_written = block(ours), written_out(block, theirs, shortcut)
    torch.testing.assert_close(y, y_written)
    (y**3).sum().backward()
    (y_written**3).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_option_a_subsamples_and_pads_with_zeros_by_hand():
    x = torch.arange(1.0, 17).reshape(1, 1, 4, 4)
    y = pad_shortcut(x, 3, 2)
    assert y[0, 0].tolist() == [[1, 3], [9, 11]]
    assert y.shape == (1, 3, 2, 2)
    assert y[0, 1:].abs().max() == 0
    torch.testing.assert_close(pad_shortcut(x, 1, 1), x)


@pytest.mark.parametrize(
    ("option", "C_out", "stride", "projects"),
    [("plain", 4, 1, 0), ("plain", 8, 2, 0), ("A", 4, 1, 0), ("A", 8, 2, 0), ("B", 4, 1, 0),
     ("B", 8, 1, 1), ("B", 4, 2, 1), ("B", 8, 2, 1), ("C", 4, 1, 1), ("C", 8, 2, 1)],
)  # fmt: skip
def test_projections_stand_where_the_option_says(option, C_out, stride, projects):
    block = Block(4, C_out, stride, option)
    assert (block.W_s is not None) == projects
    assert block(torch.randn(2, 4, 8, 8)).shape == (2, C_out, 8 // stride, 8 // stride)
    if projects:
        layer = block.W_s[0]
        assert (layer.kernel_size, layer.stride) == ((1, 1), (stride, stride))


def test_a_bottleneck_narrows_strides_first_and_widens_again():
    layers = [layer for layer, _ in Block(8, 16, 2, "B", narrow=4).F[::2]]
    assert [layer.weight.shape for layer in layers] == [(4, 8, 1, 1), (4, 4, 3, 3), (16, 4, 1, 1)]
    assert [layer.stride for layer in layers] == [(2, 2), (1, 1), (1, 1)]
    plain = [layer for layer, _ in Block(8, 16, 2, "B").F[::2]]
    assert [layer.weight.shape for layer in plain] == [(16, 8, 3, 3), (16, 16, 3, 3)]
    assert [layer.stride for layer in plain] == [(2, 2), (1, 1)]


def test_convolutions_have_no_bias_and_start_with_variance_two_over_fan_in():
    layer, norm = conv(64, 64, 3)
    assert layer.bias is None
    assert layer.weight.var().item() == pytest.approx(2 / (64 * 9), rel=0.05)
    assert isinstance(norm, nn.BatchNorm2d)


# The idea


def silence(block: Block) -> None:
    """Make F(x) = 0 by the last gain."""
    nn.init.zeros_(block.F[-1][1].weight)


def test_a_deeper_net_with_silent_new_blocks_is_the_shallower_net():
    shallow, deep = CifarResNet(1, C=4), CifarResNet(2, C=4)
    deep.stem, deep.classifier = shallow.stem, shallow.classifier
    for stage in range(3):
        deep.blocks[2 * stage] = shallow.blocks[stage]
        silence(deep.blocks[2 * stage + 1])
    x = torch.randn(4, 3, 16, 16)
    torch.testing.assert_close(deep(x), shallow(x))


def test_a_silent_block_passes_the_gradient_unchanged_where_a_plain_one_stops_it(record_property):
    x = torch.rand(2, 4, 5, 5, requires_grad=True)
    size = {}
    for option in ("plain", "A"):
        block = Block(4, 4, 1, option)
        silence(block)
        (gradient,) = torch.autograd.grad(block(x).sum(), x)
        size[option] = gradient.abs().mean().item()
    record_property("residual gradient", size["A"])
    record_property("plain gradient", size["plain"])
    assert size == {"plain": 0, "A": 1}


def test_a_deeper_plain_net_trains_worse_and_a_deeper_residual_net_better(record_property):
    loss = {(o, n): final_loss(n, o) for o in ("plain", "A") for n in (8, 32)}
    record_property("plain, 8 layers", round(loss["plain", 8], 2))
    record_property("plain, 32 layers", round(loss["plain", 32], 2))
    record_property("residual, 8 layers", round(loss["A", 8], 2))
    record_property("residual, 32 layers", round(loss["A", 32], 2))
    assert loss["plain", 32] > loss["plain", 8] + 0.3
    assert loss["A", 32] < loss["A", 8] - 0.3
    assert loss["A", 32] < 0.3 * loss["plain", 32]


def gradients(layers: int, option: str) -> list[float]:
    """Size of the loss gradient at every convolution before training, first layer first."""
    torch.manual_seed(0)
    net = CifarResNet((layers - 2) // 6, option, C=4, colours=1)
    x, y = digits()
    F.cross_entropy(net(x), y).backward()
    convolutions = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
    return [layer.weight.grad.norm().item() for layer in convolutions]


def test_gradients_of_deep_plain_nets_do_not_vanish_but_explode(record_property):
    plain, residual = gradients(56, "plain"), gradients(56, "A")
    record_property("first / last layer, plain", round(plain[0] / plain[-1]))
    record_property("first / last layer, residual", round(residual[0] / residual[-1], 1))
    assert plain[0] > 100 * plain[-1]
    assert residual[0] < 20 * residual[-1]


# The networks of Table 1


def test_computation_is_that_of_table_1(record_property):
    count = {depth: flops(outline(depth), 224) / 1e9 for depth in BLOCKS}
    record_property("18 layers", f"{count[18]:.2f} G")
    record_property("34 layers", f"{count[34]:.2f} G")
    record_property("50 layers", f"{count[50]:.2f} G")
    record_property("101 layers", f"{count[101]:.2f} G")
    record_property("152 layers", f"{count[152]:.2f} G")
    assert count == pytest.approx({18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}, rel=0.02)


@pytest.mark.parametrize(("option", "pixels"), [("plain", 64), ("B", 64), ("C", 75)])
def test_multiply_adds_are_those_of_a_real_forward_pass(option, pixels):
    net, seen = ResNet(18, option).eval(), []

    def look(layer: nn.Module, _: tuple[torch.Tensor], y: torch.Tensor) -> None:
        seen.append(layer.weight[0].numel() * y.numel())       # products for one output number

    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(look)
    with torch.no_grad():
        net(torch.rand(1, 3, pixels, pixels))
    assert flops(net, pixels) == sum(seen)


def by_table_1(depth: int) -> int:
    """Parameters with option B from Table 1 with pencil and paper."""
    counts = {18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3],
              152: [3, 8, 36, 3]}[depth]  # fmt: skip
    total, C_in = 3 * 64 * 49 + 2 * 64, 64
    for C, count in zip([64, 128, 256, 512], counts, strict=True):
        for i in range(count):
            if depth < 50:
                C_out = C
                total += 9 * C_in * C + 9 * C * C + 4 * C
            else:
                C_out = 4 * C
                total += C_in * C + 9 * C * C + C * C_out + 4 * C + 2 * C_out
            if i == 0 and C_in != C_out:
                total += C_in * C_out + 2 * C_out
            C_in = C_out
    return total + C_in * 1000 + 1000


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_parameters_are_those_of_table_1_by_hand(depth):
    assert parameters(outline(depth)) == by_table_1(depth)


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_the_number_of_weight_layers_gives_each_network_its_name(depth):
    layers = [m for m in outline(depth, "A").modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == depth


def test_shortcuts_of_option_a_cost_nothing(record_property):
    plain, padded, projected = (outline(34, option) for option in ("plain", "A", "B"))
    record_property("plain-34", f"{parameters(plain) / 1e6:.2f} M")
    record_property("ResNet-34 (A)", f"{parameters(padded) / 1e6:.2f} M")
    record_property("ResNet-34 (B)", f"{parameters(projected) / 1e6:.2f} M")
    assert parameters(plain) == parameters(padded) < parameters(projected)
    assert flops(plain, 224) == flops(padded, 224) < flops(projected, 224)


@pytest.mark.parametrize(("depth", "C"), [(18, 64), (34, 64), (50, 256), (152, 256)])
def test_stages_have_the_sizes_of_table_1(depth, C):
    blocks = outline(depth).blocks
    counts = {18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 152: [3, 8, 36, 3]}[depth]
    first = [sum(counts[:stage]) for stage in range(4)]
    strided = [i for i, block in enumerate(blocks) if block.stride != 1]
    assert len(blocks) == sum(counts)
    assert strided == first[1:]                            # 56, 28, 14 and 7 pixels
    assert {blocks[i].stride for i in strided} == {2}
    widths = [block.C_out for block in blocks]
    assert widths == [C * 2**stage for stage in range(4) for _ in range(counts[stage])]


def test_the_network_is_stem_blocks_mean_and_classifier():
    for net, x in ((ResNet(18, K=7), torch.randn(2, 3, 64, 64)),
                   (CifarResNet(1), torch.randn(2, 3, 16, 16))):  # fmt: skip
        net.eval().requires_grad_(False)
        layer, norm = net.stem[0]
        y = F.conv2d(x, layer.weight, stride=layer.stride, padding=layer.kernel_size[0] // 2)
        y = norm(y).clamp(min=0)
        if isinstance(net, ResNet):
            y = F.max_pool2d(y, 3, stride=2, padding=1)
        y = net.blocks(y)
        assert y.shape[1:] == ((512, 2, 2) if isinstance(net, ResNet) else (64, 4, 4))
        y = y.flatten(2).mean(-1)
        torch.testing.assert_close(net(x), net.classifier(y))


def test_the_stem_is_a_strided_7_by_7_convolution():
    layer = outline(18).stem[0][0]
    assert (layer.kernel_size, layer.stride, layer.padding) == ((7, 7), (2, 2), (3, 3))


# The networks of Table 6


def test_cifar_networks_have_the_parameters_of_table_6(record_property):
    with torch.device("meta"):
        nets = {6 * n + 2: CifarResNet(n) for n in (3, 5, 7, 9, 18)}
    count = {depth: parameters(net) / 1e6 for depth, net in nets.items()}
    record_property("20 layers", f"{count[20]:.2f} M")
    record_property("56 layers", f"{count[56]:.2f} M")
    record_property("110 layers", f"{count[110]:.2f} M")
    table = {20: 0.27, 32: 0.46, 44: 0.66, 56: 0.85, 110: 1.7}
    assert {depth: round(millions, 2) for depth, millions in count.items()} == pytest.approx(
        table, abs=0.031
    )
    for depth, net in nets.items():
        layers = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
        assert len(layers) == depth


def test_a_cifar_network_has_three_stages_of_n_blocks():
    net = CifarResNet(2)
    x = net.stem(torch.randn(1, 3, 32, 32))
    shapes = []
    for block in net.blocks:
        x = block(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [(16, 32, 32)] * 2 + [(32, 16, 16)] * 2 + [(64, 8, 8)] * 2
    assert net.classifier(x.mean((2, 3))).shape == (1, 10)
    assert all(block.W_s is None and not block.plain for block in net.blocks)


# The experiment


def test_digits_are_images_between_minus_1_and_1():
    x, y = digits()
    assert (x.shape, y.shape) == ((96, 1, 8, 8), (96,))
    assert (x.min(), x.max()) == (-1, 1)
    assert set(y.tolist()) == set(range(10))


def test_training_is_gradient_descent_with_momentum():
    torch.manual_seed(0)
    net = CifarResNet(1, "A", C=4, colours=1)
    (x, y), losses = digits(), []
    speed = [torch.zeros_like(p) for p in net.parameters()]
    for _ in range(3):
        loss = F.cross_entropy(net(x), y)
        losses.append(loss.item())
        gradient = torch.autograd.grad(loss, list(net.parameters()))
        with torch.no_grad():
            for p, v, g in zip(net.parameters(), speed, gradient, strict=True):
                v.mul_(0.9).add_(g)
                p.sub_(0.1 * v)
    torch.rand(3)                                          # whatever was drawn before
    assert training_curve(1, "A", steps=3) == pytest.approx(losses, rel=1e-3)
    assert training_curve(1, "A", steps=1, seed=1)[0] != pytest.approx(losses[0], rel=1e-3)


def test_a_curve_has_one_loss_for_each_step():
    assert len(training_curve(1, "plain")) == 15
