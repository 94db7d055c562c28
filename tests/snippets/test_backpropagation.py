"""Back-propagation: the derivatives are right, and they find what a hidden layer must find."""

from math import exp

import pytest
import torch

from snippets.backpropagation import (
    backward,
    forward,
    initial_weights,
    loss,
    symmetry_task,
    train,
    with_bias,
    wrong,
)

START = 7                                                  # one of the starts that find it


@pytest.fixture
def cases() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(5, 4, dtype=torch.double), torch.rand(5, 2, dtype=torch.double)


@pytest.fixture(scope="module")
def trained() -> tuple[list[torch.Tensor], list[float]]:
    """The network of Fig. 1, trained as its caption says."""
    torch.set_num_threads(1)
    return train(initial_weights([6, 2, 1], START), *symmetry_task(), sweeps=1425)


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def test_one_unit_forward_and_backward_by_hand():
    weights = [torch.tensor([[0.5, -1.0, 0.25]])]          # two weights and the bias
    inputs, desired = torch.tensor([[2.0, 1.0]]), torch.tensor([[1.0]])
    y = logistic(2 * 0.5 - 1 * 1.0 + 0.25)
    states = forward(weights, inputs)
    assert states[1].item() == pytest.approx(y)
    assert loss(states[1], desired).item() == pytest.approx((y - 1) ** 2 / 2)
    (gradient,) = backward(weights, states, desired)
    slope = (y - 1) * y * (1 - y)
    assert gradient.flatten().tolist() == pytest.approx([slope * 2, slope * 1, slope])


def test_a_chain_of_two_units_by_hand():
    weights = [torch.tensor([[1.5, 0.0]]), torch.tensor([[-2.0, 0.5]])]
    hidden = logistic(1.5)
    y = logistic(-2 * hidden + 0.5)
    slope = (y - 0) * y * (1 - y)
    down = slope * -2.0 * hidden * (1 - hidden)            # back through the weight -2
    gradients = backward(weights, forward(weights, torch.ones(1, 1)), torch.zeros(1, 1))
    assert gradients[1].flatten().tolist() == pytest.approx([slope * hidden, slope])
    assert gradients[0].flatten().tolist() == pytest.approx([down, down])


@pytest.mark.parametrize("sizes", [[4, 2], [4, 3, 2], [4, 6, 5, 2], [4, 2, 7, 3, 2]])
def test_the_two_passes_give_the_gradient_that_autograd_gives(cases, sizes, record_property):
    inputs, desired = cases
    weights = [3 * w for w in initial_weights(sizes, seed=1)]
    theirs = [w.clone().requires_grad_() for w in weights]
    y = inputs
    for w in theirs:
        y = torch.sigmoid(torch.nn.functional.linear(y, w[:, :-1], w[:, -1]))
    torch.nn.functional.mse_loss(y, desired, reduction="sum").div(2).backward()

    states = forward(weights, inputs)
    torch.testing.assert_close(states[-1], y.detach())
    ours = backward(weights, states, desired)
    for gradient, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(gradient, other.grad)
    difference = max((a - b.grad).abs().max() for a, b in zip(ours, theirs, strict=True))
    record_property(f"largest difference, layers {sizes}", f"{difference:.0e}")


def test_each_derivative_is_the_slope_that_one_feels_when_nudging_the_weight(cases):
    inputs, desired = cases
    weights = initial_weights([4, 3, 2], seed=2)
    gradients = backward(weights, forward(weights, inputs), desired)
    for layer, (j, i) in ((0, (1, 2)), (0, (2, 4)), (1, (0, 0)), (1, (1, 3))):
        nudged = [[w.clone() for w in weights] for _ in range(2)]
        nudged[0][layer][j, i] -= 1e-5
        nudged[1][layer][j, i] += 1e-5
        low, high = (loss(forward(w, inputs)[-1], desired) for w in nudged)
        slope = ((high - low) / 2e-5).item()
        assert gradients[layer][j, i].item() == pytest.approx(slope, rel=1e-6)


def test_the_gradient_of_the_whole_set_is_the_sum_over_its_cases(cases):
    inputs, desired = cases
    weights = initial_weights([4, 3, 2], seed=2)
    whole = backward(weights, forward(weights, inputs), desired)
    single = [
        backward(weights, forward(weights, inputs[[c]]), desired[[c]]) for c in range(len(inputs))
    ]
    for layer, gradient in enumerate(whole):
        torch.testing.assert_close(gradient, sum(g[layer] for g in single))


def test_a_step_follows_the_gradient_and_keeps_a_part_of_the_last_step(cases):
    weights = initial_weights([4, 2], seed=3)
    first = backward(weights, forward(weights, cases[0]), cases[1])[0]
    after_one = weights[0] - 0.3 * first
    second = backward([after_one], forward([after_one], cases[0]), cases[1])[0]
    after_two = after_one - 0.3 * second + 0.8 * (-0.3 * first)
    (ours,), errors = train(weights, *cases, sweeps=2, rate=0.3, momentum=0.8)
    torch.testing.assert_close(ours, after_two)
    assert errors == pytest.approx(
        [loss(forward([w], cases[0])[-1], cases[1]).item() for w in (weights[0], after_one)]
    )
    (default,), _ = train(weights, *cases, sweeps=3)
    (caption,), _ = train(weights, *cases, sweeps=3, rate=0.1, momentum=0.9)
    assert torch.equal(default, caption)
    assert torch.equal(weights[0], initial_weights([4, 2], seed=3)[0])       # not changed in place


def test_a_bias_is_the_weight_of_a_unit_that_is_always_on():
    assert with_bias(torch.tensor([[0.5, 2.0], [3.0, 4.0]])).tolist() == [[0.5, 2, 1], [3, 4, 1]]


def test_the_task_is_all_patterns_and_whether_they_are_mirrored():
    patterns, symmetric = symmetry_task()
    assert len({tuple(p) for p in patterns.tolist()}) == 64
    for bits, answer in zip(patterns.tolist(), symmetric.flatten().tolist(), strict=True):
        assert answer == (bits == bits[::-1])
    assert symmetric.sum() == 8


def test_the_start_is_random_within_the_paper_s_range():
    weights = initial_weights([40, 30, 20], seed=0)
    assert [tuple(w.shape) for w in weights] == [(30, 41), (20, 31)]
    assert weights[0].min().item() == pytest.approx(-0.3, abs=0.01)
    assert weights[0].max().item() == pytest.approx(0.3, abs=0.01)
    torch.rand(3)
    assert torch.equal(weights[0], initial_weights([40, 30, 20], seed=0)[0])
    assert not torch.equal(weights[0], initial_weights([40, 30, 20], seed=1)[0])


def test_hidden_units_that_start_alike_stay_alike():
    start = [w.clone() for w in initial_weights([6, 2, 1], START)]
    start[0][1] = start[0][0]
    start[1][0, 1] = start[1][0, 0]
    weights, _ = train(start, *symmetry_task(), sweeps=50)
    torch.testing.assert_close(weights[0][0], weights[0][1])
    assert not torch.allclose(weights[0], start[0])


def test_without_hidden_units_symmetry_cannot_be_told():
    patterns, symmetric = symmetry_task()
    mirrored = symmetric[:, 0] == 1
    # The two classes have the same mean, so every plane has both on the same side on average.
    assert torch.equal(patterns[mirrored].mean(0), patterns[~mirrored].mean(0))
    weights, _ = train(initial_weights([6, 1], START), patterns, symmetric, sweeps=300)
    assert wrong(weights, patterns, symmetric) > 0


def test_two_hidden_units_learn_symmetry(trained, record_property):
    weights, errors = trained
    start = initial_weights([6, 2, 1], START)
    record_property("wrong of 64 before", wrong(start, *symmetry_task()))
    record_property("wrong of 64 after", wrong(weights, *symmetry_task()))
    record_property("sweeps", next(t for t, E in enumerate(errors) if E < 0.1))
    assert len(errors) == 1425
    assert wrong(start, *symmetry_task()) >= 8
    assert wrong(weights, *symmetry_task()) == 0
    assert errors[-1] < 0.1 < errors[300]


def test_mirrored_weights_are_opposite_and_stand_as_1_to_2_to_4(trained, record_property):
    first, second = trained[0][0]
    sizes = first[:3].abs().sort().values
    record_property("ratio", " : ".join(f"{v:.1f}" for v in (sizes / sizes[0]).tolist()))
    largest = first.abs().max()
    for unit in (first, second):
        assert (unit[:3] + unit[:6].flip(0)[:3]).abs().max() < 0.05 * largest
        assert unit[6] < 0                                 # off when nothing tips the balance
    assert (first[:6] + second[:6]).abs().max() < 0.05 * largest
    assert (sizes / sizes[0]).tolist() == pytest.approx([1, 2, 4], rel=0.1)


def test_momentum_gets_there_where_plain_descent_is_still_on_its_way(trained, record_property):
    _, plain = train(initial_weights([6, 2, 1], START), *symmetry_task(), 1425, momentum=0.0)
    record_property("E without momentum", round(plain[-1], 3))
    record_property("E with momentum 0.9", round(trained[1][-1], 3))
    assert plain[-1] > 2
    assert trained[1][-1] < 0.1


def test_wrong_counts_the_cases_on_the_wrong_side_of_one_half():
    weights = [torch.tensor([[1.0, 0.0]])]                 # above one half for positive inputs
    inputs = torch.tensor([[-2.0], [-1.0], [0.1], [2.0], [0.0]])
    assert wrong(weights, inputs, torch.tensor([[0.0], [1.0], [1.0], [0.0], [0.5]])) == 2
