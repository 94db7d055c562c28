"""pix2pix: the paper's claims."""

import itertools
import math

import pytest
import torch
from skimage.data import astronaut
from torch.nn import functional as F

from snippets.pix2pix import (
    Generator,
    colourise,
    discriminator_loss,
    generator_loss,
    normalise,
    parameters,
    patch_gan,
    photo,
    receptive_field,
    spread,
    value,
)


@pytest.fixture(scope="module")
def guesses() -> tuple[torch.Tensor, torch.Tensor]:
    """The photograph's colours guessed by L1 alone, and with the adversary."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    return colourise(False), colourise(True)


def conv(a: int, b: int, k: int = 4) -> int:
    return k * k * a * b + b


def test_the_generator_has_54_million_parameters(record_property):
    with torch.device("meta"):
        G = Generator()
    down = [3, 64, 128, 256, 512, 512, 512, 512, 512]
    up = [(512, 512), (1024, 512), (1024, 512), (1024, 512), (1024, 256), (512, 128), (256, 64),
          (128, 3)]
    expected = sum(conv(a, b) for a, b in itertools.pairwise(down))
    expected += sum(conv(a, b) for a, b in up)
    expected += 2 * (128 + 256 + 4 * 512) + 2 * (4 * 512 + 256 + 128 + 64)
    record_property("parameters", f"{parameters(G) / 1e6:.1f} M")
    assert parameters(G) == expected
    assert [c.out_channels for c in G.down] == down[1:]
    assert [(c.in_channels, c.out_channels) for c in G.up] == up


def test_256_pixels_reach_one_and_come_back():
    with torch.device("meta"):
        G = Generator(1, 2)
        x = torch.empty(1, 1, 256, 256)
        assert G(x).shape == (1, 2, 256, 256)
        for layer in G.down:
            x = layer(x)
        assert x.shape == (1, 512, 1, 1)


def test_output_equals_the_u_net_written_out():
    """Four levels by hand; the dropout masks come from the same seed."""
    G = Generator(2, 3, C=4, depth=5).double()
    x = torch.randn(2, 2, 32, 32, dtype=torch.double)
    torch.manual_seed(1)
    ours = G(x)

    def norm(t, layer):
        mean = t.mean((0, 2, 3), keepdim=True)
        var = t.var((0, 2, 3), keepdim=True, correction=0)
        t = (t - mean) / (var + 1e-5).sqrt()
        return t * layer.weight.view(1, -1, 1, 1) + layer.bias.view(1, -1, 1, 1)

    def down(t, i):
        return F.conv2d(torch.where(t > 0, t, 0.2 * t), G.down[i].weight, G.down[i].bias, 2, 1)

    def up(t, i):
        return F.conv_transpose2d(t.clamp(min=0), G.up[i].weight, G.up[i].bias, 2, 1)

    e1 = F.conv2d(x, G.down[0].weight, G.down[0].bias, 2, 1)
    e2 = norm(down(e1, 1), G.down_norm[0])
    e3 = norm(down(e2, 2), G.down_norm[1])
    e4 = norm(down(e3, 3), G.down_norm[2])
    e5 = down(e4, 4)
    torch.manual_seed(1)
    d = e5
    for i, skip in enumerate((e4, e3, e2)):
        d = norm(up(d, i), G.up_norm[i])
        d = torch.cat([d * 2 * (torch.empty_like(d).bernoulli_(0.5)), skip], 1)
    d = torch.cat([norm(up(d, 3), G.up_norm[3]), e1], 1)
    torch.testing.assert_close(ours, up(d, 4).tanh())


def test_the_noise_is_dropout_and_stays_on_at_test_time():
    G = Generator(C=2, depth=5).eval()
    x = torch.randn(1, 3, 32, 32)
    assert not torch.equal(G(x), G(x))


def test_output_reaches_only_from_minus_one_to_one():
    made = Generator(C=2, depth=5)(1e3 * torch.randn(1, 3, 32, 32))
    assert made.abs().max() <= 1


def test_with_one_image_the_statistics_are_those_of_instance_norm():
    norm = normalise(3).eval()
    x = 5 + 2 * torch.randn(1, 3, 6, 6)
    torch.testing.assert_close(norm(x), F.instance_norm(x))


def test_with_one_image_a_normalised_bottleneck_would_hold_nothing():
    several = torch.randn(1, 4, 1, 1).expand(1, 4, 2, 2)               # one value a channel
    assert normalise(4)(several).abs().max() < 1e-3


@pytest.mark.parametrize(("n", "pixels"), [(0, 1), (1, 16), (2, 34), (3, 70), (4, 142), (5, 286)])
def test_receptive_field_by_depth(n, pixels):
    with torch.device("meta"):
        assert receptive_field(patch_gan(n)) == pixels


def test_a_response_depends_on_one_patch_and_on_nothing_else(record_property):
    fields = []
    for n in (0, 1, 3, 5):
        D = patch_gan(n, C_in=1, C=1).double().eval()
        x = torch.zeros(1, 1, 512, 512, dtype=torch.double, requires_grad=True)
        y = D(x)[0, 0]
        y[y.shape[0] // 2, y.shape[1] // 2].backward()
        seen = x.grad[0, 0] != 0
        assert seen.any(dim=0).sum() == seen.any(dim=1).sum()
        fields.append(int(seen.any(dim=0).sum()))
    record_property("receptive fields", ", ".join(map(str, fields)))
    assert fields == [1, 16, 70, 286]


def test_the_70_pixel_discriminator_gives_30_by_30_answers_and_has_2_8_million_parameters():
    with torch.device("meta"):
        D = patch_gan(3)
        assert D(torch.empty(1, 6, 256, 256)).shape == (1, 1, 30, 30)
        assert D(torch.empty(1, 6, 512, 512)).shape == (1, 1, 62, 62)    # any size will do
    widths = [6, 64, 128, 256, 512, 1]
    expected = sum(conv(a, b) for a, b in itertools.pairwise(widths))
    assert parameters(D) == expected + 2 * (128 + 256 + 512)


def test_the_pixel_discriminator_judges_each_pixel_for_itself():
    with torch.device("meta"):
        D = patch_gan(0)
        assert D(torch.empty(1, 6, 8, 8)).shape == (1, 1, 8, 8)
    assert parameters(D) == conv(6, 64, 1) + conv(64, 128, 1) + 2 * 128 + conv(128, 1, 1)


def test_depth_of_286_pixels_stops_widening_at_512():
    with torch.device("meta"):
        D = patch_gan(5)
    assert [c.out_channels for c in D if isinstance(c, torch.nn.Conv2d)] == [
        64, 128, 256, 512, 512, 512, 1]


def test_discriminator_normalises_all_but_the_first_layer_and_leaks_a_fifth():
    names = [type(layer).__name__ for layer in patch_gan(2, C=1)]
    block = ["Conv2d", "BatchNorm2d", "LeakyReLU"]
    assert names == ["Conv2d", "LeakyReLU", *block, *block, "Conv2d"]
    leaks = {m.negative_slope for m in patch_gan(2, C=1) if isinstance(m, torch.nn.LeakyReLU)}
    assert leaks == {0.2}


def test_losses_by_hand():
    real, fake = torch.tensor([[math.log(3.0)]]), torch.tensor([[0.0, -math.log(3.0)]])
    v = math.log(0.75) + (math.log(0.5) + math.log(0.75)) / 2          # D: 0.75; 0.5 and 0.25
    assert value(real, fake).item() == pytest.approx(v)
    assert discriminator_loss(real, fake).item() == pytest.approx(-v / 2)
    y, made = torch.tensor([1.0, 2.0]), torch.tensor([0.5, 4.0])       # mean distance 1.25
    adversarial = -(math.log(0.5) + math.log(0.25)) / 2
    assert generator_loss(fake, y, made).item() == pytest.approx(adversarial + 125)
    assert generator_loss(fake, y, made, lam=2.0).item() == pytest.approx(adversarial + 2.5)


def test_l1_answers_with_the_median_and_l2_with_the_mean():
    y = torch.tensor([0.0, 0.1, 0.2, 0.9, 1.0])                         # equally likely colours
    guesses = torch.linspace(0, 1, 101)
    surely_real = torch.tensor([100.0])                                # leaves the L1 term alone
    l1 = torch.stack([generator_loss(surely_real, y, g.expand(5)) for g in guesses])
    l2 = torch.stack([F.mse_loss(g.expand(5), y) for g in guesses])
    assert guesses[l1.argmin()].item() == pytest.approx(y.median().item())
    assert guesses[l2.argmin()].item() == pytest.approx(y.mean().item())


def test_the_spread_of_colours_by_hand():
    colours = torch.tensor([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0]])            # less grey: 2 and -1
    y = colours.T.reshape(1, 3, 1, 2)
    assert spread(y) == pytest.approx((3 / 2**0.5) * 2 / 3)               # blue does not vary
    assert spread(y + torch.tensor([5.0, 9.0])) == pytest.approx(2**0.5)  # nor does grey count


def test_the_adversary_brings_back_the_colours_that_l1_takes_away(guesses, record_property):
    _, y = photo()
    l1, both = (spread(made) for made in guesses)
    record_property("spread of L1", round(l1 / spread(y), 2))
    record_property("spread of L1 + cGAN", round(both / spread(y), 2))
    assert l1 < 0.65 * spread(y)
    assert 0.7 * spread(y) < both < 1.15 * spread(y)


def test_the_colours_still_follow_the_input(guesses):
    x, y = photo()
    made = guesses[1]
    wrong = y.flip(3)
    assert (made - y).abs().mean() < 0.75 * (made - wrong).abs().mean()
    assert (made.mean(1, keepdim=True) - x).abs().mean() < 0.1


def test_training_without_the_adversary_minimises_l1(guesses):
    start = (colourise(False, steps=1) - photo()[1]).abs().mean()
    assert (guesses[0] - photo()[1]).abs().mean() < start / 3


def test_the_photograph_is_in_the_range_of_tanh_and_its_input_is_its_grey():
    x, y = photo()
    assert x.shape == (1, 1, 32, 32)
    assert y.shape == (1, 3, 32, 32)
    means = astronaut().reshape(32, 16, 32, 16, 3).mean((1, 3)) / 127.5 - 1
    torch.testing.assert_close(y[0].permute(1, 2, 0), torch.tensor(means, dtype=torch.float32))
    torch.testing.assert_close(x[0, 0], (y[0, 0] + y[0, 1] + y[0, 2]) / 3)


def test_the_setting_is_the_one_that_the_page_tells():
    assert colourise.__defaults__ == (100, 5.0)
    assert generator_loss.__defaults__ == (100.0,)
    assert patch_gan.__defaults__ == (3, 6, 64)


def test_spread_by_hand():
    grey = torch.rand(1, 1, 4, 4).expand(1, 3, 4, 4)
    assert spread(grey) == pytest.approx(0, abs=1e-6)
    y = torch.zeros(1, 3, 1, 2)
    y[0, 0, 0, 1] = 3.0                                                # less grey: 2, -1, -1
    assert spread(y) == pytest.approx((2 + 1 + 1) / math.sqrt(2) / 3)
