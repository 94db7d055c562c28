"""Deep convolutional generative adversarial network: the paper's claims."""

import copy
import inspect

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.dcgan import (
    digits,
    discriminator,
    double,
    generator,
    halve,
    initialise,
    optimiser,
    sample_noise,
    train,
    walk,
    widths,
)


def count(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def kinds(net: nn.Module) -> list[str]:
    return [type(layer).__name__ for layer in net]


def spread(G: nn.Module) -> float:
    """How much a pixel varies between samples."""
    with torch.no_grad():
        return G(sample_noise(100, G)).std(0).mean().item()


def distance_to_nearest_sample(G: nn.Module, x: torch.Tensor) -> float:
    with torch.no_grad():
        samples = G(sample_noise(200, G)).flatten(1)
    return torch.cdist(x.flatten(1), samples).amin(1).mean().item()


def test_a_fractionally_strided_convolution_is_the_transpose_of_a_strided_one():
    down, up = halve(3, 5).double(), double(5, 3).double()
    up.weight = down.weight                                    # (5, 3, 5, 5) serves both
    x, h = torch.randn(2, 3, 16, 16).double(), torch.randn(2, 5, 8, 8).double()
    assert down(x).shape == h.shape and up(h).shape == x.shape
    torch.testing.assert_close((down(x) * h).sum(), (x * up(h)).sum())
    g = x.clone().requires_grad_()
    down(g).backward(h)
    torch.testing.assert_close(g.grad, up(h))                  # what back-propagation does


def test_one_input_pixel_paints_a_five_by_five_patch_at_twice_its_place():
    layer = double(1, 1)
    nn.init.ones_(layer.weight)
    x = torch.zeros(1, 1, 4, 4)
    x[0, 0, 2, 2] = 1.0
    y = layer(x)[0, 0].detach()
    expected = torch.zeros(8, 8)
    expected[2:7, 2:7] = 1.0                                   # around (4, 4)
    assert torch.equal(y, expected)
    assert layer.bias is None and halve(1, 1).bias is None


def test_the_generator_doubles_the_size_four_times_and_halves_the_channels(record_property):
    with torch.device("meta"):
        G, h = generator(), torch.zeros(2, 100)
        shapes = [tuple((h := layer(h)).shape[1:]) for layer in G]
    maps = list(dict.fromkeys(s for s in shapes if len(s) == 3))
    assert maps == [(1024, 4, 4), (512, 8, 8), (256, 16, 16), (128, 32, 32), (3, 64, 64)]
    record_property("sizes", "-".join(str(s[1]) for s in maps))
    record_property("channels", "-".join(str(s[0]) for s in maps))


def test_the_discriminator_mirrors_it():
    with torch.device("meta"):
        D, h = discriminator(), torch.zeros(2, 3, 64, 64)
        shapes = [tuple((h := layer(h)).shape[1:]) for layer in D]
    maps = list(dict.fromkeys(s for s in shapes if len(s) == 3))
    assert maps == [(128, 32, 32), (256, 16, 16), (512, 8, 8), (1024, 4, 4)]
    assert shapes[-3:] == [(16384,), (1,), ()]


def test_parameters_of_the_full_networks(record_property):
    with torch.device("meta"):
        in_g, in_d = count(generator()), count(discriminator())
    up = 25 * (1024 * 512 + 512 * 256 + 256 * 128 + 128 * 3)
    assert in_g == 100 * 16384 + up + 2 * (16384 + 512 + 256 + 128)
    assert in_d == up + 16384 + 2 * (256 + 512 + 1024)
    record_property("generator parameters", in_g)
    record_property("discriminator parameters", in_d)


def test_no_pooling_no_hidden_dense_layer_and_batch_norm_everywhere_but_at_the_image():
    with torch.device("meta"):
        up, down = kinds(generator()), kinds(discriminator())
    doubling = ["ConvTranspose2d", "BatchNorm2d", "ReLU"] * 3
    start = ["Linear", "BatchNorm1d", "ReLU", "Unflatten"]
    assert up == [*start, *doubling, "ConvTranspose2d", "Tanh"]
    halving = ["Conv2d", "BatchNorm2d", "LeakyReLU"] * 3
    assert down == ["Conv2d", "LeakyReLU", *halving, "Flatten", "Linear", "Flatten"]
    without = kinds(generator(16, 1, 8, norm=False))
    assert without == [name for name in [*start, *doubling[:3], *up[-2:]] if "Norm" not in name]


def test_leak_biases_and_noise_size_are_the_papers():
    G, D = generator(16, 1, 8), discriminator(16, 1, 8)
    leaks = [layer.negative_slope for layer in D if isinstance(layer, nn.LeakyReLU)]
    assert leaks == [0.2, 0.2]
    assert G[0].in_features == 100
    assert G[0].bias is None and D[-2].bias is None


def test_widths_by_hand():
    assert widths(64, 128) == [1024, 512, 256, 128]
    assert widths(8, 5) == [5]
    assert widths(32, 3) == [12, 6, 3]


def test_weights_start_normal_with_deviation_two_hundredths():
    for net in (generator(32, 3, 32), discriminator(32, 3, 32)):
        for layer in net:
            if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
                tolerance = 4 * 0.02 / layer.weight.numel() ** 0.5
                assert layer.weight.mean().item() == pytest.approx(0, abs=tolerance)
                assert layer.weight.std().item() == pytest.approx(0.02, abs=tolerance)
            if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
                tolerance = 4 * 0.02 / layer.weight.numel() ** 0.5
                assert layer.weight.mean().item() == pytest.approx(1, abs=tolerance)
                assert layer.weight.std().item() == pytest.approx(0.02, abs=tolerance)
                assert layer.bias.abs().max() == 0
    other = initialise(nn.Sequential(nn.PReLU()))
    assert other[0].weight.item() == 0.25                      # anything else keeps its start


def test_noise_is_uniform_between_minus_one_and_one():
    z = sample_noise(200, generator(16, 1, 8, noise=50))
    assert z.shape == (200, 50)
    assert -1 <= z.min() < -0.99 and 0.99 < z.max() <= 1
    assert z.std().item() == pytest.approx(3**-0.5, abs=0.01)


def test_adam_has_a_small_rate_and_half_the_usual_momentum():
    settings = optimiser(generator(16, 1, 8)).defaults
    assert (settings["lr"], settings["betas"]) == (2e-4, (0.5, 0.999))
    assert inspect.signature(train).parameters["batch"].default == 128


def test_two_rounds_of_the_game_equal_cross_entropy_training_written_out():
    x = digits()[:50]
    G, D = generator(16, 1, 4), discriminator(16, 1, 4)
    G2, D2 = copy.deepcopy(G), copy.deepcopy(D)
    torch.manual_seed(5)
    train(G, D, x, steps=2, batch=8)
    torch.manual_seed(5)
    adam = {"lr": 2e-4, "betas": (0.5, 0.999)}
    play_d, play_g = (torch.optim.Adam(net.parameters(), **adam) for net in (D2, G2))
    one, zero = torch.ones(8), torch.zeros(8)
    for _ in range(2):
        real = x[torch.randint(50, (8,))]
        fake = G2(2 * torch.rand(8, 100) - 1)
        entropy = F.binary_cross_entropy_with_logits
        loss = entropy(D2(real), one) + entropy(D2(fake.detach()), zero)
        play_d.zero_grad()
        loss.backward()
        play_d.step()
        play_g.zero_grad()
        entropy(D2(fake), one).backward()
        play_g.step()
    for ours, theirs in ((G, G2), (D, D2)):
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_digits_are_real_and_fill_the_range_of_tanh():
    x = digits()
    assert x.shape == (1797, 1, 16, 16)
    assert (x.min().item(), x.max().item()) == (-1, 1)


def test_without_batch_norm_a_new_generator_maps_all_noise_to_one_point(record_property):
    with_norm, without = (spread(generator(filters=16, norm=norm)) for norm in (True, False))
    record_property("spread with batch norm", round(with_norm, 4))
    record_property("spread without", round(without, 4))
    assert with_norm > 20 * without


def test_only_with_batch_norm_does_training_leave_that_point(record_property):
    x = digits()
    reached = {}
    for norm in (True, False):
        torch.manual_seed(0)
        G, D = generator(16, 1, 8, norm=norm), discriminator(16, 1, 8)
        before = distance_to_nearest_sample(G, x[1400:])
        train(G, D, x[:1400], steps=80, batch=32)
        after = distance_to_nearest_sample(G, x[1400:])
        reached[norm] = spread(G), before - after
        record_property(f"gain with batch norm {norm}", round(before - after, 2))
    assert reached[True][0] > 8 * reached[False][0]            # samples differ from one another
    assert reached[True][1] > 0.6 > 2 * reached[False][1]      # and come nearer to unseen digits


def test_a_walk_between_two_noise_vectors_never_jumps(record_property):
    G = generator(16, 1, 8)
    train(G, discriminator(16, 1, 8), digits(), steps=20, batch=32)
    G.eval()
    start, end = sample_noise(2, G)
    path = walk(start, end, 11)
    assert torch.equal(path[0], start) and torch.equal(path[-1], end)
    torch.testing.assert_close(path[5], (start + end) / 2)
    with torch.no_grad():
        images = G(path).flatten(1)
    steps = (images[1:] - images[:-1]).norm(dim=1)
    share = (steps.max() / (images[-1] - images[0]).norm()).item()
    record_property("longest of ten steps, share of the way", round(share, 2))
    assert share < 0.25
