"""AnoGAN: the paper's claims."""

from functools import cache

import pytest
import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn import functional as F

from snippets.anogan import (
    Discriminator,
    Generator,
    auc,
    digits,
    discrimination_loss,
    residual_loss,
    search,
    train,
)


@cache
def trained():
    return train(digits(normal=0)[0])


@cache
def searched():
    _, normal, abnormal = digits(normal=0)
    return search(normal, *trained()), search(abnormal, *trained())


def test_the_residual_loss_is_the_sum_of_absolute_pixel_differences():
    x, y = torch.randn(2, 1, 3, 3), torch.randn(2, 1, 3, 3)
    expected = [sum(abs(a - b) for a, b in zip(p, q, strict=True)) for p, q in
                zip(x.reshape(2, 9).tolist(), y.reshape(2, 9).tolist(), strict=True)]
    assert residual_loss(x, y).tolist() == pytest.approx(expected)
    f, h = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]), torch.tensor([[[0.0, 4.0], [3.0, 1.0]]])
    assert discrimination_loss(f, h).tolist() == [6]


def test_the_areas_under_the_curve_equals_scikit_learns():
    a, b = torch.randn(30), torch.randn(20) + 1
    expected = roc_auc_score([0] * 30 + [1] * 20, torch.cat([a, b]))
    assert auc(a, b) == pytest.approx(expected)
    assert auc(torch.zeros(2), torch.zeros(2)) == 0                # a tie is no detection


def test_the_generator_for_patches_doubles_four_times_from_512_filters():
    with torch.device("meta"):
        g = Generator().eval()
        shape = g(torch.empty(2, 100)).shape
    ups = [m for m in g.modules() if isinstance(m, nn.ConvTranspose2d)]
    assert [(m.in_channels, m.out_channels) for m in ups] == [
        (512, 256), (256, 128), (128, 64), (64, 1)]
    assert all((m.kernel_size, m.stride) == ((5, 5), (2, 2)) for m in ups)
    norms = [m.num_features for m in g.modules() if isinstance(m, nn.BatchNorm2d)]
    assert norms == [512, 256, 128, 64]
    assert shape == (2, 1, 64, 64)
    by_hand = 101 * 8192 + 25 * (512 * 256 + 256 * 128 + 128 * 64 + 64) + 1 + 2 * 960
    assert sum(p.numel() for p in g.parameters()) == by_hand
    assert isinstance(g.draw[-1], nn.Tanh)


def test_the_discriminator_for_patches_mirrors_it():
    with torch.device("meta"):
        d = Discriminator().eval()
        x = torch.empty(3, 1, 64, 64)
        verdict, features = d(x).shape, d.features(x).shape
    downs = [m for m in d.modules() if isinstance(m, nn.Conv2d)]
    assert [(m.in_channels, m.out_channels) for m in downs] == [
        (1, 64), (64, 128), (128, 256), (256, 512)]
    assert all((m.kernel_size, m.stride) == ((5, 5), (2, 2)) for m in downs)
    assert verdict == (3,) and features == (3, 512, 4, 4)
    by_hand = 26 * 64 + 25 * (64 * 128 + 128 * 256 + 256 * 512) + 2 * 896 + 8193
    assert sum(p.numel() for p in d.parameters()) == by_hand
    slopes = {m.negative_slope for m in d.modules() if isinstance(m, nn.LeakyReLU)}
    assert slopes == {0.2}


def test_training_plays_the_minimax_game_with_the_non_saturating_generator():
    x = torch.rand(40, 1, 8, 8) * 2 - 1
    torch.manual_seed(5)
    g, d = Generator(8, 10, 32), Discriminator(8, 32)
    optimisers = [torch.optim.Adam(m.parameters(), lr=2e-3, betas=(0.5, 0.999)) for m in (g, d)]
    for _ in range(2):
        real = x[torch.randint(40, (32,))]
        fake = g(2 * torch.rand(32, 10) - 1)
        judged = -torch.log(d(real).sigmoid()) - torch.log(1 - d(fake.detach()).sigmoid())
        optimisers[1].zero_grad()
        judged.mean().backward()
        optimisers[1].step()
        optimisers[0].zero_grad()
        (-torch.log(d(fake).sigmoid())).mean().backward()
        optimisers[0].step()
    ours = train(x, steps=2, seed=5)
    for model, net in zip(ours, (g, d), strict=True):
        assert not model.training
        for a, b in zip(model.parameters(), net.parameters(), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)
            assert not a.requires_grad


def test_the_search_descends_the_weighted_loss_in_the_latent_space():
    g, d = trained()
    x = digits(normal=0)[1][:4]
    torch.manual_seed(3)
    z = (2 * torch.rand(4, 10) - 1).requires_grad_()
    optimiser = torch.optim.Adam([z], lr=0.1)

    def loss(weight: float) -> torch.Tensor:
        pixels = (x - g(z)).abs().sum((1, 2, 3))
        features = (d.features(x) - d.features(g(z))).abs().sum((1, 2, 3))
        return (1 - weight) * pixels + weight * features

    for _ in range(3):
        optimiser.zero_grad()
        loss(0.1).sum().backward()
        optimiser.step()
    drawn, score = search(x, g, d, steps=3, seed=3)
    torch.testing.assert_close(score, loss(0.1).detach())
    torch.testing.assert_close(drawn, g(z).detach())
    assert not torch.allclose(search(x, g, d, steps=3, weight=0.9, seed=3)[1], score)
    for a, b in zip(search(x, g, d), search(x, g, d, steps=60, weight=0.1, seed=0), strict=True):
        torch.testing.assert_close(a, b)


def test_the_search_brings_the_drawing_close_to_the_image():
    g, d = trained()
    x = digits(normal=0)[1]
    before, after = search(x, g, d, steps=0)[1].mean(), searched()[0][1].mean()
    assert after < 0.5 * before


def test_an_image_that_the_generator_can_draw_is_found_again():
    g, d = trained()
    drawable = g(torch.rand(20, 10) * 2 - 1)
    assert search(drawable, g, d)[1].mean() < 0.8 * searched()[0][1].mean()


def test_images_unlike_the_normal_ones_score_higher(record_property):
    (_, normal), (_, abnormal) = searched()
    record_property("AUC on digits", round(auc(normal, abnormal), 3))
    assert auc(normal, abnormal) > 0.97
    assert abnormal.mean() > 1.5 * normal.mean()


def test_both_parts_of_the_score_tell_normal_from_abnormal():
    _, d = trained()
    x = digits(normal=0)[1:]
    pixels, features = [], []
    for images, (drawn, _) in zip(x, searched(), strict=True):
        pixels.append(residual_loss(images, drawn))
        features.append(discrimination_loss(d.features(images), d.features(drawn)))
    assert auc(*pixels) > 0.95 and auc(*features) > 0.95


def test_the_residual_shows_where_the_anomaly_is():
    x = digits(normal=0)[1].clone()
    x[:, :, 3:5, 3:5] = 1.0                                        # ink in the hole of every zero
    residual = (x - search(x, *trained())[0]).abs().mean((0, 1))
    inside = residual[3:5, 3:5].mean()
    assert inside > 3 * (residual.sum() - residual[3:5, 3:5].sum()) / 60


def test_only_one_digit_is_learned_and_scaled_to_the_range_of_tanh():
    learn, normal, abnormal = digits(normal=0)
    assert (len(learn), len(normal), len(abnormal)) == (120, 58, 100)
    assert (abnormal.min(), abnormal.max()) == (-1, 1) and learn.shape[1:] == (1, 8, 8)
    centre = F.avg_pool2d(torch.cat([learn, normal]), 2)[:, 0, 1:3, 1:3].mean()
    assert centre < abnormal[:, 0, 2:6, 2:6].mean()                # zeros are hollow
