"""Dropout: exact over all thinned nets where that can be counted, then its effect on digits."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets import dropout as snippet
from snippets.dropout import (
    Dropout,
    all_masks,
    digits,
    dropout_net,
    error,
    expected_loss,
    gaussian_noise,
    geometric_mean,
    max_norm_,
    monte_carlo,
    probability,
    thin,
    train,
)

P = [0.2, 0.5, 0.8]


def numbers(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.double)


@pytest.fixture(scope="module")
def runs():
    """A net and its test errors, without and with dropout."""
    return {dropout: train(dropout) for dropout in (False, True)}


def test_n_units_make_2_to_the_n_thinned_nets_whose_probabilities_add_up():
    masks = all_masks(5)
    assert masks.shape == (32, 5)
    assert len(masks.unique(dim=0)) == 32
    for p in P:
        assert probability(masks, p).sum().item() == pytest.approx(1)
    assert probability(torch.tensor([[1.0, 0.0, 1.0]]), 0.8).item() == pytest.approx(0.128)


@pytest.mark.parametrize("p", P)
def test_the_expected_activation_in_training_is_the_one_in_test(p):
    y, masks = numbers(6), all_masks(6)
    expected = probability(masks, p) @ (masks * y)
    layer = Dropout(p)
    layer.eval()
    torch.testing.assert_close(layer(y), expected)
    layer.train()
    y = torch.ones(50_000)
    assert layer(y).mean().item() == pytest.approx(p, abs=0.01)
    assert set(layer(y).tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("p", P)
def test_every_unit_of_every_case_is_kept_by_itself(p):
    kept = thin(torch.ones(200, 300), p)
    assert kept.mean(0).std().item() == pytest.approx((p * (1 - p) / 200) ** 0.5, rel=0.2)
    assert kept.mean(1).std().item() == pytest.approx((p * (1 - p) / 300) ** 0.5, rel=0.2)
    together = torch.corrcoef(kept.T[:40])
    assert (together - torch.eye(40)).abs().max() < 0.35


def test_scaled_up_in_training_it_is_what_torch_does():
    """Torch divides by p in training and leaves the test alone; same mean, same spread."""
    y = torch.full((100_000,), 3.0)
    ours, theirs = thin(y, 0.8) / 0.8, F.dropout(y, p=1 - 0.8)
    torch.testing.assert_close(ours.unique(), theirs.unique())
    assert ours.mean().item() == pytest.approx(theirs.mean().item(), rel=0.01)
    assert ours.std().item() == pytest.approx(theirs.std().item(), rel=0.02)


def test_a_silenced_unit_learns_nothing_from_the_case():
    y = numbers(5, 8).requires_grad_()
    out = thin(y, 0.5)
    out.sum().backward()
    assert y.grad.equal((out != 0).double())


@pytest.mark.parametrize("p", P)
def test_one_pass_with_scaled_weights_is_the_geometric_mean_of_all_thinned_nets(p, record_property):
    y, w, b = numbers(8), numbers(4, 8), numbers(4)
    exact = geometric_mean(y, w, b, p)
    one_pass = (p * w @ y + b).softmax(-1)
    record_property("thinned nets", len(all_masks(8)))
    record_property("largest difference", f"{(exact - one_pass).abs().max().item():.0e}")
    torch.testing.assert_close(exact, one_pass)


def test_the_arithmetic_mean_is_another_one():
    y, w, b = numbers(8), numbers(4, 8), numbers(4)
    masks = all_masks(8)
    arithmetic = probability(masks, 0.5) @ ((masks * y) @ w.T + b).softmax(-1)
    assert (arithmetic - geometric_mean(y, w, b, 0.5)).abs().max() > 0.01


def test_the_geometric_mean_of_two_nets_by_hand():
    """One unit, two classes: scores (0, 0) and (2, 0), so the mean score is (1, 0)."""
    w = torch.tensor([[2.0], [0.0]], dtype=torch.double)
    one = torch.ones(1, dtype=torch.double)
    answer = geometric_mean(one, w, torch.zeros(2, dtype=torch.double), 0.5)
    assert answer[0].item() == pytest.approx(1 / (1 + 2.718281828**-1))


@pytest.mark.parametrize("p", P)
def test_on_the_inputs_of_least_squares_it_is_a_ridge_penalty(p):
    x, y, w = numbers(3, 4), numbers(3), numbers(4)
    # Every case has its own mask: sum the expected squared error of each over all 16 masks.
    masks = all_masks(4)
    exact = sum(
        probability(masks, p) @ (target - (masks * case) @ w).square()
        for case, target in zip(x, y, strict=True)
    )
    torch.testing.assert_close(expected_loss(x, y, w, p), exact)


def test_the_penalty_is_largest_for_inputs_that_vary_most_and_vanishes_without_dropout():
    x, y = torch.diag(torch.tensor([1.0, 10.0])), torch.zeros(2)
    small, large = (expected_loss(x, y, w, 0.5) for w in torch.eye(2))
    assert large / small == pytest.approx(100)
    assert expected_loss(x, y, torch.ones(2), 1.0).item() == pytest.approx(101)


@pytest.mark.parametrize("p", P)
def test_gaussian_noise_has_the_mean_and_variance_of_scaled_dropout(p, record_property):
    y = torch.full((200_000,), 2.0)
    gaussian, bernoulli = gaussian_noise(y, p), thin(y, p) / p
    record_property("variance, Gaussian", round(gaussian.var().item(), 2))
    record_property("variance, Bernoulli", round(bernoulli.var().item(), 2))
    assert gaussian.mean().item() == pytest.approx(2, rel=0.02)
    assert gaussian.var().item() == pytest.approx(4 * (1 - p) / p, rel=0.02)
    assert bernoulli.var().item() == pytest.approx(4 * (1 - p) / p, rel=0.02)
    assert gaussian.unique().numel() > 1000


def test_max_norm_shrinks_long_rows_and_leaves_short_ones():
    weight = nn.Parameter(torch.tensor([[3.0, 4.0], [0.6, 0.8]]))
    max_norm_(weight, 2.0)
    torch.testing.assert_close(weight.detach(), torch.tensor([[1.2, 1.6], [0.6, 0.8]]))


def test_the_net_of_the_paper():
    with torch.device("meta"):
        net = dropout_net()
    widths = [tuple(layer.weight.shape) for layer in net if isinstance(layer, nn.Linear)]
    assert widths == [(1024, 784), (1024, 1024), (1024, 1024), (10, 1024)]
    assert [layer.p for layer in net if isinstance(layer, Dropout)] == [0.8, 0.5, 0.5, 0.5]
    assert isinstance(net[-1], nn.Linear)
    assert sum(isinstance(layer, nn.ReLU) for layer in net) == 3
    assert sum(p.numel() for p in net.parameters()) == 785 * 1024 + 2 * 1025 * 1024 + 10250


def test_it_stops_a_net_from_learning_wrong_labels_by_heart(runs, record_property):
    (plain, without), (thinned, with_dropout) = runs[False], runs[True]
    record_property("test error without dropout", f"{without[-1]:.1%}")
    record_property("test error with dropout", f"{with_dropout[-1]:.1%}")
    assert len(without) == 8
    assert without[-1] - with_dropout[-1] > 0.07
    assert with_dropout[-1] < 0.2
    torch.manual_seed(0)
    x, y, *_ = digits()                                    # 27 % of these labels are wrong
    learnt = {name: error(net.eval()(x), y) for name, net in (("plain", plain), ("thin", thinned))}
    assert learnt["plain"] < 0.2 < learnt["thin"]


def test_averaging_50_thinned_nets_comes_close_to_scaling_the_weights(runs, record_property):
    net, errors = runs[True]
    *_, x, y = digits()
    one, fifty = (error(monte_carlo(net, x, k), y) for k in (1, 50))
    record_property("one thinned net", f"{one:.1%}")
    record_property("mean of 50", f"{fifty:.1%}")
    record_property("weight scaling", f"{errors[-1]:.1%}")
    assert one > 1.4 * errors[-1]
    assert abs(fifty - errors[-1]) < 0.03
    answers = monte_carlo(net, x[:5], 3)
    torch.testing.assert_close(answers.sum(-1), torch.ones(5))


def test_hidden_weights_stay_within_length_1_and_only_with_dropout(runs):
    def longest(net):
        return max(net[at].weight.norm(dim=1).max().item() for at in (1, 4))

    assert longest(runs[True][0]) <= 1.0001
    assert longest(runs[True][0]) > 0.99
    assert longest(runs[False][0]) > 1.2


def test_the_net_for_digits_has_two_layers_and_dropout_only_where_asked(runs):
    for dropout, (net, _) in runs.items():
        widths = [tuple(layer.weight.shape) for layer in net if isinstance(layer, nn.Linear)]
        assert widths == [(128, 64), (128, 128), (10, 128)]
        keep = [layer.p for layer in net if isinstance(layer, Dropout)]
        assert keep == ([0.8, 0.5, 0.5] if dropout else [1, 1, 1])


def test_masks_are_drawn_in_training_and_weights_scaled_in_test(monkeypatch):
    modes = []

    def watched(self, y):
        modes.append((self.training, len(y)))
        return y

    monkeypatch.setattr(snippet.Dropout, "forward", watched)
    train(True, steps=100)
    assert modes == ([(True, 50)] * 150 + [(False, 800)] * 3) * 2


def test_the_same_seed_gives_the_same_errors():
    first = train(True, steps=50, seed=3)[1]
    torch.rand(5)
    assert train(True, steps=50, seed=3)[1] == first


def test_the_error_is_the_share_of_wrong_answers():
    scores = torch.tensor([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
    assert error(scores, torch.tensor([1, 0, 0, 0])) == 0.25


def test_about_three_labels_in_ten_are_drawn_anew_and_only_in_training():
    right = digits(wrong=0.0)
    torch.manual_seed(0)
    x, y, x_test, y_test = digits()
    assert (x.shape, y.shape, x_test.shape, y_test.shape) == ((400, 64), (400,), (800, 64), (800,))
    assert (x.min(), x.max()) == (0, 1)
    assert x.equal(right[0])
    assert y_test.equal(right[3])
    wrong = (y != right[1]).float().mean().item()          # a tenth of the draws hit the old label
    assert wrong == pytest.approx(0.27, abs=0.05)
    assert set(y[y != right[1]].tolist()) == set(range(10))
