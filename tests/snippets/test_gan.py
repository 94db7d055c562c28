"""Generative adversarial nets: the paper's claims."""

import math

import pytest
import torch
from scipy.spatial.distance import jensenshannon
from sklearn.neighbors import KernelDensity
from torch import nn
from torch.nn import functional as F

from snippets.gan import (
    Maxout,
    criterion,
    digits,
    discriminator,
    generator,
    non_saturating_loss,
    optimal_discriminator,
    parzen_log_likelihood,
    sample,
    saturating_loss,
    train,
    value,
)


@pytest.fixture
def p_data() -> torch.Tensor:
    return torch.softmax(torch.randn(6, dtype=torch.double), 0)


@pytest.fixture
def p_g() -> torch.Tensor:
    return torch.softmax(torch.randn(6, dtype=torch.double), 0)


def parameters(net: nn.Module) -> list[torch.Tensor]:
    return [p.detach().clone() for p in net.parameters()]


def changed(net: nn.Module, before: list[torch.Tensor]) -> bool:
    return any(not torch.equal(p, q) for p, q in zip(net.parameters(), before, strict=True))


def test_value_and_gradient_equal_the_cross_entropy_of_a_classifier():
    real, fake = (torch.randn(5, dtype=torch.double, requires_grad=True) for _ in range(2))
    ours = torch.autograd.grad(value(real, fake), (real, fake))
    entropy = F.binary_cross_entropy_with_logits
    theirs = -entropy(real, torch.ones_like(real)) - entropy(fake, torch.zeros_like(fake))
    torch.testing.assert_close(value(real, fake), theirs)
    for a, b in zip(ours, torch.autograd.grad(theirs, (real, fake)), strict=True):
        torch.testing.assert_close(a, b)


def test_losses_by_hand():
    quarter, half = torch.logit(torch.tensor([0.25])), torch.tensor([0.0])
    assert value(quarter, half).item() == pytest.approx(math.log(0.25) + math.log(0.5))
    assert saturating_loss(quarter).item() == pytest.approx(math.log(0.75))
    assert non_saturating_loss(quarter).item() == pytest.approx(-math.log(0.25))


def test_the_losses_are_means_over_the_batch():
    logits = torch.randn(7)
    for loss in (saturating_loss, non_saturating_loss):
        alone = torch.stack([loss(logit.reshape(1)) for logit in logits])
        torch.testing.assert_close(loss(logits), alone.mean())


def test_best_discriminator_found_by_ascent_is_the_ratio_of_densities(
    p_data, p_g, record_property
):
    logit = torch.zeros(6, dtype=torch.double, requires_grad=True)
    climb = torch.optim.LBFGS([logit], max_iter=100, tolerance_grad=1e-10)

    def loss() -> torch.Tensor:
        climb.zero_grad()
        loss = -(p_data * F.logsigmoid(logit) + p_g * F.logsigmoid(-logit)).sum()
        loss.backward()
        return loss

    climb.step(loss)
    found, formula = torch.sigmoid(logit).detach(), optimal_discriminator(p_data, p_g)
    record_property("largest gap to Eq. 2", f"{(found - formula).abs().max():.0e}")
    torch.testing.assert_close(found, formula, atol=1e-4, rtol=0)


def test_generator_cost_is_twice_the_jensen_shannon_divergence(p_data, p_g):
    independent = 2 * jensenshannon(p_data.numpy(), p_g.numpy()) ** 2 - math.log(4)
    assert criterion(p_data, p_g).item() == pytest.approx(independent)


def test_generator_cost_by_hand():
    cost = criterion(torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75]))
    by_hand = 0.5 * (math.log(2 / 3) + math.log(2 / 5))            # D* is 2/3 and 2/5
    by_hand += 0.25 * math.log(1 / 3) + 0.75 * math.log(3 / 5)
    assert cost.item() == pytest.approx(by_hand)


def test_lowest_cost_is_minus_log_four_and_only_the_true_distribution_has_it(
    p_data, record_property
):
    lowest = criterion(p_data, p_data).item()
    record_property("lowest C(G)", round(lowest, 4))
    assert lowest == pytest.approx(-math.log(4))
    for _ in range(50):
        other = torch.softmax(p_data.log() + 0.1 * torch.randn(6, dtype=torch.double), 0)
        assert criterion(p_data, other).item() > lowest + 1e-7


def test_descent_against_the_best_discriminator_finds_the_data(p_data, record_property):
    logits = torch.zeros(6, dtype=torch.double, requires_grad=True)
    for _ in range(400):
        p_g = torch.softmax(logits, 0)
        d = optimal_discriminator(p_data, p_g).detach()            # D does not move in G's step
        frozen = (p_data * d.log() + p_g * (1 - d).log()).sum()
        (gradient,) = torch.autograd.grad(frozen, logits)
        (through,) = torch.autograd.grad(criterion(p_data, torch.softmax(logits, 0)), logits)
        torch.testing.assert_close(gradient, through)              # so freezing it costs nothing
        logits.data -= 4 * gradient
    gap = (torch.softmax(logits, 0) - p_data).abs().max().item()
    record_property("largest gap to p_data", f"{gap:.0e}")
    assert gap < 1e-4


def test_the_practical_loss_has_far_stronger_gradients_while_the_samples_are_bad(record_property):
    x, _ = digits()
    G, D = generator(64, 16, 128), discriminator(64, 64, 3)
    climb = torch.optim.Adam(D.parameters(), lr=3e-3, maximize=True)
    for _ in range(50):                                            # D learns, G is still untrained
        climb.zero_grad()
        value(D(x[torch.randint(len(x), (64,))]), D(sample(G, 64).detach())).backward()
        climb.step()
    D.eval()
    fake = D(sample(G, 200))

    def size(loss: torch.Tensor) -> float:
        gradients = torch.autograd.grad(loss, list(G.parameters()), retain_graph=True)
        return torch.cat([g.flatten() for g in gradients]).norm().item()

    ratio = size(non_saturating_loss(fake)) / size(saturating_loss(fake))
    record_property("mean D(G(z))", round(torch.sigmoid(fake).mean().item(), 4))
    record_property("gradient of -log D / of log(1 - D)", round(ratio))
    assert ratio > 10


def test_both_generator_losses_push_the_same_way_and_differ_by_the_odds():
    logit = torch.tensor([-3.0, 0.0, 2.0], requires_grad=True)
    (dead,) = torch.autograd.grad(saturating_loss(logit), logit)
    (live,) = torch.autograd.grad(non_saturating_loss(logit), logit)
    assert (dead < 0).all()
    torch.testing.assert_close(live / dead, torch.exp(-logit))     # (1 - D) / D


def test_maxout_keeps_the_largest_piece_of_each_unit():
    layer = Maxout(3, 4, 2)
    x = torch.randn(5, 3)
    pieces = F.linear(x, layer.linear.weight, layer.linear.bias)   # (5, 8)
    by_hand = torch.stack([pieces[:, 2 * u : 2 * u + 2].max(1).values for u in range(4)], 1)
    torch.testing.assert_close(layer(x), by_hand)


def test_the_full_nets_have_the_sizes_of_the_authors_mnist_configuration(record_property):
    G, D = generator(), discriminator()
    count = {net: sum(p.numel() for p in net.parameters()) for net in (G, D)}
    record_property("generator", count[G])
    record_property("discriminator", count[D])
    assert count[G] == (100 * 1200 + 1200) + (1200 * 1200 + 1200) + (1200 * 784 + 784)
    assert count[D] == (784 * 1200 + 1200) + (240 * 1200 + 1200) + (240 + 1)
    assert [layer.p for layer in D if isinstance(layer, nn.Dropout)] == [0.2, 0.5, 0.5]
    images = sample(G, 3)
    assert images.shape == (3, 784)
    assert 0 < images.min() < images.max() < 1
    assert D(images).shape == (3,)


def test_algorithm_1_takes_k_steps_of_the_discriminator_for_each_of_the_generator():
    x, _ = digits()
    G, D = generator(64, 16, 32), discriminator(64, 8, 2)
    calls = {"G": 0, "D": 0}
    batches = set()
    G.register_forward_hook(lambda *_: calls.update(G=calls["G"] + 1))
    D.register_forward_hook(lambda *_: calls.update(D=calls["D"] + 1))
    D.register_forward_hook(lambda _, seen, __: batches.add(len(seen[0])))
    train(G, D, x, steps=4, k=3, batch=10)
    assert calls == {"G": 4 * (3 + 1), "D": 4 * (2 * 3 + 1)}
    assert batches == {10}
    calls.update(G=0, D=0)
    train(G, D, x, steps=2)
    assert calls == {"G": 2 * (1 + 1), "D": 2 * (2 + 1)}           # the paper's k = 1
    assert batches == {10, 64}


def test_each_player_moves_only_in_its_own_steps():
    x, _ = digits()
    G, D = generator(64, 16, 32), discriminator(64, 8, 2)
    g, d = parameters(G), parameters(D)
    train(G, D, x, steps=1, k=0)
    assert changed(G, g)
    assert not changed(D, d)
    train(G, D, x, steps=1, k=1)
    assert changed(D, d)


def test_parzen_window_equals_a_kernel_density_estimate():
    x, samples = torch.rand(9, 5, dtype=torch.double), torch.rand(20, 5, dtype=torch.double)
    window = KernelDensity(bandwidth=0.3).fit(samples.numpy())
    ours = parzen_log_likelihood(x, samples, 0.3)
    torch.testing.assert_close(ours, torch.tensor(window.score_samples(x.numpy())))


def test_digits_are_images_between_black_and_white_and_no_unseen_one_was_seen():
    x, unseen = digits()
    assert (x.shape, unseen.shape) == ((1400, 64), (397, 64))
    assert (x.min().item(), x.max().item()) == (0, 1)


def test_training_makes_unseen_digits_likely(record_property):
    x, unseen = digits()
    G, D = generator(64, 16, 128), discriminator(64, 64, 3)

    def fit(samples: torch.Tensor) -> float:
        return parzen_log_likelihood(unseen, samples, 0.25).mean().item()

    with torch.no_grad():
        before = fit(sample(G, 1000))
    train(G, D, x, steps=400)
    with torch.no_grad():
        drawn = sample(G, 1000)
        after = fit(drawn)
    record_property("log-likelihood before", round(before, 1))
    record_property("log-likelihood after", round(after, 1))
    record_property("log-likelihood of real digits as samples", round(fit(x[:1000]), 1))
    assert before < -50
    assert after > -25
    assert drawn.std(0).mean() > 0.3 * x.std(0).mean()             # many digits, not one
