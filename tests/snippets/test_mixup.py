"""mixup: the paper's claims."""

from functools import cache

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.mixup import (
    MixupLoss,
    agreement,
    corrupt,
    cross_entropy,
    digits,
    gradient_norm,
    misses_between,
    mixup,
    sample_lambda,
    train,
)


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(6, 8, dtype=torch.double), torch.tensor([0, 1, 2, 2, 1, 0])


@cache
def trained_on_clean_digits(alpha: float) -> nn.Module:
    x, y = digits()
    return train(alpha, x[:200], y[:200], steps=120)


def test_a_blend_of_two_examples_by_hand():
    x, y = mixup(
        torch.tensor([[1.0, 2.0], [5.0, 10.0]]), torch.eye(2), 0.75, torch.tensor([1, 0])
    )
    assert x.tolist() == [[2.0, 4.0], [4.0, 8.0]]
    assert y.tolist() == [[0.75, 0.25], [0.25, 0.75]]


def test_cross_entropy_with_one_hot_labels_equals_torch_and_so_does_its_gradient(batch):
    scores, labels = batch
    ours, theirs = (scores.clone().requires_grad_() for _ in range(2))
    loss = cross_entropy(ours, F.one_hot(labels, 8))
    loss_torch = F.cross_entropy(theirs, labels)
    torch.testing.assert_close(loss, loss_torch)
    loss.backward()
    loss_torch.backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_the_loss_on_blended_labels_is_the_blend_of_the_two_losses(batch):
    x, labels = batch
    net = nn.Linear(8, 3).double()
    partner = torch.tensor([3, 0, 1, 5, 2, 4])
    x_mixed, y_mixed = mixup(x, F.one_hot(labels, 3), 0.3, partner)
    two = 0.3 * F.cross_entropy(net(x_mixed), labels) + 0.7 * F.cross_entropy(
        net(x_mixed), labels[partner]
    )
    torch.testing.assert_close(cross_entropy(net(x_mixed), y_mixed), two)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 8.0])
def test_lambda_has_the_mean_and_spread_of_a_symmetric_beta(alpha):
    lams = torch.tensor([sample_lambda(alpha) for _ in range(2000)])
    assert lams.mean().item() == pytest.approx(0.5, abs=0.04)
    assert lams.var().item() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.1)


def test_a_vanishing_alpha_leaves_the_examples_as_they_are(record_property):
    lams = torch.tensor([sample_lambda(0.01) for _ in range(500)])
    blended = torch.minimum(lams, 1 - lams)
    record_property("share with λ within 0.01 of 0 or 1", (blended < 0.01).float().mean().item())
    assert (blended < 0.01).float().mean() > 0.9
    assert sample_lambda(0) == 1.0


def test_alpha_0_is_plain_training(batch):
    x, labels = batch
    net = nn.Linear(8, 3).double()
    loss = MixupLoss(0.0)(net, x, F.one_hot(labels, 3))
    torch.testing.assert_close(loss, F.cross_entropy(net(x), labels))


def test_a_training_step_blends_inputs_and_labels_with_the_same_lambda_and_partners(batch):
    x, labels = batch
    seen = []

    def net(blended):
        seen.append(blended)
        return blended[:, :3]

    y = F.one_hot(labels, 3)
    torch.manual_seed(1)
    loss = MixupLoss(8.0)(net, x, y)
    torch.manual_seed(1)
    partner, lam = torch.randperm(6), torch.distributions.Beta(8.0, 8.0).sample().item()
    x_mixed, y_mixed = mixup(x, y, lam, partner)
    torch.testing.assert_close(seen[0], x_mixed)
    torch.testing.assert_close(loss, cross_entropy(x_mixed[:, :3], y_mixed))


def test_between_two_training_digits_a_third_class_is_rarely_predicted(record_property):
    x, y = digits()
    misses = {a: misses_between(trained_on_clean_digits(a), x[:200], y[:200], 0.5) for a in (0, 1)}
    record_property("neither class, without mixup", f"{misses[0]:.1%}")
    record_property("neither class, mixup", f"{misses[1]:.1%}")
    assert misses[0] > 0.12
    assert misses[1] < 0.06


def test_the_gradient_in_the_input_is_smaller_between_training_digits(record_property):
    x, y = digits()
    norm = {a: gradient_norm(trained_on_clean_digits(a), x[:200], y[:200], 0.5) for a in (0, 1)}
    record_property("gradient norm, without mixup", round(norm[0], 2))
    record_property("gradient norm, mixup", round(norm[1], 2))
    assert norm[1] < 0.6 * norm[0]


def test_wrong_labels_are_learned_by_heart_less_often_and_new_digits_read_better(record_property):
    x, truth = digits()
    given = corrupt(truth[:200], 0.4)
    wrong = given != truth[:200]
    learned, right = {}, {}
    for alpha in (0.0, 8.0):
        net = train(alpha, x[:200], given, steps=150)
        learned[alpha] = agreement(net, x[:200][wrong], given[wrong])
        right[alpha] = agreement(net, x[-800:], truth[-800:])
        record_property(f"wrong labels learned, α = {alpha:g}", f"{learned[alpha]:.0%}")
        record_property(f"error on new digits, α = {alpha:g}", f"{1 - right[alpha]:.0%}")
    assert learned[8.0] < 0.6 * learned[0.0]
    assert right[8.0] > right[0.0] + 0.05


def test_misses_by_hand():
    x = torch.eye(3)
    y = torch.tensor([0, 1, 1])                       # neighbours: (0, 2), (1, 0), (2, 1)

    def always(label):
        return lambda blended: F.one_hot(torch.full((len(blended),), label), 3)

    assert misses_between(always(2), x, y, 0.5) == 1.0
    assert misses_between(always(1), x, y, 0.5) == 0.0

    def weighs(blended):                              # 2 where the example itself outweighs
        return F.one_hot(torch.where(blended[:, 0] > 0.5, 2, 1), 3)

    assert misses_between(weighs, x, y, 0.9) == 0.5   # of two ways, the one that starts at x[0]
    assert misses_between(weighs, x, y, 0.1) == 0.5   # and the one that ends there


def test_gradient_norm_by_hand():
    net = nn.Linear(1, 10).double()
    nn.init.zeros_(net.weight)
    nn.init.zeros_(net.bias)
    with torch.no_grad():
        net.weight[0] = 1.0
    x = torch.zeros(2, 1, dtype=torch.double)
    y = torch.tensor([0, 3])
    # d loss / d x = softmax_0 − ỹ_0 = 0.1 − λ for the first, 0.1 − (1 − λ) for the second
    assert gradient_norm(net, x, y, 0.75) == pytest.approx((0.65 + 0.15) / 2)
    three, labels = torch.zeros(3, 1, dtype=torch.double), torch.tensor([0, 1, 2])
    # partners of 0, 1, 2 are 2, 0, 1: ỹ_0 is λ, 1 − λ, 0
    assert gradient_norm(net, three, labels, 0.75) == pytest.approx((0.65 + 0.15 + 0.1) / 3)


def test_corrupted_labels_are_another_class_in_about_the_share_asked_for():
    y = torch.arange(10).repeat(400)
    given = corrupt(y, 0.4)
    assert (given != y).float().mean().item() == pytest.approx(0.4, abs=0.03)
    shift = ((given - y) % 10)[given != y]
    assert sorted(set(shift.tolist())) == list(range(1, 10))
    assert (given.min(), given.max()) == (0, 9)


def test_digits_are_rows_of_64_pixels_between_0_and_1():
    x, y = digits()
    assert (x.shape, y.shape) == ((1797, 64), (1797,))
    assert (x.min(), x.max()) == (0, 1)
    assert (x[0, :6] * 16).tolist() == [0, 0, 5, 13, 9, 1]


def test_training_takes_64_digits_a_step_and_is_the_same_for_the_same_seed(monkeypatch):
    sizes = []
    forward = MixupLoss.forward

    def watched(self, net, x, y):
        sizes.append((self.alpha, x.shape, y.shape))
        return forward(self, net, x, y)

    monkeypatch.setattr(MixupLoss, "forward", watched)
    x, y = digits()
    nets = []
    for seed in (0, 0, 1):
        torch.rand(3)
        nets.append(train(0.5, x, y, steps=2, seed=seed))
    assert sizes == [(0.5, (64, 64), (64, 10))] * 6
    first, again, other = (net(x[:5]).detach() for net in nets)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(first, train(0.5, x, y, steps=2)(x[:5]))
    widths = [layer.out_features for layer in nets[0] if isinstance(layer, nn.Linear)]
    assert widths == [128, 128, 10]
    assert [isinstance(layer, nn.ReLU) for layer in nets[0]] == [False, True, False, True, False]
