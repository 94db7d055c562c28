"""StarGAN: the paper's claims."""

import itertools
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.stargan import (
    Discriminator,
    Generator,
    Recolour,
    Residual,
    classification_loss,
    digits,
    discriminator_loss,
    generator_loss,
    generators_for_pairs,
    gradient_penalty,
    parameters,
    train,
    unified_label,
    with_label,
)


def test_generator_and_discriminator_for_8_expressions_have_53_million_parameters(record_property):
    with torch.device("meta"):
        G, D = Generator(8), Discriminator(8)
    ends = 7 * 7 * (11 * 64 + 64 * 3)
    sizes = 2 * 16 * (64 * 128 + 128 * 256)
    norms = 2 * (64 + 128 + 256) + 2 * (128 + 64)
    assert parameters(G) == ends + sizes + norms + 6 * (2 * 9 * 256**2 + 4 * 256)
    widths = [3, 64, 128, 256, 512, 1024, 2048]
    trunk = sum(16 * a * b + b for a, b in itertools.pairwise(widths))
    assert parameters(D) == trunk + 9 * 2048 + 4 * 2048 * 8
    record_property("parameters", f"{(parameters(G) + parameters(D)) / 1e6:.1f} M")
    assert round((parameters(G) + parameters(D)) / 1e6, 1) == 53.2


def test_a_further_label_costs_the_generator_one_input_channel():
    with torch.device("meta"):
        assert parameters(Generator(6)) - parameters(Generator(5)) == 64 * 7 * 7


def test_sizes_of_what_comes_out():
    with torch.device("meta"):
        x, c = torch.empty(2, 3, 128, 128), torch.empty(2, 5)
        assert Generator(5)(x, c).shape == (2, 3, 128, 128)
        src, cls = Discriminator(5)(x)
    assert src.shape == (2, 1, 2, 2)
    assert cls.shape == (2, 5)


def test_the_discriminator_is_not_normalised_and_hardly_leaks():
    D = Discriminator(2, size=16, C=2, depth=3)
    assert [type(m).__name__ for m in D.layers] == ["Conv2d", "LeakyReLU"] * 3
    assert {m.negative_slope for m in D.layers if isinstance(m, nn.LeakyReLU)} == {0.01}
    assert [m.out_channels for m in D.layers if isinstance(m, nn.Conv2d)] == [2, 4, 8]


def test_output_of_a_small_discriminator_equals_the_layers_written_out():
    D = Discriminator(2, size=16, C=2, depth=3)
    h = x = torch.randn(1, 3, 16, 16)
    for layer in D.layers[::2]:
        h = F.conv2d(h, layer.weight, layer.bias, stride=2, padding=1)
        h = torch.where(h > 0, h, 0.01 * h)
    src, cls = D(x)
    torch.testing.assert_close(src, F.conv2d(h, D.src.weight, padding=1))
    torch.testing.assert_close(cls[0], (D.cls.weight * h).sum((1, 2, 3)))


def test_output_of_a_small_generator_equals_the_layers_written_out():
    G = Generator(2, C=2, blocks=1).double()
    x, c = torch.randn(1, 3, 8, 8, dtype=torch.double), torch.tensor([[1.0, 0.0]]).double()
    w = [m.weight for m in G.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]

    def norm(t):
        mean, var = t.mean((2, 3), keepdim=True), t.var((2, 3), keepdim=True, correction=0)
        return (t - mean) / (var + 1e-5).sqrt()

    planes = torch.stack([torch.ones(8, 8), torch.zeros(8, 8)])[None].double()
    h = norm(F.conv2d(torch.cat([x, planes], 1), w[0], padding=3)).relu()
    for i in (1, 2):
        h = norm(F.conv2d(h, w[i], stride=2, padding=1)).relu()
    change = norm(F.conv2d(norm(F.conv2d(h, w[3], padding=1)).relu(), w[4], padding=1))
    h = h + change
    for i in (5, 6):
        h = norm(F.conv_transpose2d(h, w[i], stride=2, padding=1)).relu()
    torch.testing.assert_close(G(x, c), F.conv2d(h, w[7], padding=3).tanh())


def test_a_residual_block_adds_its_change_and_norms_have_gains():
    block = Residual(4)
    x = torch.randn(1, 4, 5, 5)
    torch.testing.assert_close(block(x) - x, block.change(x))
    assert parameters(block) == 2 * 9 * 16 + 4 * 4


def test_the_label_is_the_same_at_every_pixel():
    x, c = torch.randn(2, 3, 4, 5), torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    both = with_label(x, c)
    assert both.shape == (2, 5, 4, 5)
    assert torch.equal(both[:, :3], x)
    assert torch.equal(both[:, 3:, 2, 3], c)
    assert both[0, 4].unique().tolist() == [1]


def test_the_label_passes_instance_norm_only_by_way_of_the_border():
    """A constant plane adds a constant, which the norm removes; zero padding saves the day."""
    G = Generator(2, C=2, blocks=1).double()
    x = torch.randn(1, 3, 16, 16, dtype=torch.double)
    c, other = torch.tensor([[1.0, 0.0]]).double(), torch.tensor([[0.0, 1.0]]).double()
    assert (G(x, c) - G(x, other)).abs().max() > 1e-3
    weight = G.layers[0].weight
    G.layers[0] = nn.Conv2d(5, 2, 7, padding=3, bias=False, padding_mode="circular").double()
    G.layers[0].weight = weight                                       # no border any more
    torch.testing.assert_close(G(x, c), G(x, other))


def test_k_domains_need_one_generator_in_place_of_k_times_k_minus_1(record_property):
    record_property("generators for 4 domains", generators_for_pairs(4))
    assert generators_for_pairs(4) == len(list(itertools.permutations(range(4), 2))) == 12


def test_mask_vector_by_hand():
    hair, mood = torch.tensor([[1.0, 0.0, 1.0]]), torch.tensor([[0.0, 1.0]])
    assert unified_label([hair, mood], known=0).tolist() == [[1, 0, 1, 0, 0, 1, 0]]
    assert unified_label([hair, mood], known=1).tolist() == [[0, 0, 0, 0, 1, 0, 1]]
    assert unified_label([hair.expand(4, 3), mood.expand(4, 2)], 1).shape == (4, 7)


def test_what_is_unknown_about_a_picture_does_not_matter():
    hair = torch.tensor([[1.0, 0.0]])
    moods = torch.tensor([[0.0, 1.0]]), torch.tensor([[1.0, 0.0]])
    a, b = (unified_label([hair, mood], known=0) for mood in moods)
    assert torch.equal(a, b)


def test_classification_losses_by_hand():
    logits = torch.tensor([[0.0, math.log(3.0)]])
    c = torch.tensor([[0.0, 1.0]])
    assert classification_loss(logits, c, exclusive=True).item() == pytest.approx(-math.log(0.75))
    yes_no = math.log(2) - math.log(0.75)                             # each attribute by itself
    assert classification_loss(logits, c, exclusive=False).item() == pytest.approx(yes_no)
    twice = classification_loss(logits.expand(2, 2), c.expand(2, 2), exclusive=False)
    assert twice.item() == pytest.approx(yes_no)


class Slope(nn.Module):
    """A discriminator that is linear in the sum of its input, and sure of the first domain."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, x):
        logits = torch.tensor([[math.log(3.0), 0.0]]).expand(len(x), 2)
        return self.slope * x.sum((1, 2, 3)).reshape(-1, 1, 1, 1), logits


def test_gradient_penalty_by_hand():
    real, made = torch.randn(3, 1, 2, 2), torch.randn(3, 1, 2, 2)
    assert gradient_penalty(Slope(3.0), real, made).item() == pytest.approx((3 * 2 - 1) ** 2)
    assert gradient_penalty(Slope(0.5), real, made).item() == pytest.approx(0, abs=1e-10)


class Bowl(nn.Module):
    def forward(self, x):
        return x.square().sum((1, 2, 3)) / 2, None                    # its gradient is x itself


def test_gradient_penalty_is_taken_between_real_and_made():
    real, made = torch.full((400, 1, 1, 1), 5.0), torch.full((400, 1, 1, 1), 2.0)
    uniform = ((4**3) - 1) / 3 / 3                                    # mean of (t - 1)² on [2, 5]
    assert gradient_penalty(Bowl(), real, made).item() == pytest.approx(uniform, rel=0.1)


def test_objectives_by_hand():
    D, c = Slope(0.5), torch.tensor([[1.0, 0.0]])                     # no penalty on 2×2 pixels
    x, made = torch.full((1, 1, 2, 2), 3.0), torch.full((1, 1, 2, 2), 1.0)
    cls = -math.log(0.75)
    assert discriminator_loss(D, x, made, c).item() == pytest.approx(-(6 - 2) + cls)
    steep = discriminator_loss(Slope(1.0), x, made, c).item()
    assert steep == pytest.approx(-(12 - 4) + 10 * (2 - 1) ** 2 + cls)

    def G(picture, _):                                                # one less at each turn
        return picture - 1

    loss = generator_loss(G, D, x, c, c)
    assert loss.item() == pytest.approx(-0.5 * 8 + cls + 10 * 2)


def test_reconstruction_goes_back_to_the_label_that_the_picture_had():
    seen = []

    def G(picture, label):
        seen.append(label.tolist())
        return picture

    x = torch.ones(1, 1, 2, 2)
    generator_loss(G, Slope(1.0), x, torch.tensor([[0.0, 1.0]]), torch.tensor([[1.0, 0.0]]))
    assert seen == [[[1.0, 0.0]], [[0.0, 1.0]]]


def test_one_generator_learns_all_six_translations_without_pairs(record_property):
    G, (x, c_from) = train(), digits()
    ink = x.sum(dim=1, keepdim=True)
    errors = []
    for c in torch.eye(3):
        made = G(x, c.expand(len(x), 3))
        errors.append((made - ink * c.reshape(1, 3, 1, 1)).abs().mean().item())
        assert (G(made, c_from) - x).abs().mean() < 0.07
    idle = sum((x - ink * c.reshape(1, 3, 1, 1)).abs().mean().item() for c in torch.eye(3)) / 3
    record_property("error, three targets", [round(e, 3) for e in errors])
    record_property("error of doing nothing", round(idle, 3))
    assert max(errors) < 0.5 * idle


def test_the_digits_have_one_colour_each():
    x, c = digits()
    assert x.shape == (300, 3, 8, 8)
    assert x.max() == 1
    assert x.min() == 0
    assert torch.equal((x.amax((2, 3)) > 0).float(), c)
    assert c.sum(0).tolist() == [100, 100, 100]


def test_recolouring_judges_each_pixel_for_itself():
    net, x, c = Recolour(2), torch.randn(1, 3, 2, 2), torch.tensor([[0.0, 1.0]])
    torch.testing.assert_close(net(x, c)[:, :, :1, :1], net(x[:, :, :1, :1], c))
    assert parameters(net) == 5 * 32 + 32 + 32 * 3 + 3
    assert train.__defaults__ == (100, 32)
