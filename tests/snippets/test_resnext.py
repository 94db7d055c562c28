"""ResNeXt: the paper's claims."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.resnext import (
    Block,
    ResNeXt,
    flops,
    form_a,
    form_b,
    form_c,
    outline,
    parameters,
    two_layers,
    weights,
    width,
)

C, D_WIDTH = 4, 3
DEEP = (3, 4, 23, 3)


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(2, 10, 5, 6, dtype=torch.double)


@pytest.fixture
def w() -> list[torch.Tensor]:
    D = C * D_WIDTH
    shapes = [(D, 10, 1, 1), (D, D_WIDTH, 3, 3), (7, D, 1, 1)]
    return [torch.randn(shape, dtype=torch.double) for shape in shapes]


# The three forms


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("form", [form_a, form_b, form_c])
def test_every_form_is_the_sum_of_transformations(x, w, form, stride):
    total = 0
    for i in range(C):                                         # Eq. 2, from unfolded patches
        own = slice(i * D_WIDTH, (i + 1) * D_WIDTH)
        y = torch.einsum("dc,nchw->ndhw", w[0][own, :, 0, 0], x).clamp(min=0)
        patches = F.unfold(y, 3, padding=1, stride=stride)
        y = (w[1][own].flatten(1) @ patches).clamp(min=0)
        total = total + w[2][:, own, 0, 0] @ y
    y = form(x, w, C, stride)
    assert y.shape == ((2, 7, 5, 6) if stride == 1 else (2, 7, 3, 3))
    torch.testing.assert_close(y.flatten(2), total)


def test_the_three_forms_give_the_same_output_and_gradient(x, w, record_property):
    results = []
    for form in (form_a, form_b, form_c):
        leaves = [t.clone().requires_grad_() for t in (x, *w)]
        y = form(leaves[0], leaves[1:], C)
        (y**2).sum().backward()
        results.append([y.detach(), *(leaf.grad for leaf in leaves)])
    for other in results[:2]:
        for ours, theirs in zip(other, results[2], strict=True):
            torch.testing.assert_close(ours, theirs)
    gap = max((other[0] - results[2][0]).abs().max().item() for other in results[:2])
    record_property("largest difference", f"{gap:.0e}")


def test_one_branch_is_the_ordinary_bottleneck(x):
    w = [torch.randn(s, dtype=torch.double) for s in ((6, 10, 1, 1), (6, 6, 3, 3), (7, 6, 1, 1))]
    y = F.conv2d(F.relu(F.conv2d(F.relu(F.conv2d(x, w[0])), w[1], padding=1)), w[2])
    for form in (form_a, form_b, form_c):
        torch.testing.assert_close(form(x, w, 1), y)


def test_branches_do_not_see_each_other(x, w):
    """Without the weights of one branch the output loses that branch's part and no more."""
    silent = [t.clone() for t in w]
    silent[0][:D_WIDTH] = 0                                    # the first branch hears nothing
    rest = [w[0][D_WIDTH:], w[1][D_WIDTH:], w[2][:, D_WIDTH:]]
    torch.testing.assert_close(form_c(x, silent, C), form_c(x, rest, C - 1))


def test_branches_of_two_layers_are_only_a_wider_dense_block():
    x = torch.randn(2, 5, 6, 6, dtype=torch.double)
    w = [torch.randn(8, 5, 3, 3, dtype=torch.double), torch.randn(5, 8, 3, 3, dtype=torch.double)]
    dense = F.conv2d(F.conv2d(x, w[0], padding=1).clamp(min=0), w[1], padding=1)
    torch.testing.assert_close(two_layers(x, w, 4), dense)
    torch.testing.assert_close(two_layers(x, w, 1), dense)
    deep = [torch.randn(s, dtype=torch.double) for s in ((8, 5, 1, 1), (8, 8, 3, 3), (5, 8, 1, 1))]
    grouped = [deep[0], deep[1][:, :2], deep[2]]               # with three layers it is not
    assert (form_c(x, grouped, 4) - form_c(x, deep, 1)).abs().max() > 1


# The budget


def test_equation_4_is_the_number_of_weights_of_a_block(record_property):
    for c, d in ((1, 64), (32, 4), (8, 14)):
        layers = [m for m in Block(256, c * d, 256, c, 1).residual if isinstance(m, nn.Conv2d)]
        assert weights(c, d) == sum(layer.weight.numel() for layer in layers)
    record_property("1 × 64d", f"{weights(1, 64) / 1000:.1f} k")
    record_property("32 × 4d", f"{weights(32, 4) / 1000:.1f} k")
    assert weights(1, 64) == 256 * 64 + 3 * 3 * 64 * 64 + 64 * 256
    assert weights(2, 3, wide=10) == 2 * (30 + 81 + 30)
    assert weights(32, 4) == pytest.approx(weights(1, 64), rel=0.01)


def test_the_widths_of_table_2_follow_from_the_budget(record_property):
    table = {1: 64, 2: 40, 4: 24, 8: 14, 32: 4}
    widths = {cardinality: width(cardinality) for cardinality in table}
    record_property("d for C = 2", widths[2])
    record_property("d for C = 4", widths[4])
    record_property("d for C = 8", widths[8])
    record_property("d for C = 32", widths[32])
    assert widths == table
    assert [n * d for n, d in widths.items()] == [64, 80, 96, 112, 128]
    assert width(5, budget=weights(5, 30)) == 30
    assert [width(1, budget) for budget in (142_242, 142_474)] == [100, 101]    # 100.45, 100.55
    assert width(3, budget=weights(3, 7, wide=90), wide=90) == 7


# The networks


def by_table_1(c: int, d: int, blocks: tuple[int, ...], stem: int, K: int) -> int:
    """Parameters with pencil and paper."""
    total, C_in = stem + 2 * 64, 64
    for stage, count in enumerate(blocks):
        D, C_out = c * d * 2**stage, 256 * 2**stage
        for i in range(count):
            total += C_in * D + 9 * D * D // c + D * C_out + 2 * (2 * D + C_out)
            total += (C_in * C_out + 2 * C_out) * (i == 0)
            C_in = C_out
    return total + C_in * K + K


def test_resnext_50_costs_what_resnet_50_costs(record_property):
    ours, theirs = outline(), outline(1, 64)
    record_property("ResNeXt-50 parameters", f"{parameters(ours) / 1e6:.1f} M")
    record_property("ResNet-50 parameters", f"{parameters(theirs) / 1e6:.1f} M")
    record_property("ResNeXt-50 FLOPs", f"{flops(ours) / 1e9:.1f} G")
    record_property("ResNet-50 FLOPs", f"{flops(theirs) / 1e9:.1f} G")
    assert parameters(ours) == by_table_1(32, 4, (3, 4, 6, 3), 3 * 64 * 49, 1000)
    assert parameters(theirs) == by_table_1(1, 64, (3, 4, 6, 3), 3 * 64 * 49, 1000)
    assert parameters(ours) / 1e6 == pytest.approx(25.0, abs=0.1)
    assert parameters(theirs) / 1e6 == pytest.approx(25.5, abs=0.1)
    assert (flops(ours) / 1e9, flops(theirs) / 1e9) == pytest.approx((4.2, 4.1), abs=0.05)


def test_doubling_the_cardinality_doubles_the_cost_of_resnext_101(record_property):
    once, twice = outline(32, 4, DEEP), outline(64, 4, DEEP)
    record_property("32 × 4d", f"{flops(once) / 1e9:.1f} G")
    record_property("64 × 4d", f"{flops(twice) / 1e9:.1f} G")
    assert parameters(once) == by_table_1(32, 4, DEEP, 3 * 64 * 49, 1000)
    assert flops(once) / 1e9 == pytest.approx(7.8, rel=0.03)
    assert flops(twice) / flops(once) == pytest.approx(2, rel=0.05)


def test_cifar_networks_have_the_parameters_of_table_7(record_property):
    count = {c: parameters(outline(c, 64, (3, 3, 3), 10, True)) for c in (8, 16)}
    record_property("8 × 64d", f"{count[8] / 1e6:.1f} M")
    record_property("16 × 64d", f"{count[16] / 1e6:.1f} M")
    assert count[8] == by_table_1(8, 64, (3, 3, 3), 3 * 64 * 9, 10)
    assert (count[8] / 1e6, count[16] / 1e6) == pytest.approx((34.4, 68.1), abs=0.1)


def test_the_depth_counts_the_layers_with_weights():
    for blocks, cifar, depth in (((3, 4, 6, 3), False, 50), (DEEP, False, 101),
                                 ((3, 3, 3), True, 29)):  # fmt: skip
        net = outline(blocks=blocks, cifar=cifar)
        aside = sum(isinstance(block.shortcut, nn.Sequential) for block in net.blocks)
        layers = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
        assert len(layers) - aside == depth
        assert aside == len(blocks)


@pytest.mark.parametrize(("cifar", "pixels"), [(False, 64), (False, 75), (True, 16)])
def test_multiply_adds_are_those_of_a_real_forward_pass(cifar, pixels):
    net, seen = ResNeXt(4, 2, (1, 2), K=5, cifar=cifar).eval(), []

    def look(layer: nn.Module, _: tuple[torch.Tensor], y: torch.Tensor) -> None:
        seen.append(layer.weight[0].numel() * y.numel())       # products for one output number

    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(look)
    with torch.no_grad():
        net(torch.rand(1, 3, pixels, pixels))
    assert flops(net, pixels) == sum(seen)


def test_flops_are_counted_at_224_pixels_unless_told():
    net = outline(2, 2, (1,))
    assert flops(net) == flops(net, 224) != flops(net, 225)


@pytest.mark.parametrize(("C_in", "stride"), [(8, 1), (6, 1), (8, 2)])
def test_block_and_its_gradient_equal_the_written_out_steps(C_in, stride):
    block = Block(C_in, 6, 8, 3, stride).double()
    for norm in (m for m in block.modules() if isinstance(m, nn.BatchNorm2d)):
        for tensor in (norm.weight.data, norm.bias.data, norm.running_mean, norm.running_var):
            tensor.uniform_(0.5, 2)
    block.eval()

    def fold(y: torch.Tensor, norm: nn.BatchNorm2d) -> torch.Tensor:
        scale = norm.weight / torch.sqrt(norm.running_var + 1e-5)
        shift = norm.bias - norm.running_mean * scale
        return y * scale[:, None, None] + shift[:, None, None]

    x = torch.randn(2, C_in, 6, 7, dtype=torch.double)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    first, bn1, _, middle, bn2, _, last, bn3 = block.residual
    y = fold(F.conv2d(theirs, first.weight), bn1).clamp(min=0)
    y = F.conv2d(y, middle.weight, stride=stride, padding=1, groups=3)
    y = fold(F.conv2d(fold(y, bn2).clamp(min=0), last.weight), bn3)
    aside = theirs
    if (C_in, stride) != (8, 1):
        layer, norm = block.shortcut
        aside = fold(F.conv2d(theirs, layer.weight, stride=stride), norm)
    y_written = (y + aside).clamp(min=0)
    result = block(ours)
    torch.testing.assert_close(result, y_written)
    (result**2).sum().backward()
    (y_written**2).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)
    assert all(m.bias is None for m in block.modules() if isinstance(m, nn.Conv2d))


def test_stages_halve_the_size_in_the_3_by_3_layer_and_double_the_widths():
    net = outline(32, 4)
    strided = [i for i, block in enumerate(net.blocks) if block.residual[3].stride == (2, 2)]
    assert strided == [3, 7, 13]
    assert all(block.residual[0].stride == (1, 1) for block in net.blocks)
    first = [net.blocks[i].residual for i in (0, 3, 7, 13)]
    assert [r[3].weight.shape for r in first] == [
        (128, 4, 3, 3), (256, 8, 3, 3), (512, 16, 3, 3), (1024, 32, 3, 3)]  # fmt: skip
    assert [r[6].out_channels for r in first] == [256, 512, 1024, 2048]
    assert {r[3].groups for r in first} == {32}


@pytest.mark.parametrize(("cifar", "size"), [(False, 4), (True, 16)])
def test_the_network_is_stem_blocks_mean_and_classifier(cifar, size):
    net = ResNeXt(4, 2, (1, 1), K=5, cifar=cifar).eval().requires_grad_(False)
    x = torch.randn(2, 3, 32, 32)
    layer, norm, *_ = net.stem
    y = norm(F.conv2d(x, layer.weight, None, 1 if cifar else 2, 1 if cifar else 3)).clamp(min=0)
    y = y if cifar else F.max_pool2d(y, 3, stride=2, padding=1)
    assert y.shape[1] == 64
    y = net.blocks(y)
    assert y.shape == (2, 512, size, size)
    torch.testing.assert_close(net(x), net.classifier(y.flatten(2).mean(-1)))
    assert layer.weight.shape[-1] == (3 if cifar else 7)
