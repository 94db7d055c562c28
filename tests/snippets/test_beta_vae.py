"""beta-VAE: the paper's claims."""

import math

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn import functional as F

from snippets.beta_vae import (
    BetaVAE,
    LinearBetaVAE,
    best_kl,
    beta_loss,
    kl_by_latent,
    pair_differences,
    score,
    simulate,
    train,
)


@pytest.fixture(scope="module")
def trained() -> dict[float, tuple[torch.Tensor, float, LinearBetaVAE, torch.Tensor]]:
    """For each beta: the price of each latent, the squared error, the net and the variances."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    x = simulate(torch.randn(500, 3))
    x = x - x.mean(0)
    variances = torch.linalg.eigvalsh(x.T @ x / len(x)).flip(0)[:5].clamp(min=0)
    found = {}
    for beta in (1.0, 4.0, 8.0):
        vae = train(x, latent=5, beta=beta)
        with torch.no_grad():
            error = (x - vae.decoder(vae.mean(x))).square().sum(1).mean().item()
            found[beta] = vae.kl(x).sort(descending=True).values, error, vae, variances
    return found


def decode_factors() -> torch.Tensor:
    """The matrix that reads the three factors back off the data, one to a latent."""
    return torch.linalg.pinv(simulate(torch.eye(3)))


def test_divergence_and_its_gradient_equal_torch():
    mean, log_var = (torch.randn(5, 3, dtype=torch.double, requires_grad=True) for _ in range(2))
    q = Normal(mean, (log_var / 2).exp())
    theirs = kl_divergence(q, Normal(0.0, 1.0)).mean(0)
    torch.testing.assert_close(kl_by_latent(mean, log_var), theirs)
    ours = torch.autograd.grad(kl_by_latent(mean, log_var).sum(), (mean, log_var))
    for a, b in zip(ours, torch.autograd.grad(theirs.sum(), (mean, log_var)), strict=True):
        torch.testing.assert_close(a, b)


def test_the_loss_by_hand():
    loss = beta_loss(torch.tensor([-3.0, -5.0]), torch.tensor([0.5, 1.5]), beta=4.0)
    assert loss.item() == 4 + 4 * 2


def test_beta_one_is_the_variational_auto_encoder():
    vae, x = BetaVAE(6, 5, 2), torch.rand(4, 6).round()
    torch.manual_seed(3)
    loss = vae(x, beta=1.0)
    torch.manual_seed(3)
    mean, log_var = vae.encoder(x).chunk(2, dim=1)
    q = Normal(mean, (log_var / 2).exp())
    z = q.rsample()
    bound = Bernoulli(logits=vae.decoder(z)).log_prob(x).sum(1)
    bound = bound - kl_divergence(q, Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(loss, -bound.mean())


def test_each_further_beta_adds_the_divergence_once_more():
    vae, x = BetaVAE(6, 5, 2), torch.rand(4, 6).round()
    losses = []
    for beta in (1.0, 2.0, 5.0):
        torch.manual_seed(3)
        losses.append(vae(x, beta))
    kl = kl_by_latent(*vae.encoder(x).chunk(2, dim=1)).sum()
    torch.testing.assert_close(losses[1] - losses[0], kl)
    torch.testing.assert_close(losses[2] - losses[1], 3 * kl)


def test_the_linear_loss_is_the_mean_of_sampled_ones():
    vae, x = LinearBetaVAE(4, 2), torch.randn(3, 4)
    nn.init.normal_(vae.log_var)
    mean, std = vae.mean(x), (vae.log_var / 2).exp()
    z = mean + std * torch.randn(100_000, 1, 2)
    error = (x - vae.decoder(z)).square().sum(2).mean().item()
    kl = kl_divergence(Normal(mean, std.expand_as(mean)), Normal(0.0, 1.0)).sum(1).mean().item()
    assert vae(x, 4.0).item() == pytest.approx(error / 2 + 4 * kl, rel=0.01)
    assert vae.kl(x).sum().item() == pytest.approx(kl)


def test_higher_beta_leaves_fewer_latents_active(trained, record_property):
    active = {beta: int((kl > 0.05).sum()) for beta, (kl, *_) in trained.items()}
    for beta, count in active.items():
        record_property(f"active latents at beta {beta:.0f}", count)
    assert active == {1.0: 3, 4.0: 2, 8.0: 1}


def test_each_latent_costs_half_the_log_of_variance_over_beta(trained, record_property):
    for beta, (kl, _, _, variances) in trained.items():
        best = best_kl(variances, beta)
        record_property(f"nats at beta {beta:.0f}", round(kl.sum().item(), 2))
        assert kl.tolist() == pytest.approx(best.tolist(), abs=0.01)


def test_best_divergence_by_hand():
    best = best_kl(torch.tensor([4 * math.e**2, 4.0, 1.0]), beta=4.0)
    assert best.tolist() == pytest.approx([1.0, 0.0, 0.0])


def test_no_other_code_of_one_direction_does_better():
    """For one direction, the loss on a grid of decoder weights and code variances."""
    variance, beta = 9.0, 4.0
    w, s2 = torch.meshgrid(torch.linspace(0, 4, 401), torch.linspace(0.01, 1, 397), indexing="ij")
    a = w / (w**2 + beta)                                      # the best linear encoder
    power = a**2 * variance
    kl = 0.5 * (power + s2 - 1 - s2.log())
    loss = 0.5 * ((1 - w * a) ** 2 * variance + w**2 * s2) + beta * kl
    best = kl.flatten()[loss.argmin()].item()
    assert best == pytest.approx(best_kl(torch.tensor([variance]), beta).item(), abs=0.02)


def test_reconstruction_pays_for_it(trained, record_property):
    errors = [error for _, error, *_ in trained.values()]
    for beta, error in zip(trained, errors, strict=True):
        record_property(f"squared error at beta {beta:.0f}", round(error, 2))
    assert errors[0] * 2 < errors[1] < errors[2] / 1.4


def test_the_metric_is_full_for_a_latent_a_factor_and_falls_when_latents_mix(record_property):
    right = decode_factors()
    turn = torch.tensor([[1.0, 1.0, 1.0], [1.0, -1.0, 0.0], [1.0, 1.0, -2.0]])
    turn = F.normalize(turn)                                   # orthogonal: codes stay independent
    clear, mixed = score(lambda x: x @ right), score(lambda x: x @ right @ turn.T)
    record_property("a latent a factor", round(clear, 2))
    record_property("rotated", round(mixed, 2))
    assert clear > 0.97 and mixed < 0.85


def test_with_fewer_latents_than_factors_the_metric_falls(trained, record_property):
    scores = {beta: score(vae.mean) for beta, (_, _, vae, _) in trained.items()}
    for beta, value in scores.items():
        record_property(f"metric at beta {beta:.0f}", round(value, 2))
    assert min(scores[1.0], scores[4.0]) > 0.95 and scores[8.0] < 0.85


def test_pairs_share_exactly_the_factor_of_their_batch():
    right = decode_factors()
    z, y = pair_differences(lambda x: x @ right, batches=40, pairs=500)
    assert z.shape == (40, 3) and set(y.tolist()) == {0, 1, 2}
    shared = F.one_hot(y, 3).bool()
    assert z[shared].max() < 1e-5
    assert z[~shared].mean().item() == pytest.approx(2 / math.pi**0.5, abs=0.02)  # E|N(0, 2)|
    seen = []
    pair_differences(lambda x: seen.append(len(x)) or x, batches=2)
    assert seen == [128, 128]


def test_the_simulator_has_three_orthogonal_directions_of_known_length():
    directions = simulate(torch.eye(3))
    assert directions.shape == (3, 8)
    torch.testing.assert_close(
        directions @ directions.T, torch.diag(torch.tensor([16.0, 6.25, 2.25])), atol=1e-5, rtol=0
    )
    torch.testing.assert_close(directions[0, 0], torch.tensor(2 * math.cos(math.pi / 16)))
    assert (directions[:, 0] > 0).all() and (directions.sum(1).abs() < 1e-5).all()


def test_the_net_for_shapes_has_the_papers_layers(record_property):
    with torch.device("meta"):
        vae = BetaVAE()
        encoder, decoder = ([tuple(p.shape) for p in net.parameters() if p.ndim == 2]
                            for net in (vae.encoder, vae.decoder))
    assert encoder == [(1200, 4096), (1200, 1200), (20, 1200)]
    assert decoder == [(1200, 10), (1200, 1200), (1200, 1200), (4096, 1200)]
    assert [type(layer) for layer in vae.encoder[1::2]] == [nn.ReLU] * 2
    assert [type(layer) for layer in vae.decoder[1::2]] == [nn.Tanh] * 3
    record_property("parameters", sum(p.numel() for p in vae.parameters()))
