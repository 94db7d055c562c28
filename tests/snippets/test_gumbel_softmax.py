"""Gumbel-Softmax: the paper's claims."""

import copy
import inspect
import math
from itertools import pairwise

import pytest
import torch
from sklearn.datasets import load_digits
from torch.distributions import (
    Bernoulli,
    Categorical,
    Gumbel,
    RelaxedOneHotCategorical,
    kl_divergence,
)
from torch.nn import functional as F

from snippets.gumbel_softmax import (
    CategoricalVAE,
    digits,
    discrete_bound,
    gumbel,
    gumbel_max,
    gumbel_softmax,
    log_density,
    score_gradient,
    straight_through,
    temperature,
    train,
)

PI = torch.tensor([0.5, 0.3, 0.2], dtype=torch.double)
REWARD = torch.tensor([1.0, -2.0, 0.5], dtype=torch.double)
EXACT = PI * (REWARD - PI @ REWARD)                            # gradient of E f in the logits


def noise(n: int) -> torch.Tensor:
    return gumbel(torch.rand(n, 3, dtype=torch.double))


def gradients(draw, tau: float, g: torch.Tensor) -> torch.Tensor:
    """The gradient (N, 3) of a linear reward in the logits, from each draw by itself."""
    log_pi = PI.log().expand(len(g), 3).clone().requires_grad_()
    (draw(log_pi, g, tau) @ REWARD).sum().backward()
    return log_pi.grad


def test_noise_is_gumbels():
    u = torch.rand(100, dtype=torch.double)
    torch.testing.assert_close(Gumbel(torch.zeros(1).double(), 1.0).cdf(gumbel(u)), u)


def test_the_largest_of_noisy_log_probabilities_is_an_exact_draw(record_property):
    z = gumbel_max(PI.log(), noise(100_000))
    assert torch.equal(z.sum(1), torch.ones(100_000).double()) and z.unique().tolist() == [0, 1]
    worst = (z.mean(0) - PI).abs().max().item()
    record_property("largest gap of shares from probabilities", round(worst, 4))
    assert worst < 0.006                                       # 4 deviations of a share


def test_the_relaxed_draw_and_its_gradient_equal_torch(monkeypatch):
    ours, theirs = (torch.randn(4, 3).double().requires_grad_() for _ in range(2))
    theirs.data = ours.data.clone()
    g = noise(4)
    for hard, draw in ((False, gumbel_softmax), (True, straight_through)):
        # torch draws its noise as -log of exponential numbers
        monkeypatch.setattr(torch.Tensor, "exponential_", lambda _: (-g).exp())
        expected = F.gumbel_softmax(theirs, tau=0.7, hard=hard)
        y = draw(ours, g, 0.7)
        torch.testing.assert_close(y, expected)
        weights = torch.arange(12.0).double().reshape(4, 3)
        torch.testing.assert_close(
            torch.autograd.grad((y * weights).sum(), ours),
            torch.autograd.grad((expected * weights).sum(), theirs),
        )


def test_two_classes_by_hand():
    log_pi, g = torch.tensor([0.0, math.log(3.0)]), torch.tensor([math.log(6.0), 0.0])
    assert gumbel_max(log_pi, g).tolist() == [1, 0]
    assert gumbel_softmax(log_pi, g, 1.0).tolist() == pytest.approx([2 / 3, 1 / 3])
    assert gumbel_softmax(log_pi, g, 0.5).tolist() == pytest.approx([4 / 5, 1 / 5])


def test_cold_draws_are_one_hot_and_hot_ones_uniform(record_property):
    g = noise(2000)
    cold, hot = gumbel_softmax(PI.log(), g, 0.01), gumbel_softmax(PI.log(), g, 100.0)
    record_property("mean largest entry at tau 0.01", round(cold.amax(1).mean().item(), 3))
    record_property("mean largest entry at tau 100", round(hot.amax(1).mean().item(), 3))
    assert (cold - gumbel_max(PI.log(), g)).abs().mean() < 0.01
    assert (hot - 1 / 3).abs().max() < 0.05


def test_rounding_a_relaxed_draw_gives_the_exact_one_at_any_temperature():
    g = noise(500)
    for tau in (0.1, 1.0, 10.0):
        rounded = F.one_hot(gumbel_softmax(PI.log(), g, tau).argmax(1), 3).double()
        assert torch.equal(rounded, gumbel_max(PI.log(), g))


def test_the_density_equals_torchs():
    y = torch.softmax(torch.randn(2, 6, 4).double(), -1)
    log_pi = torch.randn(4).double().log_softmax(0)
    for tau in (0.3, 1.0, 2.5):
        torch_density = RelaxedOneHotCategorical(torch.tensor(tau), logits=log_pi).log_prob(y)
        torch.testing.assert_close(log_density(y, log_pi, tau), torch_density)


def test_draws_follow_the_density():
    log_pi, tau = torch.tensor([0.7, 0.3]).double().log(), 0.8
    drawn = gumbel_softmax(log_pi, gumbel(torch.rand(40_000, 2).double()), tau)[:, 0]
    edges = torch.linspace(0, 1, 11).double()
    fine = torch.linspace(5e-4, 1 - 5e-4, 1000).double()
    density = log_density(torch.stack([fine, 1 - fine], 1), log_pi, tau).exp()
    for low, high in pairwise(edges):
        inside = ((drawn > low) & (drawn < high)).double().mean().item()
        area = density[(fine > low) & (fine < high)].sum().item() / 1000
        assert inside == pytest.approx(area, abs=0.012)


def test_lower_temperature_trades_bias_for_variance(record_property):
    g = noise(40_000)
    bias, spread = [], []
    for tau in (1.0, 0.5, 0.1):
        found = gradients(gumbel_softmax, tau, g)
        bias.append((found.mean(0) - EXACT).norm().item())
        spread.append(found.var(0).sum().item())
        record_property(f"bias at tau {tau}", round(bias[-1], 3))
        record_property(f"variance at tau {tau}", round(spread[-1], 2))
    assert bias[0] > 1.5 * bias[1] > 3 * bias[2]
    assert 4 * spread[0] < spread[1] and 4 * spread[1] < spread[2]


def test_the_score_gradient_is_unbiased():
    z = gumbel_max(PI.log(), noise(100_000))
    found = score_gradient(z @ REWARD, PI.log(), z)
    assert found.mean(0).tolist() == pytest.approx(EXACT.tolist(), abs=0.01)
    by_torch = PI.log().clone().requires_grad_()
    (Categorical(logits=by_torch).log_prob(torch.tensor(1)) * 3.0).backward()
    one = score_gradient(torch.tensor([3.0]).double(), PI.log(), torch.eye(3).double()[1:2])
    torch.testing.assert_close(one[0], by_torch.grad)
    both = score_gradient(torch.ones(2).double(), PI.log().expand(2, 3), torch.eye(3)[:2].double())
    torch.testing.assert_close(both, torch.eye(3)[:2].double() - PI)


def test_at_a_low_temperature_the_relaxed_gradient_is_noisier_than_the_score(record_property):
    g = noise(20_000)
    z = gumbel_max(PI.log(), g)
    score = score_gradient(z @ REWARD, PI.log(), z).var(0).sum().item()
    cold, warm = (gradients(gumbel_softmax, tau, g).var(0).sum().item() for tau in (0.1, 1.0))
    record_property("variance of the score gradient", round(score, 2))
    record_property("relaxed at tau 0.1", round(cold, 2))
    record_property("relaxed at tau 1.0", round(warm, 2))
    assert 3 * warm < score < cold / 3


def test_straight_through_shows_one_choice_and_passes_the_soft_gradient():
    g = noise(50)
    log_pi = PI.log().expand(50, 3).clone().requires_grad_()
    assert torch.equal(straight_through(log_pi, g, 0.7).round(), gumbel_max(log_pi, g))
    torch.testing.assert_close(
        gradients(straight_through, 0.7, g), gradients(gumbel_softmax, 0.7, g)
    )


def test_temperature_falls_from_one_to_a_half():
    assert temperature(0) == 1.0
    assert temperature(10_000) == pytest.approx(math.exp(-0.3))
    assert temperature(10**6) == 0.5


def test_the_bound_equals_torchs_distributions():
    vae = CategoricalVAE(6, 5, 3, 4)
    x = torch.rand(7, 6).round()
    code = F.one_hot(torch.randint(4, (7, 3)), 4).float()
    q = Categorical(logits=vae.encoder(x).reshape(7, 3, 4))
    divergence = kl_divergence(q, Categorical(logits=torch.zeros(7, 3, 4))).sum(1)
    likelihood = Bernoulli(logits=vae.decoder(code.reshape(7, 12))).log_prob(x).sum(1)
    torch.testing.assert_close(vae.bound(x, code), likelihood - divergence)
    torch.testing.assert_close(vae.encode(x), q.logits)


def test_the_full_network_has_the_papers_layers(record_property):
    with torch.device("meta"):
        vae = CategoricalVAE()
    shapes = [tuple(p.shape) for p in vae.parameters() if p.ndim == 2]
    assert shapes == [(200, 784), (200, 200), (784, 200)] and vae.shape == (20, 10)
    record_property("parameters", sum(p.numel() for p in vae.parameters()))


def test_a_discrete_code_learns_only_if_the_gradient_passes_the_draw(record_property):
    x = digits()
    reached = {}
    draws = {
        "relaxed": gumbel_softmax,
        "straight-through": straight_through,
        "no gradient": lambda log_pi, g, _: gumbel_max(log_pi, g),
    }
    for name, draw in draws.items():
        torch.manual_seed(0)
        vae = CategoricalVAE(64, 64, 5, 4)
        train(vae, x[:1400], 120, draw)
        reached[name] = discrete_bound(vae, x[1400:])
        record_property(f"bound on unseen digits, {name}", round(reached[name], 1))
    assert min(reached["relaxed"], reached["straight-through"]) > reached["no gradient"] + 1


def test_two_steps_of_training_written_out():
    x = digits()[:300]
    ours = CategoricalVAE(64, 8, 3, 4)
    vae = copy.deepcopy(ours)
    torch.manual_seed(5)
    train(ours, x, 2)
    torch.manual_seed(5)
    adam = torch.optim.Adam(vae.parameters(), lr=0.01)
    for tau in (1.0, math.exp(-0.003)):
        chosen = x[torch.randint(300, (100,))]
        log_q = vae.encode(chosen)
        g = -torch.log(-torch.log(torch.rand_like(log_q)))
        adam.zero_grad()
        (-vae.bound(chosen, F.softmax((log_q + g) / tau, -1)).mean()).backward()
        adam.step()
    for a, b in zip(ours.parameters(), vae.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    assert inspect.signature(train).parameters["draw"].default is gumbel_softmax


def test_the_discrete_bound_is_the_mean_over_images_with_exact_draws():
    vae, x = CategoricalVAE(64, 8, 3, 4), digits()[:6]
    torch.manual_seed(2)
    ours = discrete_bound(vae, x)
    torch.manual_seed(2)
    log_q = vae.encode(x)
    chosen = (log_q - (-torch.rand_like(log_q).log()).log()).argmax(-1)
    expected = vae.bound(x, F.one_hot(chosen, 4).float()).mean().item()
    assert ours == pytest.approx(expected, rel=1e-4)


def test_digits_are_real_and_binary():
    x, grey = digits(), torch.tensor(load_digits().data)          # grey from 0 to 16
    assert x.shape == grey.shape and x.unique().tolist() == [0, 1]
    assert grey[x == 1].min() == 9 and grey[x == 0].max() == 8
