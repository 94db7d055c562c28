"""CycleGAN: the paper's claims."""

import itertools

import pytest
import torch
from skimage.data import chelsea, coffee
from torch.nn import functional as F

from snippets.cyclegan import (
    Buffer,
    Residual,
    colour_distance,
    conv,
    cycle_loss,
    discriminator,
    discriminator_loss,
    fooling_loss,
    generator,
    identity_loss,
    learning_rate,
    parameters,
    photos,
    pixel_net,
    train,
)


def test_the_generator_has_11_million_parameters(record_property):
    def conv(a, b, k):
        return k * k * a * b + b

    ends = conv(3, 64, 7) + conv(64, 3, 7)
    sizes = 2 * (conv(64, 128, 3) + conv(128, 256, 3)) - 128 - 256 + 64 + 128
    residual = 2 * conv(256, 256, 3)
    with torch.device("meta"):
        nine, six = parameters(generator()), parameters(generator(blocks=6))
    record_property("parameters", f"{nine / 1e6:.2f} M")
    assert nine == ends + sizes + 9 * residual
    assert six == ends + sizes + 6 * residual


def test_the_generator_keeps_the_size_of_the_picture():
    with torch.device("meta"):
        assert generator()(torch.empty(1, 3, 256, 256)).shape == (1, 3, 256, 256)
        assert generator(6)(torch.empty(1, 3, 128, 128)).shape == (1, 3, 128, 128)
        inner = generator()[:10](torch.empty(1, 3, 256, 256))
    assert inner.shape == (1, 256, 64, 64)


def test_output_of_a_small_generator_equals_the_layers_written_out():
    G = generator(blocks=1, C=2).double()
    x = torch.randn(2, 3, 16, 16, dtype=torch.double)
    weights = list(G.parameters())

    def reflected(t, i, p):
        return F.conv2d(F.pad(t, (p,) * 4, mode="reflect"), weights[i], weights[i + 1])

    def norm(t):
        mean, var = t.mean((2, 3), keepdim=True), t.var((2, 3), keepdim=True, correction=0)
        return (t - mean) / (var + 1e-5).sqrt()

    h = norm(reflected(x, 0, 3)).relu()
    h = norm(F.conv2d(h, weights[2], weights[3], stride=2, padding=1)).relu()
    h = norm(F.conv2d(h, weights[4], weights[5], stride=2, padding=1)).relu()
    h = h + norm(reflected(norm(reflected(h, 6, 1)).relu(), 8, 1))
    for i in (10, 12):
        h = F.conv_transpose2d(h, weights[i], weights[i + 1], stride=2, padding=1, output_padding=1)
        h = norm(h).relu()
    torch.testing.assert_close(G(x), reflected(h, 14, 3).tanh())


def test_a_residual_block_adds_its_change_to_the_input():
    block = Residual(4)
    x = torch.randn(1, 4, 5, 5)
    torch.testing.assert_close(block(x) - x, block.change(x))


def test_instance_norm_forgets_the_contrast_of_each_picture():
    layer = torch.nn.Sequential(*conv(3, 4, 3)).double()
    x = torch.randn(1, 3, 6, 6, dtype=torch.double)
    torch.testing.assert_close(layer(x), layer(5 * x + 1), atol=1e-3, rtol=1e-3)


def test_the_discriminator_sees_70_pixels_and_has_2_8_million_parameters():
    with torch.device("meta"):
        D = discriminator()
        assert D(torch.empty(1, 3, 256, 256)).shape == (1, 1, 30, 30)
    widths = [3, 64, 128, 256, 512, 1]
    assert parameters(D) == sum(16 * a * b + b for a, b in itertools.pairwise(widths))
    field = 1
    for layer in reversed(D):
        if isinstance(layer, torch.nn.Conv2d):
            field = (field - 1) * layer.stride[0] + layer.kernel_size[0]
    assert field == 70


def test_output_of_a_small_discriminator_equals_the_layers_written_out():
    D = discriminator(C=2).double()
    x = torch.randn(1, 3, 64, 64, dtype=torch.double)
    weights = list(D.parameters())
    h = x
    for i, stride in enumerate((2, 2, 2, 1, 1)):
        h = F.conv2d(h, weights[2 * i], weights[2 * i + 1], stride=stride, padding=1)
        if 0 < i < 4:
            h = F.instance_norm(h)
        if i < 4:
            h = torch.where(h > 0, h, 0.2 * h)
    torch.testing.assert_close(D(x), h)


def test_losses_by_hand():
    assert fooling_loss(torch.tensor([0.0, 3.0])).item() == pytest.approx((1 + 4) / 2)
    real, fake = torch.tensor([0.0, 3.0]), torch.tensor([2.0, 0.0])
    assert discriminator_loss(real, fake).item() == pytest.approx((2.5 + 2) / 2)
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([5.0])
    x_other, y_other = torch.tensor([1.5, 1.0]), torch.tensor([2.0])
    assert cycle_loss(x, x_other, y, y_other).item() == pytest.approx(0.75 + 3)
    assert identity_loss(x, x_other, y, y_other).item() == pytest.approx(0.75 + 3)


def test_a_perfect_pair_of_nets_costs_nothing():
    ones, zeros = torch.ones(3), torch.zeros(3)
    assert fooling_loss(ones) == 0
    assert discriminator_loss(ones, zeros) == 0
    assert cycle_loss(ones, ones, zeros, zeros) == 0


def test_the_best_discriminator_where_nothing_can_be_told_apart_says_a_half():
    guesses = torch.linspace(0, 1, 11)
    losses = torch.stack([discriminator_loss(g[None], g[None]) for g in guesses])
    assert guesses[losses.argmin()].item() == pytest.approx(0.5)


def pairs_of_maps(n: int):
    """All (G, F) between two sets of n pictures: is it cyclic, do both distributions agree?"""
    items = tuple(range(n))
    start = torch.arange(n, dtype=torch.float)
    for G, F_ in itertools.product(itertools.product(items, repeat=n), repeat=2):
        G_, F__ = torch.tensor(G), torch.tensor(F_)
        cyclic = cycle_loss(start, F__[G_].float(), start, G_[F__].float()).item() == 0
        matches = sorted(G) == sorted(F_) == list(items)               # distributions agree
        yield cyclic, matches


def test_the_cycle_excludes_most_maps_but_cannot_tell_permutations_apart(record_property):
    found = list(pairs_of_maps(3))
    gan = sum(matches for _, matches in found)
    both = sum(cyclic and matches for cyclic, matches in found)
    record_property("pairs of maps, GAN alone", gan)
    record_property("pairs of maps, GAN and cycle", both)
    assert (len(found), gan, both) == (729, 36, 6)                     # 3! · 3! against 3!


def test_doing_nothing_is_perfectly_cyclic():
    x, y = photos()
    assert cycle_loss(x, x, y, y) == 0
    assert colour_distance(x, y) > 0.2                                # but it is no translation


def test_the_buffer_fills_then_gives_back_older_pictures_half_of_the_time():
    buffer = Buffer()
    assert [buffer.exchange(i) for i in range(50)] == list(range(50))
    given = [buffer.exchange(i) for i in range(50, 1050)]
    old = [g for i, g in enumerate(given, start=50) if g != i]
    assert 440 < len(old) < 560
    assert all(g < i for i, g in enumerate(given, start=50) if g != i)
    assert len(set(given)) == len(given)                              # each is given once
    assert len(buffer.pictures) == 50
    assert any(g < 50 for g in old[:60])


def test_two_buffers_draw_alike():
    a, b = Buffer(size=3), Buffer(size=3)
    assert [a.exchange(i) for i in range(40)] == [b.exchange(i) for i in range(40)]
    assert len(a.pictures) == 3


@pytest.mark.parametrize(
    ("epoch", "rate"), [(0, 2e-4), (99, 2e-4), (100, 2e-4), (150, 1e-4), (199, 2e-6), (200, 0)]
)
def test_learning_rate_is_constant_then_linear(epoch, rate):
    assert learning_rate(epoch) == pytest.approx(rate, abs=1e-12)


@pytest.fixture(scope="module")
def errors() -> dict[str, tuple[float, float]]:
    """Distance of the colours and of the way back, with both terms and with each alone."""
    torch.set_num_threads(1)
    x, y = photos()
    found = {}
    for name, adversarial, lam in (("both", 1, 10), ("GAN", 1, 0), ("cycle", 0, 10)):
        torch.manual_seed(0)
        G, F_ = train(x, y, adversarial, lam)
        colours = (colour_distance(G(x), y) + colour_distance(F_(y), x)) / 2
        found[name] = colours, cycle_loss(x, F_(G(x)), y, G(F_(y))).item() / 2
    return found


def test_without_the_adversary_the_picture_is_not_translated(errors, record_property):
    record_property("colours, both", round(errors["both"][0], 2))
    record_property("colours, cycle alone", round(errors["cycle"][0], 2))
    assert errors["both"][0] < 0.7 * errors["cycle"][0]
    assert errors["cycle"][1] < 0.08


def test_without_the_cycle_the_picture_does_not_come_back(errors, record_property):
    record_property("there and back, both", round(errors["both"][1], 2))
    record_property("there and back, GAN alone", round(errors["GAN"][1], 2))
    assert errors["both"][1] < 0.5 * errors["GAN"][1]
    assert errors["both"][1] < 0.1


def test_the_photographs_are_small_and_in_range():
    for picture in photos():
        assert picture.shape == (1, 3, 16, 16)
        assert -1 <= picture.min() < -0.5
        assert 0.3 < picture.max() <= 1
    crops = chelsea()[:288, 80:368], coffee()[:384, 100:484]
    for picture, crop, side in zip(photos(), crops, (18, 24), strict=True):
        means = crop.reshape(16, side, 16, side, 3).mean((1, 3)) / 127.5 - 1
        expected = torch.tensor(means, dtype=torch.float32)
        torch.testing.assert_close(picture[0].permute(1, 2, 0), expected)


def test_colour_distance_ignores_where_the_pixels_are():
    x = torch.rand(1, 3, 4, 4)
    shuffled = x.flatten(2)[:, :, torch.randperm(16)].reshape(1, 3, 4, 4)
    assert colour_distance(x, shuffled) == 0
    assert colour_distance(x, shuffled + 0.25) == pytest.approx(0.25, rel=1e-4)


def test_a_pixel_net_judges_each_pixel_for_itself():
    x = torch.randn(1, 3, 2, 2)
    net = pixel_net(2)
    torch.testing.assert_close(net(x)[:, :, :1, :1], net(x[:, :, :1, :1]))
    assert parameters(net) == 3 * 32 + 32 + 32 * 32 + 32 + 32 * 2 + 2


def test_the_setting_is_the_one_of_the_paper():
    assert train.__defaults__ == (1.0, 10.0, 120)
    assert learning_rate.__defaults__ == (2e-4,)
    assert Buffer().size == 50
