"""Variational auto-encoder: the paper's claims."""

import itertools
import math

import pytest
import torch
from sklearn.datasets import load_digits
from torch.distributions import Bernoulli, MultivariateNormal, Normal, kl_divergence

from snippets.vae import (
    VAE,
    aevb_loss,
    bernoulli,
    digits,
    gaussian,
    kl_to_prior,
    lower_bound,
    reparameterise,
    train,
    wake_sleep_loss,
)

SCALE = 0.5  # pixel noise of the linear-Gaussian model


@pytest.fixture
def mean() -> torch.Tensor:
    return torch.randn(5, 3, dtype=torch.double)


@pytest.fixture
def log_var() -> torch.Tensor:
    return torch.randn(5, 3, dtype=torch.double)


def all_signs(J: int) -> torch.Tensor:
    """Noise (2^J, 1, J) with mean 0 and covariance I: exact for a log-density quadratic in z."""
    return torch.tensor(list(itertools.product([-1.0, 1.0], repeat=J))).double().unsqueeze(1)


@pytest.fixture
def weights() -> torch.Tensor:
    """Orthogonal columns (D = 6, J = 2), so that the true posterior has a diagonal covariance."""
    return torch.linalg.qr(torch.randn(6, 2).double())[0] * torch.tensor([2.0, 0.7]).double()


def linear_likelihood(weights):
    log_var = torch.full((6,), SCALE**2, dtype=torch.double).log()
    return lambda x, z: gaussian(x, z @ weights.T, log_var)


def true_posterior(weights, x):
    """Mean and log-variance of p(z|x) for x = Wz + noise, by Bayes' rule."""
    precision = 1 + (weights**2).sum(0) / SCALE**2
    return x @ weights / SCALE**2 / precision, (-precision.log()).expand(len(x), 2)


def true_log_likelihood(weights, x):
    covariance = weights @ weights.T + SCALE**2 * torch.eye(6)
    return MultivariateNormal(torch.zeros(6).double(), covariance).log_prob(x)


def test_the_bound_falls_short_of_the_log_likelihood_by_the_divergence_from_the_posterior(
    weights, mean, log_var, record_property
):
    x, mean, log_var = torch.randn(5, 6).double(), mean[:, :2], log_var[:, :2]
    bound = lower_bound(x, mean, log_var, linear_likelihood(weights), all_signs(2))
    gap = true_log_likelihood(weights, x) - bound
    post_mean, post_log_var = true_posterior(weights, x)
    q = Normal(mean, (log_var / 2).exp())
    p = Normal(post_mean, (post_log_var / 2).exp())
    torch.testing.assert_close(gap, kl_divergence(q, p).sum(-1))
    record_property("smallest gap, nats", round(gap.min().item(), 3))
    assert gap.min() > 0


def test_the_bound_is_tight_when_the_encoder_is_the_true_posterior(weights):
    x = torch.randn(5, 6).double()
    bound = lower_bound(
        x, *true_posterior(weights, x), linear_likelihood(weights), all_signs(2)
    )
    torch.testing.assert_close(bound, true_log_likelihood(weights, x))


def test_divergence_from_the_prior_and_its_gradient_equal_torch(mean, log_var):
    ours = [t.clone().requires_grad_() for t in (mean, log_var)]
    theirs = [t.clone().requires_grad_() for t in (mean, log_var)]
    kl = kl_to_prior(*ours)
    q = Normal(theirs[0], (theirs[1] / 2).exp())
    kl_torch = kl_divergence(q, Normal(0.0, 1.0)).sum(-1)
    torch.testing.assert_close(kl, kl_torch)
    (kl**2).sum().backward()
    (kl_torch**2).sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_divergence_by_hand():
    shifted = kl_to_prior(torch.tensor([[3.0, 0.0]]), torch.zeros(1, 2))
    assert shifted.tolist() == pytest.approx([4.5])                # half the squared distance
    wider = kl_to_prior(torch.zeros(1, 1), torch.ones(1, 1))
    assert wider.tolist() == pytest.approx([(torch.e - 2) / 2])
    assert kl_to_prior(torch.zeros(4, 1, 9), torch.zeros(4, 1, 9)).tolist() == [[0.0]] * 4


def test_samples_are_shifted_and_scaled_noise_and_pass_the_gradient_on():
    mean = torch.tensor([1.0, 2.0], requires_grad=True)
    log_var = torch.tensor([1.0, 4.0]).log().requires_grad_()      # deviations 1 and 2
    z = reparameterise(mean, log_var, torch.tensor([[-1.0, 3.0]]))
    assert z.tolist() == [[0.0, 8.0]]
    z.sum().backward()
    assert mean.grad.tolist() == [1.0, 1.0]
    assert log_var.grad.tolist() == pytest.approx([-0.5, 3.0])     # noise times half a deviation


def test_pixel_likelihoods_equal_torch(mean, log_var):
    binary = (torch.rand(5, 3) < 0.5).double()
    torch.testing.assert_close(
        bernoulli(binary, mean), Bernoulli(logits=mean).log_prob(binary).sum(-1)
    )
    real = torch.randn(5, 3).double()
    torch.testing.assert_close(
        gaussian(real, mean, log_var), Normal(mean, (log_var / 2).exp()).log_prob(real).sum(-1)
    )


def test_one_image_is_scored_against_each_of_its_samples():
    logits = torch.tensor([[[0.0, 0.0]], [[20.0, -20.0]]])         # (L = 2, N = 1, D = 2)
    score = bernoulli(torch.tensor([[1.0, 0.0]]), logits)
    assert score.flatten().tolist() == pytest.approx([-2 * math.log(2), 0.0], abs=1e-6)


def gradient_samples(weights, draws=2000):
    """Both one-sample gradients of the bound with respect to the mean of q, (draws, J) each."""
    x = torch.ones(1, 6).double()
    mean = torch.tensor([[0.3, -0.2]]).double().expand(draws, 2).clone().requires_grad_()
    log_var = torch.full((draws, 2), -1.0).double()
    noise = torch.randn(1, draws, 2).double()
    likelihood = linear_likelihood(weights)
    lower_bound(x, mean, log_var, likelihood, noise).sum().backward()
    with torch.no_grad():
        z = reparameterise(mean, log_var, noise)
        score = noise[0] / (0.5 * log_var).exp()                   # gradient of log q(z|x)
        naive = likelihood(x, z)[0].unsqueeze(-1) * score - mean   # minus the gradient of the KL
    return mean.grad, naive


def test_the_reparameterised_gradient_is_unbiased_and_far_less_noisy_than_the_score_gradient(
    weights, record_property
):
    ours, naive = gradient_samples(weights)
    error = (ours.mean(0) - naive.mean(0)).abs()
    assert (error < 4 * naive.std(0) / len(naive) ** 0.5).all()    # same expectation
    ratio = (naive.var(0).sum() / ours.var(0).sum()).item()
    record_property("variance of score / reparameterised gradient", round(ratio, 1))
    assert ratio > 8


def noise_of_both_estimators(x, mean, log_var, likelihood, draws=500):
    """Deviation of estimator A (all by sampling) and of B (divergence in closed form)."""
    noise = torch.randn(draws, *mean.shape, dtype=mean.dtype)
    z = reparameterise(mean, log_var, noise)
    log_ratio = Normal(0.0, 1.0).log_prob(z) - Normal(mean, (log_var / 2).exp()).log_prob(z)
    a = likelihood(x, z) + log_ratio.sum(-1)
    b = torch.stack([lower_bound(x, mean, log_var, likelihood, n.unsqueeze(0)) for n in noise])
    error = (a.mean(0) - b.mean(0)).abs()
    assert (error < 5 * (a.std(0) + b.std(0)) / draws**0.5).all()  # the same expectation
    return a.std(0).mean().item(), b.std(0).mean().item()


def test_the_closed_form_divergence_calms_the_bound_of_a_fresh_model(record_property):
    _, unseen, _ = digits()
    vae, x = VAE(64, latent=10), unseen[:50]
    with torch.no_grad():
        a, b = noise_of_both_estimators(x, *vae.encode(x), vae.likelihood)
    record_property("deviation of A / B before training", round(a / b, 2))
    assert a > 1.4 * b


def test_the_closed_form_divergence_is_the_noisier_estimate_at_the_true_posterior(
    weights, record_property
):
    x = torch.randn(5, 6).double()
    a, b = noise_of_both_estimators(x, *true_posterior(weights, x), linear_likelihood(weights))
    record_property("deviation of A at the posterior", round(a, 3))
    record_property("deviation of B at the posterior", round(b, 3))
    assert a < 1e-9                          # log p(x) itself, whatever the sample
    assert b > 0.5


def test_more_samples_average_the_noise_of_the_bound(weights, record_property):
    x = torch.ones(400, 6).double()
    mean, log_var = torch.zeros(400, 2).double(), torch.zeros(400, 2).double()

    def deviation(L: int) -> float:
        noise = torch.randn(L, 400, 2).double()
        return lower_bound(x, mean, log_var, linear_likelihood(weights), noise).std().item()

    ratio = deviation(1) / deviation(16)
    record_property("deviation at L = 1 / L = 16", round(ratio, 2))
    assert 3 < ratio < 5.3                                         # √16


def test_the_mnist_model_has_one_hidden_tanh_layer_of_500_units_each_way(record_property):
    vae = VAE()
    x = torch.rand(2, 784)
    W1, b1, W2, b2 = vae.encoder.parameters()
    mean, log_var = vae.encode(x)
    out = torch.tanh(x @ W1.T + b1) @ W2.T + b2
    torch.testing.assert_close(torch.cat([mean, log_var], 1), out)
    W1, b1, W2, b2 = vae.decoder.parameters()
    z = torch.randn(2, 20)
    logits = torch.tanh(z @ W1.T + b1) @ W2.T + b2
    torch.testing.assert_close(vae.likelihood(x, z), bernoulli(x, logits))
    parameters = sum(p.numel() for p in vae.parameters())
    record_property("parameters", parameters)
    assert parameters == (785 * 500 + 501 * 40) + (21 * 500 + 501 * 784)


def test_every_parameter_starts_small_and_random():
    vae = VAE()
    for parameter in vae.parameters():
        assert parameter.std().item() == pytest.approx(0.1, rel=0.35)
        assert abs(parameter.mean().item()) < 0.06


def test_the_model_draws_one_sample_an_image_unless_asked_for_more():
    vae, x = VAE(8, latent=2), torch.rand(6, 8)
    for samples in (1, 7):
        torch.manual_seed(1)
        ours = vae(x) if samples == 1 else vae(x, samples)
        torch.manual_seed(1)
        noise = torch.randn(samples, 6, 2)
        torch.testing.assert_close(
            ours, lower_bound(x, *vae.encode(x), vae.likelihood, noise)
        )
    torch.manual_seed(1)
    loss = aevb_loss(vae, x)
    torch.manual_seed(1)
    torch.testing.assert_close(loss, -vae(x).mean())


def test_wake_sleep_teaches_the_decoder_from_images_and_the_encoder_from_dreams():
    vae, x = VAE(8, latent=2), torch.rand(6, 8).round()

    def gradients(images):
        vae.zero_grad()
        torch.manual_seed(1)
        wake_sleep_loss(vae, images).backward()
        return [[p.grad.clone() for p in m.parameters()] for m in (vae.encoder, vae.decoder)]

    encoder, decoder = gradients(x)
    for a, b in zip(encoder, gradients(1 - x)[0], strict=True):
        torch.testing.assert_close(a, b)                           # images do not matter to it

    torch.manual_seed(1)
    with torch.no_grad():
        mean, log_var = vae.encode(x)
        guessed = mean + (log_var / 2).exp() * torch.randn(6, 2)
        dreamt = torch.randn(6, 2)
        dream = torch.bernoulli(vae.decoder(dreamt).sigmoid())
    vae.zero_grad()
    mean, log_var = vae.encode(dream)
    sleep = Normal(mean, (log_var / 2).exp()).log_prob(dreamt).sum(-1)
    wake = Bernoulli(logits=vae.decoder(guessed)).log_prob(x).sum(-1)
    (-wake.mean() - sleep.mean()).backward()
    for grads, module in ((encoder, vae.encoder), (decoder, vae.decoder)):
        for a, p in zip(grads, module.parameters(), strict=True):
            torch.testing.assert_close(a, p.grad)


def test_training_is_adagrad_on_the_bound_with_a_gaussian_prior_on_the_decoder():
    x = (torch.rand(150, 8) < 0.3).float()
    ours = train(x, latent=2, epochs=2, seed=3)

    torch.manual_seed(3)
    vae = VAE(8, latent=2)
    sums = [torch.zeros_like(p) for p in vae.parameters()]
    for _ in range(2):
        order = torch.randperm(150)
        for chosen in (order[:100], order[100:]):
            prior = sum((p**2).sum() for p in vae.decoder.parameters()) / 2
            objective = vae(x[chosen]).mean() - prior / 150
            grads = torch.autograd.grad(objective, list(vae.parameters()))
            with torch.no_grad():
                for p, g, s in zip(vae.parameters(), grads, sums, strict=True):
                    s += g**2
                    p += 0.02 * g / (s.sqrt() + 1e-10)
    for a, b in zip(ours.parameters(), vae.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)


def test_training_takes_40_epochs_of_the_bound_from_seed_0_unless_told_otherwise():
    x = (torch.rand(100, 4) < 0.3).float()
    told = train(x, latent=1, loss=aevb_loss, epochs=40, seed=0)
    for a, b in zip(train(x, latent=1).parameters(), told.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_digits_are_real_binary_images_and_the_unseen_ones_stay_apart():
    seen, unseen, labels = digits()
    data = load_digits()
    assert len(seen) == 1000
    ink = torch.cat([seen, unseen]).bool()
    assert torch.equal(ink, torch.tensor(data.data) > 8)
    assert labels.tolist() == data.target[1000:].tolist()


def bounds(images=1000, **settings) -> tuple[float, float]:
    """The bound on digits that the model has seen and on those that it has not."""
    seen, unseen, _ = digits()
    vae = train(seen[:images], **settings)
    with torch.no_grad():
        return vae(seen[:images], samples=5).mean().item(), vae(unseen, samples=5).mean().item()


@pytest.mark.parametrize("latent", [2, 10])
def test_the_bound_rises_faster_than_with_wake_sleep(latent, record_property):
    _, ours = bounds(latent=latent, loss=aevb_loss, epochs=10)
    _, rival = bounds(latent=latent, loss=wake_sleep_loss, epochs=10)
    record_property(f"bound with {latent} latents, AEVB", round(ours, 2))
    record_property(f"bound with {latent} latents, wake-sleep", round(rival, 2))
    assert ours > rival + 0.4


def test_superfluous_latent_dimensions_do_not_overfit(record_property):
    gap = {}
    for latent in (10, 40):
        seen, unseen = bounds(images=500, latent=latent, epochs=30)
        gap[latent] = seen - unseen
        record_property(f"seen less unseen, {latent} latents", round(gap[latent], 2))
    assert gap[40] < gap[10] + 0.4
