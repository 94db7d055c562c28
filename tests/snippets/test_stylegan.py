"""Style-based generator: the paper's claims."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.stylegan import (
    Constant,
    Conv,
    Dense,
    Layer,
    Mapping,
    StyleGenerator,
    adain,
    mix,
    path_length,
    slerp,
    truncate,
)


@pytest.fixture(scope="module")
def G() -> StyleGenerator:
    """The generator at 16×16, six style layers, with the paper's 512 channels."""
    torch.manual_seed(0)
    return StyleGenerator(16).requires_grad_(False)


def layer_outputs(G: StyleGenerator, w: torch.Tensor) -> list[torch.Tensor]:
    outputs: list[torch.Tensor] = []
    layers = G.synthesis.layers
    hooks = [m.register_forward_hook(lambda _, __, out: outputs.append(out)) for m in layers]
    G.synthesis(w)
    for hook in hooks:
        hook.remove()
    return outputs


def test_adain_and_its_gradient_equal_instance_norm_with_the_style_as_gain_and_bias():
    x = torch.randn(1, 3, 5, 4, dtype=torch.double) * 3 + 2
    scale, bias = torch.randn(2, 1, 3, dtype=torch.double)
    ours = [t.clone().requires_grad_() for t in (x, scale, bias)]
    theirs = [t.clone().requires_grad_() for t in (x, scale, bias)]
    y = adain(*ours)
    y_torch = F.instance_norm(theirs[0], weight=theirs[1][0], bias=theirs[2][0], eps=1e-8)
    torch.testing.assert_close(y, y_torch)
    (y**3).sum().backward()
    (y_torch**3).sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_adain_by_hand():
    x = torch.tensor([1.0, 3.0, 3.0, 1.0]).reshape(1, 1, 2, 2)
    y = adain(x, torch.tensor([[10.0]]), torch.tensor([[7.0]]))
    assert y.flatten().tolist() == pytest.approx([-3, 17, 17, -3])
    y = adain(x, torch.tensor([[10.0]]), torch.tensor([[7.0]]), eps=3.0)
    assert y.flatten().tolist() == pytest.approx([2, 12, 12, 2])   # 10 / sqrt(1 + 3)
    faint = torch.tensor([-1e-4, 1e-4]).reshape(1, 1, 1, 2)        # of variance 1e-8, as eps
    y = adain(faint, torch.tensor([[1.0]]), torch.tensor([[0.0]]))
    assert y.flatten().tolist() == pytest.approx([-(0.5**0.5), 0.5**0.5])


def test_each_channel_leaves_adain_with_the_mean_and_deviation_of_its_style():
    x = torch.rand(2, 5, 8, 8) ** 3
    scale, bias = torch.rand(2, 2, 5)
    y = adain(x, scale, bias)
    torch.testing.assert_close(y.mean((2, 3)), bias)
    torch.testing.assert_close(y.std((2, 3), correction=0), scale)


def test_a_style_overrides_the_statistics_that_came_before(record_property):
    x = torch.randn(2, 5, 8, 8, dtype=torch.double)
    scale, bias = torch.rand(2, 2, 5, dtype=torch.double)
    earlier = 7 * torch.rand(5, 1, 1) * x + torch.randn(5, 1, 1)   # another style, set earlier
    moved = (adain(earlier, scale, bias) - adain(x, scale, bias)).abs().max().item()
    record_property("moved by an earlier scale and bias", f"{moved:.0e}")
    assert moved < 1e-5


def test_noise_changes_pixels_and_not_what_the_style_sets(record_property):
    layer = Layer(nn.Identity(), 4)
    nn.init.constant_(layer.noise, 0.5)
    x, w = torch.randn(1, 4, 16, 16), torch.randn(1, 512)
    with torch.no_grad():
        one, two = layer(x, w), layer(x, w)
    record_property("pixels move by", round((one - two).abs().mean().item(), 3))
    assert (one - two).abs().mean() > 0.1
    torch.testing.assert_close(one.mean((2, 3)), two.mean((2, 3)), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(one.std((2, 3)), two.std((2, 3)), atol=1e-5, rtol=1e-4)


def test_one_noise_image_is_shared_by_the_channels_and_scaled_for_each():
    layer = Layer(nn.Identity(), 3)
    nn.init.zeros_(layer.style.weight)                             # y = (1, 0)
    layer.noise.data = torch.tensor([1.0, 5.0, 0.0]).reshape(3, 1, 1)
    flat = torch.zeros(2, 3, 8, 8)
    with torch.no_grad():
        y = layer(flat, torch.zeros(2, 512))
    torch.testing.assert_close(y[:, 0], y[:, 1])                   # AdaIN removes the factor 5
    assert y[:, 2].abs().max() == 0
    assert not torch.equal(y[0], y[1])                             # another image, other noise


def test_a_layer_adds_noise_then_bends_then_restyles():
    torch.manual_seed(3)
    layer = Layer(nn.Identity(), 2)
    layer.noise.data = torch.tensor([2.0, -1.0]).reshape(2, 1, 1)
    x, w = torch.randn(1, 2, 6, 6), torch.randn(1, 512)
    torch.manual_seed(4)
    with torch.no_grad():
        y = layer(x, w)
    torch.manual_seed(4)
    noisy = x + layer.noise * torch.randn(1, 1, 6, 6)
    bent = torch.where(noisy > 0, noisy, 0.2 * noisy)
    style = w @ layer.style.weight.T / math.sqrt(512)              # (1, 4)
    by_hand = F.instance_norm(bent, weight=1 + style[0, :2], bias=style[0, 2:], eps=1e-8)
    torch.testing.assert_close(y, by_hand.detach())


def test_the_generator_has_the_parameters_and_layers_that_the_paper_counts(record_property):
    with torch.device("meta"):
        G = StyleGenerator()
    count = sum(p.numel() for p in G.parameters())
    record_property("parameters", f"{count / 1e6:.1f} M")
    record_property("style layers", len(G.synthesis.layers))
    assert count == 26_219_627                                     # printed by the authors' code
    assert len(G.mapping.layers) == 8
    assert len(G.synthesis.layers) == 18
    assert [len(layer.noise) for layer in G.synthesis.layers[7:]] == (
        [512, 256, 256, 128, 128, 64, 64, 32, 32, 16, 16]
    )
    with torch.device("meta"):
        assert G(torch.empty(2, 512)).shape == (2, 3, 1024, 1024)


def test_images_differ_between_codes_and_start_free_of_noise(G):
    z = torch.randn(2, 512)
    images = G(z)
    assert images.shape == (2, 3, 16, 16)
    assert torch.equal(images, G(z))
    assert (images[0] - images[1]).abs().mean() > 0.1
    torch.testing.assert_close(images[:1], G(5 * z[:1]), atol=1e-3, rtol=1e-3)  # z is normalised


def test_the_code_acts_through_the_styles_alone():
    G = StyleGenerator(8).requires_grad_(False)
    nn.init.normal_(G.synthesis.layers[0].before.constant)
    for layer in G.synthesis.layers:
        nn.init.zeros_(layer.style.weight)                         # every style is now a constant
    images = G(torch.randn(3, 512))
    assert images[0].std() > 0                                     # an image of the constant,
    assert (images - images[0]).abs().max() < 1e-5                 # the same for every code
    start = Constant()
    assert (start(torch.empty(2, 512)) == 1).all()
    nn.init.normal_(start.bias)
    assert torch.equal(start(torch.empty(2, 512))[1], 1 + start.bias.expand(-1, 4, 4))


@pytest.mark.parametrize("crossover", [0, 2, 5, 6])
def test_mixing_leaves_every_layer_before_the_crossover_alone(G, crossover):
    first, second = G.mapping(torch.randn(2, 512)).split(1)
    pure, mixed = (
        layer_outputs(G, mix(first, w, crossover, layers=6)) for w in (first, second)
    )
    for i, (a, b) in enumerate(zip(pure, mixed, strict=True)):
        assert torch.equal(a, b) == (i < crossover)


def test_mixing_by_hand():
    first, second = torch.zeros(1, 2), torch.ones(1, 2)
    assert mix(first, second, 1, layers=3).tolist() == [[[0, 0], [1, 1], [1, 1]]]


def test_truncation_shrinks_the_distance_to_the_average_in_coarse_layers_only(G):
    w = G.mapping(torch.randn(3, 512))[:, None].expand(-1, 6, -1)
    centre = w.mean((0, 1))
    pulled = truncate(w, centre, psi=0.7, cutoff=4)
    torch.testing.assert_close(pulled[:, :4] - centre, 0.7 * (w[:, :4] - centre))
    assert torch.equal(pulled[:, 4:], w[:, 4:])
    torch.testing.assert_close(truncate(w, centre, psi=1.0, cutoff=6), w)


def test_upsampling_doubles_convolves_and_smooths_with_1_2_1():
    conv = Conv(2, 3, up=True)
    nn.init.normal_(conv.bias)
    x = torch.randn(1, 2, 4, 4)
    doubled = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    y = F.conv2d(doubled, conv.weight * math.sqrt(2 / 18), padding=1)
    binomial = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    y = F.conv2d(y, binomial.expand(3, 1, 3, 3), padding=1, groups=3) + conv.bias
    torch.testing.assert_close(conv(x), y)
    plain = Conv(2, 3)
    same = F.conv2d(x, plain.weight * math.sqrt(2 / 18), padding=1)
    torch.testing.assert_close(plain(x), same)
    to_rgb = Conv(2, 3, kernel=1)
    torch.testing.assert_close(to_rgb(x), F.conv2d(x, to_rgb.weight / math.sqrt(2)))


def test_a_slow_layer_computes_the_same_and_learns_a_hundred_times_slower():
    x = torch.randn(64, 512)
    slow, fast = Dense(512, 512, lr=0.01), Dense(512, 512)
    assert fast(x).std().item() == pytest.approx(1, abs=0.05)
    assert slow(x).std().item() == pytest.approx(1, abs=0.05)
    moved = []
    for layer in (slow, fast):
        with torch.no_grad():
            before = layer(x)
            layer.weight += 0.1                                    # a step of the same size
            layer.bias += 0.1
            moved.append((layer(x) - before).norm().item())
    assert moved[0] / moved[1] == pytest.approx(0.01, rel=1e-2)


def test_the_mapping_keeps_the_scale_of_the_code(G):
    dense = G.mapping.layers
    assert all(layer.lr == 0.01 for layer in dense)
    z = torch.randn(4, 512)
    w = z / z.square().mean(1, keepdim=True).sqrt()
    for layer in dense:
        w = F.linear(w, layer.weight * 0.01 * math.sqrt(2 / 512))
        w = torch.where(w > 0, w, 0.2 * w)
    torch.testing.assert_close(G.mapping(z), w)


def test_slerp_walks_the_great_circle_at_constant_speed():
    a, b = 3 * torch.eye(512)[:1], 5 * torch.eye(512)[1:2]
    third = slerp(a, b, torch.tensor([[1 / 3]]))[0, :2].tolist()
    assert third == pytest.approx([math.cos(math.pi / 6), math.sin(math.pi / 6)], abs=1e-6)
    c, d = torch.randn(2, 4, 512, dtype=torch.double)
    middle = slerp(c, d, torch.full((4, 1), 0.5, dtype=torch.double))
    torch.testing.assert_close(middle, F.normalize(F.normalize(c) + F.normalize(d)))


def test_path_length_of_a_linear_map_is_the_squared_distance_of_its_images(record_property):
    linear = torch.randn(512, 16, dtype=torch.double)
    a, b = torch.randn(2, 50, 512, dtype=torch.double)
    t = torch.rand(50, 1, dtype=torch.double)
    measured = path_length(lambda w: w @ linear, torch.lerp, a, b, t).item()
    closed_form = ((a - b) @ linear).square().sum(1).mean().item()
    record_property("measured", round(measured, 2))
    record_property("closed form", round(closed_form, 2))
    assert measured == pytest.approx(closed_form, rel=1e-6)


def test_path_length_takes_steps_of_one_ten_thousandth():
    t = torch.zeros(3, 1, dtype=torch.double)
    length = path_length(torch.square, lambda _, __, t: t, t, t, t)
    assert length.item() == pytest.approx(1e-8)                    # ((0 + eps)² - 0)² / eps²
    length = path_length(torch.square, lambda _, __, t: t, t, t, t + 1)
    assert length.item() == pytest.approx((2 + 1e-4) ** 2)         # ((1 + eps)² - 1)² / eps²


def test_a_straight_way_through_w_is_shorter_than_the_curved_way_through_z(record_property):
    f = Mapping().double().requires_grad_(False)
    linear = torch.randn(512, 16, dtype=torch.double)
    z, other = torch.randn(2, 200, 512, dtype=torch.double)
    t = torch.rand(200, 1, dtype=torch.double)
    in_z = path_length(lambda z: f(z) @ linear, slerp, z, other, t).item()
    in_w = path_length(lambda w: w @ linear, torch.lerp, f(z), f(other), t).item()
    record_property("length through Z / length through W", round(in_z / in_w, 1))
    assert in_z > 2 * in_w
