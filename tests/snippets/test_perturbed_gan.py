"""Layered GAN with perturbed layers: the paper's claims."""

import math
from itertools import pairwise

import pytest
import torch
from skimage.data import brick
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from snippets.perturbed_gan import (
    LayeredGenerator,
    StyleLayer,
    StyleNet,
    compose,
    critic_loss,
    detection_rate,
    draw_shifts,
    jitter_contrast,
    mask_loss,
    perturb,
    scenes,
    shift,
    wrong_layers,
)

STILL = torch.zeros(1, 2, dtype=torch.long)


def test_a_shift_by_hand_moves_right_and_down_and_lets_zeros_in():
    x = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]).reshape(1, 1, 3, 3)
    moved = shift(x.expand(4, 1, 3, 3), torch.tensor([[1, 0], [0, -1], [-1, 2], [0, 0]]))[:, 0]
    assert moved[0].tolist() == [[0, 1, 2], [0, 4, 5], [0, 7, 8]]
    assert moved[1].tolist() == [[4, 5, 6], [7, 8, 9], [0, 0, 0]]
    assert moved[2].tolist() == [[0, 0, 0], [0, 0, 0], [2, 3, 0]]
    assert torch.equal(moved[3], x[0, 0])


def test_shift_and_its_gradient_equal_padding_and_cropping():
    x = torch.randn(2, 3, 5, 7, dtype=torch.double)
    p = torch.tensor([[2, -1], [-3, 2]])
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    padded = F.pad(theirs, (4, 4, 4, 4))
    crops = [padded[i, :, 4 - y : 9 - y, 4 - x : 11 - x] for i, (x, y) in enumerate(p.tolist())]
    y, y_torch = shift(ours, p), torch.stack(crops)
    assert torch.equal(y, y_torch)
    (y**3).sum().backward()
    (y_torch**3).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_shifts_are_whole_pixels_uniform_up_to_an_eighth_of_the_image():
    p = draw_shifts(4000, 128)
    assert p.dtype == torch.long
    assert (p.min().item(), p.max().item()) == (-16, 16)
    assert p.float().mean(0).abs().max() < 0.7
    assert p.float().std(0).mean().item() == pytest.approx(32 / math.sqrt(12), rel=0.03)
    assert torch.corrcoef(p.float().T)[0, 1].abs() < 0.1
    assert draw_shifts(5, 128, delta=0.0).abs().max() == 0


def test_composition_by_hand():
    background, foreground = torch.full((1, 3, 1, 2), 10.0), torch.full((1, 3, 1, 2), 20.0)
    mask = torch.tensor([1.0, 0.25]).reshape(1, 1, 1, 2)
    assert compose(background, foreground, mask, STILL)[0, 1].tolist() == [[20, 12.5]]
    right = torch.tensor([[1, 0]])
    assert compose(background, foreground, mask, right)[0, 1].tolist() == [[10, 20]]


def test_a_shifted_object_is_the_same_scene_with_the_object_elsewhere(record_property):
    background, ink, digit = scenes(20)
    p = draw_shifts(20, 24)
    moved = compose(background, ink, digit, p)
    elsewhere = torch.where(shift(digit, p) > 0, ink, background)
    record_property("largest difference", (moved - elsewhere).abs().max().item())
    assert torch.equal(moved, elsewhere)
    assert (shift(digit, p).sum((1, 2, 3)) == digit.sum((1, 2, 3))).all()   # none leaves the frame


@pytest.mark.parametrize("kind", ["half", "box", "all"])
def test_without_a_shift_any_mask_gives_the_same_image(kind):
    image = compose(*scenes(5), STILL.expand(5, 2))
    layers = wrong_layers(image, kind)
    assert layers[2].mean() >= 0.25                                # open enough for the size loss
    torch.testing.assert_close(compose(*layers, STILL.expand(5, 2)), image)
    torn = compose(*layers, torch.tensor([[3, 2]]).expand(5, 2))
    assert (torn - image).abs().mean() > 0.01


def test_masks_by_name():
    image = torch.rand(2, 1, 24, 24)
    share = {kind: wrong_layers(image, kind)[2].mean().item() for kind in ("half", "box", "all")}
    assert share == {"half": 0.5, "box": 0.25, "all": 1.0}
    assert wrong_layers(image, "box")[2][0, 0, 6:18, 6:18].min() == 1
    assert wrong_layers(image, "half")[2][0, 0, :, :12].min() == 1


def test_a_critic_finds_shifted_wrong_masks(record_property):
    rate = {kind: detection_rate(kind, 3000) for kind in ("half", "box", "all")}
    rate["box, not shifted"] = detection_rate("box", 3000, delta=0.0)
    for kind, share in rate.items():
        record_property(f"critic right: {kind}", f"{share:.1%}")
    assert min(rate["half"], rate["all"]) > 0.57
    assert rate["box"] > 0.63
    assert abs(rate["box, not shifted"] - 0.5) < 0.04              # the shift is what gives it away


def test_the_critic_is_at_chance_on_what_is_real():
    assert abs(detection_rate("object", 3000) - 0.5) < 0.04        # other scenes, that is all


def test_perturbing_shifts_each_image_by_its_own_eighth():
    mask = torch.zeros(400, 1, 16, 16)
    mask[:, :, 8, 8] = 1
    images = perturb((torch.zeros_like(mask), torch.ones_like(mask), mask))
    where = images.sum((0, 1)) > 0
    assert where.nonzero().min() == 8 - 2
    assert where.nonzero().max() == 8 + 2
    assert torch.equal(perturb((mask, mask, mask), delta=0.0), mask)


def test_an_empty_mask_escapes_the_shift_and_is_what_the_size_loss_forbids():
    image = torch.rand(2, 1, 8, 8)
    empty = torch.zeros(2, 1, 8, 8)
    assert torch.equal(compose(image, image, empty, torch.tensor([[2, 1], [-1, 3]])), image)
    assert mask_loss(empty).item() == pytest.approx(2 * 0.25)


def test_mask_losses_by_hand():
    mask = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.5, 0.9, 0.1, 0.5]]).reshape(2, 1, 2, 2)
    half_open = (0.5 + 0.1 + 0.1 + 0.5) / 8
    assert mask_loss(mask).item() == pytest.approx(2 * half_open)  # both cover at least a quarter
    pair = torch.tensor([0.25, 0.75])[:, None, None, None].expand(2, 1, 2, 2)
    sized = mask_loss(pair, least=0.5, size=3, binary=0)
    assert sized.item() == pytest.approx(3 * (0.25 + 0) / 2)       # each mask on its own
    assert mask_loss(torch.ones(1, 1, 2, 2)).item() == 0


def test_contrast_jitter_stretches_about_the_mean_and_stays_in_range():
    x = torch.tensor([0.0, 4.0, 5.0, 7.0]).reshape(1, 1, 2, 2)     # mean 4
    softer = jitter_contrast(x, torch.tensor([0.5]))
    assert softer.flatten().tolist() == [2, 4, 4.5, 5.5]
    harder = jitter_contrast(x, torch.tensor([2.0]))
    assert harder.flatten().tolist() == [0, 4, 6, 7]
    two = jitter_contrast(torch.cat([x, x]), torch.tensor([1.0, 0.5]))
    torch.testing.assert_close(two, torch.cat([x, softer]))

    colour, factor = torch.randn(2, 3, 5, 4), torch.tensor([1.3, 0.7])
    by_channel = [
        torch.stack([(f * (c - c.mean()) + c.mean()).clamp(c.min(), c.max()) for c in image])
        for image, f in zip(colour, factor, strict=True)
    ]
    torch.testing.assert_close(jitter_contrast(colour, factor), torch.stack(by_channel))


def test_critic_loss_of_a_linear_critic_by_hand():
    critic = nn.Sequential(nn.Flatten(), nn.Linear(4, 1, bias=False))
    critic[1].weight.data = torch.tensor([[3.0, 0.0, 4.0, 0.0]])   # slope of length 5
    real = torch.tensor([1.0, 0, 0, 0]).reshape(1, 1, 2, 2)
    loss = critic_loss(critic, real, torch.zeros_like(real), torch.tensor([0.3]))
    assert loss.item() == pytest.approx(0 - 3 + 10 * (5 - 1) ** 2 + 0.001 * 3**2)
    loss.backward()                                                # the penalty has a gradient too
    slope = 10 * 2 * (5 - 1) * torch.tensor([[3.0, 0.0, 4.0, 0.0]]) / 5
    slope[0, 0] += -1 + 0.001 * 2 * 3
    torch.testing.assert_close(critic[1].weight.grad, slope)


def test_the_slope_is_taken_between_real_and_fake():
    seen = []

    class Square(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.append(x.detach())
            return x.square().sum((1, 2, 3))

    real, fake = torch.full((2, 1, 1, 1), 8.0), torch.full((2, 1, 1, 1), 4.0)
    loss = critic_loss(Square(), real, fake, torch.tensor([0.25, 1.0]))
    assert seen[0].flatten().tolist() == [5, 8]
    penalty = 10 * ((2 * 5 - 1) ** 2 + (2 * 8 - 1) ** 2) / 2
    assert loss.item() == pytest.approx(16 - 64 + penalty + 0.001 * 64**2)


def test_a_style_layer_by_hand():
    layer = StyleLayer(2, 3, up=True)
    assert layer.noise.abs().max() == 0                            # starts without noise
    layer.noise.data = torch.tensor([0.5, 0.0, 2.0]).reshape(1, 3, 1, 1)
    x, w = torch.randn(2, 2, 4, 4), torch.randn(2, 512)
    torch.manual_seed(1)
    with torch.no_grad():
        y = layer(x, w)
        torch.manual_seed(1)
        doubled = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
        h = F.conv2d(doubled, layer.conv.weight, layer.conv.bias, padding=1)
        h = h + layer.noise * torch.randn(2, 1, 8, 8)
        h = torch.where(h > 0, h, 0.2 * h)
        variance = h.var((2, 3), correction=0, keepdim=True)
        h = (h - h.mean((2, 3), keepdim=True)) / (variance + 1e-5).sqrt()
        scale, bias = layer.style(w)[:, :, None, None].split(3, dim=1)
    torch.testing.assert_close(y, (1 + scale) * h + bias)


def test_the_full_generator_draws_two_nets_of_layers_at_128(record_property):
    with torch.device("meta"):
        G = LayeredGenerator()
        background, foreground, mask = G(torch.empty(2, 512))
    count = sum(p.numel() for p in G.parameters())
    record_property("parameters", count)
    assert background.shape == foreground.shape == (2, 3, 128, 128)
    assert mask.shape == (2, 1, 128, 128)
    widths = [512, 512, 512, 512, 512, 512, 512, 256, 256, 128, 128]
    assert [layer.conv.out_channels for layer in G.object.layers] == widths
    assert [layer.up for layer in G.object.layers] == [False] + 5 * [True, False]
    steps = pairwise([512, *widths])
    layers = sum((9 * i * o + o) + o + (512 * 2 * o + 2 * o) for i, o in steps)
    net = 8 * (512 * 512 + 512) + 512 * 16 + layers
    assert count == 2 * net + (128 * 3 + 3) + (128 * 4 + 4)


def test_the_mask_of_the_generator_lies_between_zero_and_one():
    class Code(nn.Module):
        def forward(self, z: torch.Tensor) -> torch.Tensor:
            return z[:, :4, None, None]

    G = LayeredGenerator.__new__(LayeredGenerator)
    nn.Module.__init__(G)
    G.background, G.object = nn.Identity(), Code()
    z = torch.tensor([[1.0, 2.0, 3.0, 0.0]])
    _, foreground, mask = G(z)
    assert foreground.flatten().tolist() == [1, 2, 3]
    assert mask.item() == 0.5


def test_the_mapping_sees_the_direction_of_the_code_only():
    net = StyleNet(3)
    seen = []
    net.layers = nn.ModuleList()
    for layer in net.mapping:
        layer.register_forward_hook(lambda _, x, y: seen.append((x[0], y)))
    net.constant = nn.Parameter(torch.zeros(1, 128, 1, 1))
    with torch.no_grad():
        net(torch.full((1, 512), 7.0))
    torch.testing.assert_close(seen[0][0], torch.ones(1, 512))
    for (_, y), (x, _) in pairwise(seen):
        torch.testing.assert_close(x, torch.where(y > 0, y, 0.2 * y))


def test_scenes_are_digits_well_inside_a_wall():
    background, ink, digit = scenes(300)
    assert background.shape == ink.shape == digit.shape == (300, 1, 24, 24)
    assert 0.05 < background.std() < 0.5
    assert 0 < background.min() < background.max() < 1
    assert (ink == 1).all()
    assert set(digit.unique().tolist()) == {0, 1}
    place = digit.amax((0, 1))
    assert place[:6].max() == place[18:].max() == place[:, :6].max() == place[:, 18:].max() == 0
    assert place[6].max() == place[17].max() == 1


def test_scenes_are_made_of_real_patches_and_real_digits():
    background, _, digit = scenes(1000)
    bricks = torch.tensor(brick()[:510, :510] / 255, dtype=torch.float)
    wall = bricks.reshape(170, 3, 170, 3).mean((1, 3))
    patches = wall.unfold(0, 24, 1).unfold(1, 24, 1).reshape(-1, 576)
    for patch in background[:3].reshape(3, 576):
        assert (patches - patch).abs().amax(1).min() < 1e-5
    inked = (torch.tensor(load_digits().images) > 6).float().sum((1, 2)).mean()
    assert digit.sum((1, 2, 3)).mean().item() == pytest.approx(inked.item(), abs=0.7)
