"""EfficientNet: the paper's claims."""

import math
from functools import cache
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.efficientnet import (
    ALPHA,
    B0,
    BETA,
    GAMMA,
    RELEASED,
    EfficientNet,
    MBConv,
    SqueezeExcite,
    compound,
    flops,
    outline,
    parameters,
    receptive_field,
    scale_channels,
    stochastic_depth,
)

TABLE_2 = {
    "B0": (5.3, 0.39), "B1": (7.8, 0.70), "B2": (9.2, 1.0), "B3": (12, 1.8),
    "B4": (19, 4.2), "B5": (30, 9.9), "B6": (43, 19), "B7": (66, 37),
}  # fmt: skip


@cache
def released(name: str) -> EfficientNet:
    d, w, *_ = RELEASED[name]
    return outline(d, w)


@cache
def cost(d: float, w: float, pixels: int) -> float:
    return flops(outline(d, w), pixels) / 1e9


# Compound scaling


def test_the_constants_nearly_double_the_computation(record_property):
    growth = ALPHA * BETA**2 * GAMMA**2
    record_property("alpha beta^2 gamma^2", round(growth, 3))
    assert (ALPHA, BETA, GAMMA) == (1.2, 1.1, 1.15)
    assert growth == pytest.approx(1.2 * 1.21 * 1.3225)
    assert abs(growth - 2) < 0.1


def test_compound_raises_the_three_constants_to_phi():
    assert compound(0) == (1, 1, 1)
    assert compound(1) == (1.2, 1.1, 1.15)
    assert compound(2) == pytest.approx((1.44, 1.21, 1.3225))


def test_computation_follows_depth_width_squared_and_resolution_squared(record_property):
    base = cost(1, 1, 224)
    depth = cost(2, 1, 224) / base
    width = cost(1, 2, 224) / base
    resolution = cost(1, 1, 448) / base
    record_property("depth x 2", round(depth, 2))
    record_property("width x 2", round(width, 2))
    record_property("resolution x 2", round(resolution, 2))
    assert depth == pytest.approx(2, rel=0.07)
    assert width == pytest.approx(4, rel=0.07)
    assert resolution == pytest.approx(4, rel=0.01)


def test_computation_grows_exponentially_in_phi(record_property):
    family = []
    for phi in range(6):
        d, w, r = compound(phi)
        family.append(cost(d, w, round(224 * r)))
    growth = (family[5] / family[0]) ** (1 / 5)
    record_property("growth for one step of phi", round(growth, 2))
    assert growth == pytest.approx(ALPHA * BETA**2 * GAMMA**2, rel=0.04)
    assert all(1.6 < after / before < 2.7 for before, after in pairwise(family))  # rounded layers


def test_released_coefficients_match_one_phi_only_roughly(record_property):
    def read_off(name: str) -> tuple[float, float, float]:
        d, w, pixels, _ = RELEASED[name]
        return math.log(d, ALPHA), math.log(w, BETA), math.log(pixels / 224, GAMMA)

    for name in ("B1", "B7"):
        for dimension, phi in zip(("depth", "width", "resolution"), read_off(name), strict=True):
            record_property(f"phi of {name} by {dimension}", round(phi, 2))
    assert max(read_off("B1")) < 0.6                           # so B1 is not phi = 1
    assert max(read_off("B7")) - min(read_off("B7")) > 1


def test_networks_of_table_7_cost_roughly_the_same(record_property):
    depth, width, resolution = cost(4, 1, 224), cost(1, 2, 224), cost(1, 1, 448)
    together = cost(1.4, 1.2, round(1.3 * 224))
    record_property("depth x 4", f"{depth:.2f} B")
    record_property("width x 2", f"{width:.2f} B")
    record_property("resolution x 2", f"{resolution:.2f} B")
    record_property("compound", f"{together:.2f} B")
    assert together == pytest.approx(1.8, rel=0.02)
    for alone in (depth, width, resolution):
        assert 0.8 * together < alone < 0.9 * together


# The receptive field: why the dimensions belong together


def test_receptive_field_equals_the_reach_of_the_gradient():
    net = EfficientNet().double().eval()
    for layer in net.modules():
        if isinstance(layer, SqueezeExcite):                   # a gate sees everything: hold it
            nn.init.zeros_(layer.expand.weight)
    part = nn.Sequential(net.stem, net.blocks[:4])             # up to the first 5×5 kernel
    x = torch.rand(1, 3, 96, 96, dtype=torch.double, requires_grad=True)
    part(x)[0, :, 6, 6].sum().backward()
    touched = (x.grad.abs().sum((0, 1)) > 0).nonzero()[:, 0]
    assert receptive_field(part) == touched.max() - touched.min() + 1


def test_scaling_resolution_alone_shrinks_the_view_and_compound_scaling_does_not(record_property):
    view = {name: receptive_field(released(name)) / RELEASED[name][2] for name in RELEASED}
    alone = receptive_field(released("B0")) / 600
    record_property("B0 at 224 px", round(view["B0"], 2))
    record_property("B0 at 600 px", round(alone, 2))
    record_property("B7 at 600 px", round(view["B7"], 2))
    assert alone < 0.4 * view["B0"]
    assert min(view.values()) == view["B0"]
    assert receptive_field(outline(1, 3)) == receptive_field(outline(1, 1))


# The networks


def test_parameters_of_the_family_are_those_of_the_paper(record_property):
    count = {name: parameters(released(name)) for name in RELEASED}
    record_property("B0 parameters", f"{count['B0'] / 1e6:.1f} M")
    record_property("B1 parameters", f"{count['B1'] / 1e6:.1f} M")
    record_property("B4 parameters", f"{count['B4'] / 1e6:.1f} M")
    record_property("B7 parameters", f"{count['B7'] / 1e6:.1f} M")
    for name, (millions, _) in TABLE_2.items():
        assert count[name] / 1e6 == pytest.approx(millions, rel=0.02)
    assert count["B0"] == by_table_1()


def by_table_1() -> int:
    """B0's parameters from Table 1 with pencil and paper."""
    stages = [(16, 1, 3, 1), (24, 6, 3, 2), (40, 6, 5, 2), (80, 6, 3, 3),
              (112, 6, 5, 3), (192, 6, 5, 4), (320, 6, 3, 1)]  # fmt: skip
    norm = 2
    total, C = 3 * 32 * 9 + 32 * norm, 32
    for C_out, expansion, kernel, layers in stages:
        for _ in range(layers):
            wide, squeezed = C * expansion, C // 4
            total += (C * wide + norm * wide) * (expansion > 1)
            total += wide * kernel**2 + norm * wide
            total += wide * squeezed + squeezed + squeezed * wide + wide
            total += wide * C_out + norm * C_out
            C = C_out
    return total + 320 * 1280 + norm * 1280 + 1280 * 1000 + 1000


def test_computation_of_the_family_is_that_of_the_paper(record_property):
    count = {name: flops(released(name), RELEASED[name][2]) / 1e9 for name in RELEASED}
    record_property("B0 FLOPS", f"{count['B0']:.2f} B")
    record_property("B1 FLOPS", f"{count['B1']:.2f} B")
    record_property("B4 FLOPS", f"{count['B4']:.2f} B")
    record_property("B7 FLOPS", f"{count['B7']:.1f} B")
    for name, (_, billions) in TABLE_2.items():
        assert count[name] == pytest.approx(billions, rel=0.05)


@pytest.mark.parametrize("pixels", [64, 75])
def test_multiply_adds_are_those_of_a_real_forward_pass(pixels):
    net = EfficientNet().eval()
    seen = []

    def look(layer: nn.Module, _: tuple[torch.Tensor], y: torch.Tensor) -> None:
        fan_in = layer.weight[0].numel()                       # products for one output number
        seen.append(fan_in * y.numel())

    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(look)
    with torch.no_grad():
        net(torch.rand(1, 3, pixels, pixels))
    assert flops(net, pixels) == sum(seen)


def test_baseline_has_the_channels_of_table_1():
    assert [channels for *_, channels, _ in B0] == [16, 24, 40, 80, 112, 192, 320]


def test_released_models_have_the_coefficients_of_the_authors_code():
    depth, width, pixels, dropout = zip(*RELEASED.values(), strict=True)
    assert depth == (1.0, 1.1, 1.2, 1.4, 1.8, 2.2, 2.6, 3.1)
    assert width == (1.0, 1.0, 1.1, 1.2, 1.4, 1.6, 1.8, 2.0)
    assert pixels == (224, 240, 260, 300, 380, 456, 528, 600)
    assert dropout == (0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.5)


def test_stages_have_the_sizes_and_channels_of_table_1():
    net = EfficientNet().eval().requires_grad_(False)
    x = net.stem(torch.rand(1, 3, 224, 224))
    assert x.shape[1:] == (32, 112, 112)
    sizes, first = [], 0
    for *_, layers in B0:
        x = net.blocks[first : first + layers](x)
        sizes.append((x.shape[1], x.shape[2], layers))
        first += layers
    assert sizes == [(16, 112, 1), (24, 56, 2), (40, 28, 2), (80, 14, 3), (112, 14, 3),
                     (192, 7, 4), (320, 7, 1)]  # fmt: skip
    assert first == len(net.blocks)
    assert net.head[:3](x).shape[1:] == (1280, 7, 7)
    assert net.head(x).shape == (1, 1000)


def test_network_is_stem_blocks_and_head_with_silu_between():
    net = EfficientNet(K=5).eval()
    x = torch.randn(2, 3, 32, 32)
    conv, norm, _ = net.stem
    y = net.blocks(F.silu(norm(F.conv2d(x, conv.weight, stride=2, padding=1))))
    conv, norm, *_, classifier = net.head
    y = F.silu(norm(F.conv2d(y, conv.weight))).mean((2, 3))
    torch.testing.assert_close(net(x), classifier(y))


def test_depth_repeats_layers_and_width_multiplies_channels():
    net = outline(2.0, 2.0)
    kernels = [b.branch[-2].out_channels for b in net.blocks]
    assert kernels == [32] * 2 + [48] * 4 + [80] * 4 + [160] * 6 + [224] * 6 + [384] * 8 + [640] * 2
    assert net.stem[0].out_channels == 64
    wide = outline(1, 8)                                       # exact: 8 leaves nothing to round
    assert wide.stem[0].out_channels == 8 * 32
    assert wide.head[-1].in_features == 8 * 1280


@pytest.mark.parametrize(("channels", "w", "scaled"), [
    (32, 1.0, 32), (43, 1.0, 40), (44, 1.0, 48), (24, 2.0, 48), (16, 1.1, 16), (4, 0.5, 8),
    (10, 1.0, 16), (21, 0.5, 16), (35, 1.0, 32), (35, 1.01, 32), (18, 1.0, 24), (1, 80 / 9, 8),
])  # fmt: skip
def test_channels_are_rounded_to_eights_but_never_far_down(channels, w, scaled):
    assert scale_channels(channels, w) == scaled


def test_dropout_stands_before_the_classifier():
    assert EfficientNet(dropout=0.5).head[-2].p == 0.5
    assert EfficientNet().head[-2].p == 0.2


def test_branches_survive_less_often_the_deeper_they_are():
    survival = [block.survival for block in outline(1, 1).blocks]
    assert survival[0] == 1
    assert survival[8] == pytest.approx(0.9)                   # half of the 16 blocks
    assert survival[-1] == pytest.approx(0.8 + 0.2 / 16)
    longer = [block.survival for block in outline(2.2, 1).blocks]
    assert longer[-1] == pytest.approx(0.8 + 0.2 / len(longer))
    assert MBConv(8, 8, 1, 3, 1).survival == 1.0


# The block


def written_out(block: MBConv, x: torch.Tensor) -> torch.Tensor:
    """An expanding MBConv at inference, one step after the other."""

    def norm(y: torch.Tensor, bn: nn.BatchNorm2d) -> torch.Tensor:
        scale = bn.weight / torch.sqrt(bn.running_var + 1e-3)
        shift = bn.bias - bn.running_mean * scale
        return y * scale[:, None, None] + shift[:, None, None]

    grow, bn1, _, deep, bn2, _, gate, shrink, bn3 = block.branch
    y = torch.einsum("oc,nchw->nohw", grow.weight[:, :, 0, 0], x)
    y = norm(y, bn1)
    y = y * torch.sigmoid(y)
    reach = deep.kernel_size[0] // 2
    y = torch.stack([
        F.conv2d(y[:, [c]], deep.weight[[c]], stride=deep.stride, padding=reach)[:, 0]
        for c in range(y.shape[1])
    ], dim=1)  # fmt: skip
    y = norm(y, bn2)
    y = y * torch.sigmoid(y)
    s = y.flatten(2).mean(-1) @ gate.reduce.weight[:, :, 0, 0].T + gate.reduce.bias
    s = (s * torch.sigmoid(s)) @ gate.expand.weight[:, :, 0, 0].T + gate.expand.bias
    y = y / (1 + torch.exp(-s))[:, :, None, None]
    y = norm(torch.einsum("oc,nchw->nohw", shrink.weight[:, :, 0, 0], y), bn3)
    return x + y if y.shape == x.shape else y


@pytest.mark.parametrize(("C_out", "kernel", "stride"), [(8, 3, 1), (8, 5, 2), (12, 5, 1)])
def test_block_and_its_gradient_equal_the_written_out_steps(C_out, kernel, stride):
    block = MBConv(8, C_out, 6, kernel, stride).double()
    for layer in block.modules():
        if isinstance(layer, nn.BatchNorm2d):                  # statistics as after training
            for tensor in (layer.weight.data, layer.running_mean, layer.running_var):
                tensor.uniform_(0.5, 2.0)
    block.eval()
    x = torch.randn(2, 8, 7, 9, dtype=torch.double)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    y, y_written = block(ours), written_out(block, theirs)
    torch.testing.assert_close(y, y_written)
    (y**2).sum().backward()
    (y_written**2).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_block_without_expansion_starts_with_the_depthwise_filter():
    block = MBConv(8, 16, 1, 3, 1)
    assert block.branch[0].weight.shape == (8, 1, 3, 3)
    assert MBConv(8, 16, 2, 3, 1).branch[0].weight.shape == (16, 8, 1, 1)


def test_block_squeezes_to_a_quarter_of_its_input_channels():
    gates = [m for m in MBConv(16, 8, 6, 3, 1).modules() if isinstance(m, SqueezeExcite)]
    assert [gate.reduce.out_channels for gate in gates] == [4]


def test_gate_of_one_channel_by_hand():
    gate = SqueezeExcite(1, 1)
    for layer, weight, bias in ((gate.reduce, 1.0, 0.0), (gate.expand, 2.0, -1.0)):
        nn.init.constant_(layer.weight, weight)
        nn.init.constant_(layer.bias, bias)
    y = gate(torch.tensor([1.0, 3.0]).reshape(1, 1, 1, 2))     # mean 2, silu(2) = 2 sigma(2)
    silu = 2 / (1 + math.exp(-2))
    opened = 1 / (1 + math.exp(-(2 * silu - 1)))
    assert y.flatten().tolist() == pytest.approx([opened, 3 * opened])


def test_stochastic_depth_drops_whole_samples_and_keeps_the_mean():
    y = stochastic_depth(torch.ones(4000, 2, 1, 1), 0.5)
    assert torch.equal(y[:, 0], y[:, 1])
    assert set(y.unique().tolist()) == {0.0, 2.0}
    assert y.mean().item() == pytest.approx(1, abs=0.06)


def test_stochastic_depth_stays_on_the_device_of_the_branch():
    y = stochastic_depth(torch.empty(4, 2, 3, 3, device="meta"), 0.5)
    assert y.is_meta


def test_block_drops_its_branch_in_training_only():
    block = MBConv(8, 8, 6, 3, 1, survival=0.5)
    x = torch.randn(64, 8, 4, 4)
    dropped = (block(x) == x).flatten(1).all(1).float().mean()
    assert 0.2 < dropped < 0.8
    block.eval()
    assert not (block(x) == x).flatten(1).all(1).any()


def test_batch_statistics_move_slowly():
    norms = [m for m in EfficientNet().modules() if isinstance(m, nn.BatchNorm2d)]
    assert {(m.momentum, m.eps) for m in norms} == {(0.01, 1e-3)}


def test_every_parameter_learns_and_any_image_size_will_do():
    net = EfficientNet(K=10)
    F.cross_entropy(net(torch.rand(4, 3, 40, 56)), torch.arange(4)).backward()
    assert all(p.grad.abs().sum() > 0 for p in net.parameters())
