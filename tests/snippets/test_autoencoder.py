"""Deep autoencoder: the RBM against its exact distribution, then pretraining's effect on digits."""

import copy
import itertools

import pytest
import torch
from torch import nn

from snippets import autoencoder as snippet
from snippets.autoencoder import (
    DIGITS,
    MNIST,
    RBM,
    autoencoder,
    digits,
    fine_tune,
    pca,
    pretrain,
    reconstruct,
    small_random,
    squared_error,
    through_pca,
    train_on_digits,
    unroll,
)


def states(n: int) -> torch.Tensor:
    return torch.tensor(list(itertools.product([0.0, 1.0], repeat=n)))


def small_rbm(linear: bool = False) -> RBM:
    rbm = RBM(3, 2, linear)
    rbm.w, rbm.b_visible, rbm.b_hidden = torch.randn(3, 2), torch.randn(3), torch.randn(2)
    return rbm


def joint(w: torch.Tensor, b_visible: torch.Tensor, b_hidden: torch.Tensor) -> torch.Tensor:
    """p(v, h) of all 8 × 4 states, from the energy of Eq. 1 and nothing else."""
    v, h = states(3), states(2)
    energy = -(v @ b_visible)[:, None] - (h @ b_hidden)[None] - v @ w @ h.T
    return torch.exp(-energy) / torch.exp(-energy).sum()


@pytest.fixture(scope="module")
def trained():
    return train_on_digits()


@pytest.fixture(scope="module")
def unpretrained():
    torch.manual_seed(0)
    return fine_tune(small_random(DIGITS), digits()[0], 20)


def test_each_side_given_the_other_follows_from_the_energy():
    rbm = small_rbm()
    p = joint(rbm.w, rbm.b_visible, rbm.b_hidden)          # (8, 4)
    hidden_given_visible = p @ states(2) / p.sum(1, keepdim=True)
    visible_given_hidden = p.T @ states(3) / p.sum(0)[:, None]
    torch.testing.assert_close(rbm.up(states(3)), hidden_given_visible)
    torch.testing.assert_close(rbm.down(states(2)), visible_given_hidden)


def test_likelihood_rises_along_data_minus_model_and_one_step_contrast_points_that_way(
    record_property,
):
    rbm = small_rbm()
    data = states(3)[[1, 2, 2, 7]]
    w = rbm.w.clone().requires_grad_()
    marginal = joint(w, rbm.b_visible, rbm.b_hidden).sum(1)
    (exact,) = torch.autograd.grad(marginal[[1, 2, 2, 7]].log().mean(), w)
    model = states(3).T @ joint(rbm.w, rbm.b_visible, rbm.b_hidden) @ states(2)
    torch.testing.assert_close(exact, data.T @ rbm.up(data) / 4 - model, atol=1e-5, rtol=1e-5)
    one_step = rbm.contrast(data.repeat(5000, 1))[0]
    cosine = torch.cosine_similarity(exact.flatten(), one_step.flatten(), dim=0).item()
    record_property("cosine with the exact gradient", round(cosine, 2))
    assert cosine > 0.7


def test_contrast_is_data_minus_reconstruction():
    rbm, v = small_rbm(), torch.rand(4, 3)
    torch.manual_seed(1)
    ours = rbm.contrast(v)
    torch.manual_seed(1)
    h = torch.sigmoid(v @ rbm.w + rbm.b_hidden)
    v_recon = torch.sigmoid(torch.bernoulli(h) @ rbm.w.T + rbm.b_visible)
    h_recon = torch.sigmoid(v_recon @ rbm.w + rbm.b_hidden)
    by_case = [torch.outer(a, b) - torch.outer(c, d)
               for a, b, c, d in zip(v, h, v_recon, h_recon, strict=True)]  # fmt: skip
    torch.testing.assert_close(ours[0], torch.stack(by_case).mean(0))
    torch.testing.assert_close(ours[1], v.mean(0) - v_recon.mean(0))
    torch.testing.assert_close(ours[2], h.mean(0) - h_recon.mean(0))


def test_code_units_are_linear_with_unit_noise():
    rbm, v = small_rbm(linear=True), torch.rand(4, 3)
    torch.testing.assert_close(rbm.up(v), v @ rbm.w + rbm.b_hidden)
    drawn = rbm.sample(torch.full((50_000,), 3.0))
    assert drawn.mean().item() == pytest.approx(3, abs=0.02)
    assert drawn.std().item() == pytest.approx(1, abs=0.02)


def test_binary_units_flip_a_coin():
    drawn = small_rbm().sample(torch.full((50_000,), 0.3))
    assert set(drawn.tolist()) == {0.0, 1.0}
    assert drawn.mean().item() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize(("linear", "rate"), [(False, 0.1), (True, 0.001)])
def test_a_step_has_momentum_and_the_weights_decay(monkeypatch, linear, rate):
    rbm = small_rbm(linear)
    w, b, c = rbm.w.clone(), rbm.b_visible.clone(), rbm.b_hidden.clone()
    monkeypatch.setattr(rbm, "contrast", lambda _: [torch.ones(3, 2), torch.ones(3), torch.ones(2)])
    rbm.learn(torch.zeros(1, 3), momentum=0.5)
    first = rate * (1 - 0.0002 * w)
    torch.testing.assert_close(rbm.w, w + first)
    torch.testing.assert_close(rbm.b_visible, b + rate)
    rbm.learn(torch.zeros(1, 3), momentum=0.5)
    second = 0.5 * first + rate * (1 - 0.0002 * (w + first))
    torch.testing.assert_close(rbm.w, w + first + second)
    torch.testing.assert_close(rbm.b_hidden, c + 2.5 * rate)
    strong = small_rbm(linear)
    before = strong.w.clone()
    monkeypatch.setattr(strong, "contrast", lambda _: [torch.zeros(3, 2)] * 3)
    strong.b_visible, strong.b_hidden = torch.zeros(3, 2), torch.zeros(3, 2)
    strong.speed = [torch.zeros(3, 2)] * 3
    strong.learn(torch.zeros(1, 3), momentum=0.0)          # nothing wanted: decay alone
    torch.testing.assert_close((before - strong.w) / before, torch.full((3, 2), rate * 0.0002),
                               rtol=0.05, atol=1e-6)  # fmt: skip


def test_an_rbm_starts_with_small_random_weights_at_rest():
    rbm = RBM(200, 300)
    assert rbm.w.std().item() == pytest.approx(0.1, rel=0.02)
    assert rbm.w.shape == (200, 300)
    assert (rbm.b_visible.shape, rbm.b_hidden.shape) == ((200,), (300,))
    assert not rbm.b_visible.any()
    assert not rbm.b_hidden.any()
    assert not rbm.linear
    assert all(not speed.any() for speed in rbm.speed)
    assert rbm.up(torch.zeros(1, 200)).unique().tolist() == [0.5]


def test_an_rbm_learns_to_reconstruct_digits(record_property):
    x, unseen = digits()
    rbm = pretrain(x, (64, 100, 6), epochs=5)[0]
    error = squared_error(unseen, rbm.down(rbm.up(unseen)))
    mean = squared_error(unseen, x.mean(0).expand_as(unseen))
    record_property("squared error after 5 passes", round(error, 2))
    record_property("of the mean digit", round(mean, 2))
    assert error < 0.75 * mean


def test_pretraining_hands_the_means_of_one_layer_to_the_next(monkeypatch):
    seen = []
    monkeypatch.setattr(RBM, "learn", lambda self, v, momentum: seen.append((self, v, momentum)))
    x = torch.rand(250, 8)
    stack = pretrain(x, (8, 7, 6, 5), epochs=7)
    assert [tuple(rbm.w.shape) for rbm in stack] == [(8, 7), (7, 6), (6, 5)]
    assert [rbm.linear for rbm in stack] == [False, False, True]
    assert [len(v) for _, v, _ in seen] == [100, 100, 50] * 7 * 3
    assert [m for _, _, m in seen] == ([0.5] * 15 + [0.9] * 6) * 3
    data = x
    for rbm in stack:
        batches = torch.cat([v for owner, v, _ in seen if owner is rbm][:3])
        torch.testing.assert_close(batches.sort(0).values, data.sort(0).values)
        data = rbm.up(data)


def test_unrolling_gives_transposed_weights_and_the_same_function():
    rbms = [RBM(5, 4), RBM(4, 2, linear=True)]
    for rbm in rbms:
        rbm.b_visible, rbm.b_hidden = torch.randn(rbm.w.shape[0]), torch.randn(rbm.w.shape[1])
    net, x = unroll(rbms), torch.rand(3, 5)
    code = rbms[1].up(rbms[0].up(x))
    torch.testing.assert_close(reconstruct(net, x), rbms[0].down(rbms[1].down(code)))
    torch.testing.assert_close(net[:4](x), code)
    linear = [layer for layer in net if isinstance(layer, nn.Linear)]
    for encode, decode in zip(linear, linear[::-1], strict=True):
        assert encode.weight.equal(decode.weight.T)


def test_the_net_of_the_paper(record_property):
    with torch.device("meta"):
        net = autoencoder(MNIST)
    linear = [layer for layer in net if isinstance(layer, nn.Linear)]
    widths = [layer.in_features for layer in linear] + [linear[-1].out_features]
    record_property("layers", "-".join(str(width) for width in widths))
    assert widths == [784, 1000, 500, 250, 30, 250, 500, 1000, 784]
    assert DIGITS == (64, 100, 50, 25, 6)
    kinds = [type(layer).__name__ for layer in net if not isinstance(layer, nn.Linear)]
    assert kinds == ["Sigmoid"] * 3 + ["Identity"] + ["Sigmoid"] * 3
    assert isinstance(net[-1], nn.Linear)


def test_without_pretraining_it_reconstructs_the_average_of_the_training_data(
    unpretrained, record_property
):
    x, unseen = digits()
    mean = x.mean(0).expand_as(unseen)
    error = squared_error(unseen, reconstruct(unpretrained, unseen))
    record_property("squared error without pretraining", round(error, 2))
    record_property("of the mean digit", round(squared_error(unseen, mean), 2))
    assert error == pytest.approx(squared_error(unseen, mean), rel=0.01)
    assert squared_error(mean, reconstruct(unpretrained, unseen)) < 0.02


def test_with_pretraining_it_reconstructs_unseen_digits_better_than_pca(trained, record_property):
    x, unseen = digits()
    deep = squared_error(unseen, reconstruct(trained, unseen))
    linear = squared_error(unseen, through_pca(unseen, *pca(x, 6)))
    record_property("autoencoder, codes of 6", round(deep, 2))
    record_property("PCA, codes of 6", round(linear, 2))
    assert deep < 0.9 * linear
    assert trained[:8](unseen).shape == (597, 6)           # that narrow it is


def test_a_linear_autoencoder_finds_the_plane_of_pca(record_property):
    x, _ = digits()
    net = nn.Sequential(nn.Linear(64, 3), nn.Linear(3, 64))
    optimiser = torch.optim.LBFGS(net.parameters(), max_iter=150, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        value = (net(x) - x).square().sum(1).mean()
        value.backward()
        return value

    optimiser.step(loss)
    mean, directions = pca(x, 3)
    learnt = torch.linalg.qr(net[1].weight.detach()).Q
    cosines = torch.linalg.svdvals(learnt.T @ directions)  # of the principal angles
    record_property("smallest cosine", round(cosines.min().item(), 4))
    assert cosines.min() > 0.99
    ours = squared_error(x, through_pca(x, mean, directions))
    assert squared_error(x, net(x).detach()) == pytest.approx(ours, rel=0.01)


def test_pca_keeps_the_directions_of_largest_variance():
    x = torch.randn(500, 4) * torch.tensor([1.0, 5.0, 0.1, 2.0]) + 7
    mean, directions = pca(x, 2)
    torch.testing.assert_close(mean, x.mean(0))
    assert directions.abs().argmax(0).tolist() == [1, 3]
    torch.testing.assert_close(directions.T @ directions, torch.eye(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(through_pca(x, *pca(x, 4)), x, atol=1e-4, rtol=0)


def test_squared_error_is_summed_over_pixels_and_averaged_over_images():
    assert squared_error(torch.tensor([[1.0, 2.0, 2.0], [1.0, 0.0, 0.0]]), torch.zeros(2, 3)) == 5


def test_small_random_weights_are_small_and_random():
    net = small_random((*MNIST[:2], 30))
    for layer in net:
        if isinstance(layer, nn.Linear):
            assert layer.weight.std().item() == pytest.approx(0.1, rel=0.03)
            assert not layer.bias.any()


def test_fine_tuning_lowers_the_cross_entropy_of_the_pixels():
    torch.manual_seed(0)
    x = (torch.rand(20, 6) > 0.5).float()
    net = autoencoder((6, 5, 4))
    loss = nn.BCEWithLogitsLoss()
    before = loss(net(x), x)
    fine_tune(net, x, 5)
    after_5 = loss(net(x), x)
    fine_tune(net, x)
    assert loss(net(x), x) < after_5 < before


def test_fine_tuning_goes_down_with_every_step_even_from_large_weights():
    x = (torch.rand(20, 6) > 0.5).float()
    start = autoencoder((6, 5, 4))
    with torch.no_grad():
        for weights in start.parameters():
            weights.mul_(20)
    nets = [start, *(fine_tune(copy.deepcopy(start), x, steps) for steps in (2, 4, 6, 8, 10))]
    losses = [nn.BCEWithLogitsLoss()(net(x), x).item() for net in nets]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.5 * losses[0]


def test_the_same_seed_gives_the_same_net(monkeypatch):
    monkeypatch.setattr(snippet, "DIGITS", (64, 4, 2))
    first = train_on_digits()
    torch.rand(5)
    again, other = train_on_digits(seed=0), train_on_digits(seed=1)
    assert again[0].weight.equal(first[0].weight)
    assert not other[0].weight.equal(first[0].weight)


def test_digits_are_pixels_between_0_and_1():
    x, unseen = digits()
    assert (x.shape, unseen.shape) == ((1200, 64), (597, 64))
    assert (x.min(), x.max()) == (0, 1)
