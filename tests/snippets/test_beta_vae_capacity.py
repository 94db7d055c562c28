"""Beta-VAE with controlled capacity: the paper's claims."""

from functools import cache

import pytest
import torch
from sklearn.datasets import load_digits
from torch.distributions import Normal, kl_divergence

from snippets.beta_vae_capacity import VAE, capacity, digits, kl_to_prior, loss, train


@cache
def log(final: float, seed: int = 0) -> torch.Tensor:
    return train(digits(), final, seed=seed)[1]


def test_the_divergence_equals_torchs():
    mean, log_var = torch.randn(6, 4), torch.randn(6, 4)
    expected = kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0, 1)).mean(0)
    torch.testing.assert_close(kl_to_prior(mean, log_var), expected)


def test_the_target_rises_in_a_straight_line_and_stays():
    assert [capacity(s, 10, 5.0) for s in (0, 4, 10, 25)] == [0, 2, 5, 5]


def test_the_loss_by_hand():
    kl = torch.tensor([1.0, 2.5])
    assert loss(torch.tensor(7.0), kl, c=3.0, gamma=10.0).item() == 12
    assert loss(torch.tensor(7.0), kl, c=4.0, gamma=10.0).item() == 12
    assert loss(torch.tensor(7.0), kl, c=3.5, gamma=10.0).item() == 7


def test_without_capacity_the_loss_is_that_of_a_beta_vae():
    lost, kl = torch.rand(()), torch.rand(5)
    torch.testing.assert_close(loss(lost, kl, c=0.0, gamma=4.0), lost + 4 * kl.sum())


def test_below_the_target_the_gradient_asks_for_more_information_and_above_for_less():
    for c, sign in ((2.0, -1), (0.5, 1)):
        kl = torch.tensor([0.4, 0.6], requires_grad=True)
        loss(torch.tensor(0.0), kl, c, gamma=3.0).backward()
        assert kl.grad.tolist() == [3.0 * sign, 3.0 * sign]


def test_the_model_draws_its_code_and_counts_the_nats_lost():
    vae, x = VAE(), digits()[:5]
    assert [tuple(p.shape) for p in vae.parameters()] == [
        (64, 64), (64,), (20, 64), (20,), (64, 10), (64,), (64, 64), (64,)]
    torch.manual_seed(1)
    lost, kl = vae(x)
    torch.manual_seed(1)
    out = vae.encoder(x)
    mean, std = out[:, :10], (out[:, 10:] / 2).exp()
    p = vae.decoder(mean + std * torch.randn(5, 10)).sigmoid()
    expected = -(x * p.log() + (1 - x) * (1 - p).log()).sum(1).mean()
    torch.testing.assert_close(lost, expected)
    torch.testing.assert_close(kl, kl_divergence(Normal(mean, std), Normal(0, 1)).mean(0))


def test_training_takes_these_steps():
    x = digits()
    torch.manual_seed(4)
    vae = VAE()
    optimiser = torch.optim.Adam(vae.parameters(), lr=3e-3)
    rows = []
    for step in range(10):
        lost, kl = vae(x[torch.randint(len(x), (100,))])
        c = min(6.0 * step / 8, 6.0)
        optimiser.zero_grad()
        (lost + 3.0 * (kl.sum() - c).abs()).backward()
        optimiser.step()
        rows.append([c, lost.item(), *kl.tolist()])
    ours, history = train(x, 6.0, steps=10, seed=4)
    torch.testing.assert_close(history, torch.tensor(rows))
    for a, b in zip(ours.parameters(), vae.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_the_digits_are_ink_or_none():
    x, grey = digits(), torch.tensor(load_digits().data)                  # grey from 0 to 16
    assert x.shape == grey.shape and x.unique().tolist() == [0, 1]
    assert grey[x == 1].min() == 9 and grey[x == 0].max() == 8


def test_the_information_in_the_code_follows_its_target(record_property):
    history = log(10.0)
    for part in history[100:].split(50):
        c, kl = part[:, 0].mean().item(), part[:, 2:].sum(1).mean().item()
        assert kl == pytest.approx(c, abs=0.8)
    record_property("KL at a target of 10 nats", round(history[-50:, 2:].sum(1).mean().item(), 2))
    assert len(history) == 500 and history[-1, 0] == 10


def test_more_capacity_gives_a_better_picture():
    """After as many steps of training each."""
    lost = [log(final)[-50:, 1].mean().item() for final in (0.0, 4.0, 10.0)]
    assert lost[0] > lost[1] + 2 > lost[2] + 4


def test_a_strong_beta_alone_leaves_the_code_empty_and_the_picture_worse():
    beta, controlled = log(0.0)[-50:].mean(0), log(10.0)[-50:].mean(0)
    assert beta[2:].sum() < 0.5
    assert beta[1] > controlled[1] + 5


def test_the_target_can_be_met_by_a_code_that_says_nothing():
    """Our addition: a strict gamma and short training fill the code before anyone reads it."""
    strict = train(digits(), 10.0, gamma=30.0)[1][-50:].mean(0)
    assert strict[2:].sum().item() == pytest.approx(10, abs=0.8)
    assert strict[1] > log(10.0)[-50:, 1].mean() + 5


def test_more_latents_carry_information_as_the_target_rises():
    history = log(10.0)
    used = [int((history[e - 40 : e, 2:].mean(0) > 0.1).sum()) for e in (80, 500)]
    assert used[0] < used[1] <= 10
