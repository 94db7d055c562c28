"""Stochastic approximation, and what it means for training with small batches."""

from itertools import pairwise
from math import sqrt

import pytest
import torch
from sklearn.datasets import load_digits

from snippets.sgd import (
    RATES,
    batches,
    descend,
    digits,
    gradient,
    loss,
    response,
    robbins_monro,
)


@pytest.fixture
def problem() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weights, inputs and labels."""
    x = torch.randn(24, 6, dtype=torch.double)
    return torch.randn(6, 3, dtype=torch.double), x, torch.arange(24) % 3


def searches(rate, steps: int, start: float = -2.0) -> torch.Tensor:
    """The distance from the quantile 0.8 after so many answers, in a thousand runs."""
    start = torch.full((1000,), start)
    return robbins_monro(response, start, 0.8, rate, steps)[-1] - 0.8


def test_three_experiments_by_hand():
    replies = iter([torch.tensor(1.0), torch.tensor(0.0), torch.tensor(0.0)])
    levels = robbins_monro(
        lambda _: next(replies), torch.tensor(2.0), 0.5, lambda n: 1 / n, steps=3
    )
    assert levels.tolist() == pytest.approx([2.0, 1.5, 1.75, 1.75 + 0.5 / 3])


def test_with_steps_of_one_over_n_the_level_is_the_mean_of_what_was_seen():
    seen = torch.randn(50, dtype=torch.double)
    draws = iter(seen)
    levels = robbins_monro(
        lambda level: level - next(draws), torch.tensor(9.0).double(), 0.0, lambda n: 1 / n, 50
    )
    torch.testing.assert_close(levels[1:], seen.cumsum(0) / torch.arange(1, 51))


def test_the_average_response_at_a_level_is_the_level():
    levels = torch.tensor([-0.5, 0.2, 0.8, 1.5])
    answers = response(levels.expand(20_000, 4))
    assert set(answers.unique().tolist()) == {0, 1}
    assert answers.mean(0).tolist() == pytest.approx([0, 0.2, 0.8, 1], abs=0.015)


def test_yes_and_no_lead_to_the_quantile_closer_with_every_answer(record_property):
    runs = {n: searches(RATES["1/n"], n, start=0.5) for n in (25, 100, 400)}
    error = {n: off.square().mean().sqrt().item() for n, off in runs.items()}
    for n, off in error.items():
        record_property(f"off by, after {n} answers", round(off, 3))
    # For 1/n the error tends to √(α(1-α)/n): what the quantile of n whole observations has.
    assert error[400] == pytest.approx(sqrt(0.8 * 0.2 / 400), rel=0.1)
    assert error[25] > 1.5 * error[100] > 2.25 * error[400]
    assert searches(RATES["1/n"], 400).abs().mean() < 0.05          # from far off as well


def test_steps_that_do_not_shrink_never_come_to_rest(record_property):
    early, late = (searches(RATES["constant 0.2"], n).std().item() for n in (100, 400))
    record_property("spread with constant steps, 100 answers", round(early, 3))
    record_property("spread with constant steps, 400 answers", round(late, 3))
    # Stationary: v = (1 - a)² v + a² α(1-α)
    expected = sqrt(0.2 * 0.8 * 0.2 / (2 - 0.2))
    assert [early, late] == pytest.approx([expected, expected], rel=0.15)
    assert late > 4 * searches(RATES["1/n"], 400).std()


def test_steps_that_shrink_too_fast_stop_before_they_arrive(record_property):
    off = searches(RATES["1/n²"], 400)
    record_property("mean distance left with steps 1/n²", round(off.mean().item(), 2))
    reach = 0.8 * sum(1 / n**2 for n in range(1, 401))     # were every answer no
    assert off.mean().item() == pytest.approx(-2.8 + reach, abs=0.1)
    assert off.max() < -1


@pytest.mark.parametrize(("size", "sizes"), [(1, [1] * 10), (4, [4, 4, 2]), (10, [10])])
def test_an_epoch_shows_every_example_once_in_batches_of_the_size(size, sizes):
    epoch = list(batches(10, size))
    assert [len(batch) for batch in epoch] == sizes
    assert sorted(torch.cat(epoch).tolist()) == list(range(10))
    assert torch.cat(epoch).tolist() != torch.cat(list(batches(10, size))).tolist()


@pytest.mark.parametrize(("size", "name"), [(1, "online"), (32, "mini-batch"), (100, "batch")])
def test_steps_an_epoch(size, name, record_property):
    _, losses, steps = descend(*digits(100), size, epochs=2, rate=0.1)
    record_property(f"{name} (B = {size}), steps an epoch for 100 images", steps // 2)
    assert steps == 2 * {1: 100, 32: 4, 100: 1}[size]      # N, N/B rounded up, 1
    assert len(losses) == 2


def test_the_gradient_is_the_one_autograd_finds(problem):
    w, x, y = problem
    w.requires_grad_()
    value = loss(w, x, y)
    value.backward()
    torch.testing.assert_close(gradient(w.detach(), x, y), w.grad)
    torch.testing.assert_close(value, -(x @ w).log_softmax(1)[torch.arange(24), y].mean())


@pytest.mark.parametrize("size", [1, 4, 12, 24])
def test_the_mean_gradient_over_the_batches_of_an_epoch_is_the_full_gradient(problem, size):
    w, x, y = problem
    epoch = [gradient(w, x[chosen], y[chosen]) for chosen in batches(24, size)]
    torch.testing.assert_close(torch.stack(epoch).mean(0), gradient(w, x, y))


def test_the_noise_of_the_gradient_falls_as_one_over_the_batch_size(record_property):
    x, y = digits(512)
    w = 0.1 * torch.randn(65, 10)
    full = gradient(w, x, y)

    def noise(size: int) -> float:                         # drawn with replacement
        drawn = (torch.randint(512, (size,)) for _ in range(600))
        return sum((gradient(w, x[c], y[c]) - full).square().sum().item() for c in drawn) / 600

    variance = {size: noise(size) for size in (1, 4, 16)}
    for size, value in variance.items():
        record_property(f"variance of the gradient, B = {size}", round(value, 2))
    assert variance[1] / variance[4] == pytest.approx(4, rel=0.2)
    assert variance[1] / variance[16] == pytest.approx(16, rel=0.2)


def test_one_step_of_batch_descent_by_hand():
    x, y = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([0, 1])
    w, losses, steps = descend(x, y, size=2, epochs=1, rate=0.5)
    assert w.flatten().tolist() == pytest.approx([0.125, -0.125, -0.25, 0.25])
    assert losses == pytest.approx([loss(w, x, y).item()])
    assert steps == 1


def test_after_the_same_number_of_epochs_small_batches_are_further(record_property):
    x, y = digits(512)
    final = {}
    for size in (1, 32, 512):
        final[size] = descend(x, y, size, epochs=3, rate=0.1)[1][-1]
        record_property(f"training loss after 3 epochs, B = {size}", round(final[size], 2))
    assert final[1] < 0.3 * final[32]
    assert final[32] < 0.8 * final[512]


def test_batch_descent_goes_down_at_every_step_and_online_descent_does_not():
    x, y = digits(100)
    torch.manual_seed(1)
    _, batch, _ = descend(x, y, size=100, epochs=60, rate=0.1)
    assert batch == sorted(batch, reverse=True)

    w, online = torch.zeros(65, 10), []
    for i in torch.randperm(100).tolist():
        w = w - 0.1 * gradient(w, x[[i]], y[[i]])
        online.append(loss(w, x, y).item())
    ups = sum(later > earlier for earlier, later in pairwise(online))
    assert ups > 20


def test_the_images_are_real_digits_with_a_constant_for_the_bias():
    x, y = digits(30)
    assert (x.shape, y.shape) == ((30, 65), (30,))
    assert (x.min(), x.max()) == (0, 1)
    assert x[:, 64].eq(1).all()
    assert torch.equal(x[:, :64] * 16, torch.tensor(load_digits().data[:30]).float())
    assert y.tolist() == load_digits().target[:30].tolist()
