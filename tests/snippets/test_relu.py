"""The rectifier: its claims, beside the activations that came before it."""

import math

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from snippets.relu import (
    ACTIVATIONS,
    Net,
    digits,
    gradients,
    loss,
    rectifier,
    sigmoid,
    softplus,
    sparsity,
    step,
    tanh,
    train,
)


@pytest.fixture
def x() -> torch.Tensor:
    return torch.linspace(-6, 6, 97, dtype=torch.double)   # 0 is among them


@pytest.fixture
def net() -> Net:
    """Eight inputs, three hidden layers of different widths, five classes, biases that matter."""
    net = Net([8, 20, 31, 12, 5], rectifier).double()
    for layer in net.layers:
        nn.init.normal_(layer.bias)
    return net


def slope(f, x: torch.Tensor) -> torch.Tensor:
    x = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(f(x).sum(), x)
    return gradient


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(sigmoid, torch.sigmoid), (tanh, torch.tanh), (rectifier, F.relu), (softplus, F.softplus)],
)
def test_values_and_slopes_equal_torch(x, ours, theirs):
    torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(slope(ours, x), slope(theirs, x))


def test_four_activations_by_hand():
    x = torch.tensor([-2.0, 0.0, 2.0])
    assert step(x).tolist() == [0, 1, 1]
    assert rectifier(x).tolist() == [0, 0, 2]
    assert sigmoid(x).tolist() == pytest.approx([0.1192, 0.5, 0.8808], abs=1e-4)
    assert tanh(x).tolist() == pytest.approx([-0.9640, 0, 0.9640], abs=1e-4)
    assert list(ACTIVATIONS.values()) == [step, sigmoid, tanh, softplus, rectifier]
    assert [f.__name__ for f in ACTIVATIONS.values()] == list(ACTIVATIONS)


def test_the_slope_of_the_sigmoid_is_a_quarter_at_most_and_the_rectifier_s_is_1_or_0(
    x, record_property
):
    quarter = slope(sigmoid, x)
    record_property("largest slope of the sigmoid", quarter.max().item())
    assert quarter.max() == 0.25
    assert x[quarter.argmax()] == 0
    torch.testing.assert_close(quarter, sigmoid(x) * (1 - sigmoid(x)))
    assert quarter[0] < 0.003
    assert slope(rectifier, x).tolist() == [float(v > 0) for v in x]


def test_two_rectifiers_together_make_any_sign(x):
    torch.testing.assert_close(rectifier(x) - rectifier(-x), x)
    torch.testing.assert_close(rectifier(x) + rectifier(-x), x.abs())


@pytest.mark.parametrize("sharpness", [1.0, 3.0, 6.0, 50.0])
def test_softplus_becomes_the_rectifier_as_it_gets_sharper(x, sharpness):
    y = softplus(x, sharpness)
    gap = y - rectifier(x)
    assert gap.max().item() == pytest.approx(math.log(2) / sharpness)        # at the corner
    assert x[gap.argmax()] == 0
    torch.testing.assert_close(y, F.softplus(x, beta=sharpness, threshold=1e9))


def test_about_half_of_the_units_of_a_fresh_net_are_exactly_zero(record_property):
    images, _ = digits()
    with torch.no_grad():
        part = sparsity(Net([64, 1000, 1000, 1000, 10], rectifier)(images[:100])[1])
    record_property("zero at the start", f"{part:.0%}")
    assert part == pytest.approx(0.5, abs=0.04)


def test_sparsity_counts_exact_zeros_and_averages_over_layers():
    hidden = [torch.tensor([[0.0, 1e-30, -2, 0]]), torch.tensor([[0.0, 0, 0, 0, 1]])]
    assert sparsity(hidden) == pytest.approx((0.5 + 0.8) / 2)


def test_every_other_hidden_unit_is_negated_and_the_scores_are_not(net):
    x = torch.randn(7, 8, dtype=torch.double)
    scores, hidden = net(x)
    assert [h.shape[1] for h in hidden] == [20, 31, 12]
    for h in hidden:
        assert (h[:, 0::2] >= 0).all()
        assert (h[:, 1::2] <= 0).all()
        assert h[:, 0::2].sum() > 0 > h[:, 1::2].sum()
    by_hand = x
    for layer in net.layers[:-1]:
        by_hand = F.relu(by_hand @ layer.weight.T + layer.bias)
        by_hand = by_hand * torch.tensor([1.0, -1.0] * 16)[: by_hand.shape[1]]
    last = net.layers[-1]
    torch.testing.assert_close(scores, by_hand @ last.weight.T + last.bias)
    assert (scores < 0).any()


def test_with_its_active_units_fixed_the_net_is_a_linear_function(net):
    x = torch.randn(8, dtype=torch.double)
    matrix, constant = torch.eye(8).double(), torch.zeros(8).double()
    scores, hidden = net(x[None])
    for layer, h in zip(net.layers, [*hidden, None], strict=True):
        matrix, constant = layer.weight @ matrix, layer.weight @ constant + layer.bias
        if h is not None:
            gate = torch.sign(h[0])                        # 1, -1 where open, 0 where shut
            matrix, constant = gate[:, None] * matrix, gate * constant
    torch.testing.assert_close(scores[0], matrix @ x + constant)
    jacobian = torch.autograd.functional.jacobian(lambda v: net(v[None])[0][0], x)
    torch.testing.assert_close(jacobian, matrix)           # what is open passes unweakened


def test_layers_can_be_rescaled_against_each_other_without_any_effect(net):
    x = torch.randn(7, 8, dtype=torch.double)
    before = net(x)[0]
    factors, so_far = [2.0, 0.25, 8.0, 0.25], 1.0           # product 1
    with torch.no_grad():
        for layer, factor in zip(net.layers, factors, strict=True):
            so_far *= factor
            layer.weight /= factor
            layer.bias /= so_far
    torch.testing.assert_close(net(x)[0], before)
    net.activation = tanh
    changed = net(x)[0]
    assert (changed - before).abs().max() > 0.1


def test_the_paper_s_network_for_mnist_has_2_8_million_parameters(record_property):
    with torch.device("meta"):
        paper = Net([784, 1000, 1000, 1000, 10], rectifier)
    count = sum(p.numel() for p in paper.parameters())
    record_property("parameters", count)
    assert count == 785 * 1000 + 2 * 1001 * 1000 + 1001 * 10


def test_weights_start_so_that_the_signal_keeps_its_size():
    net = Net([400, 300, 200], rectifier)
    assert net.layers[0].weight.std().item() == pytest.approx((2 / 400) ** 0.5, rel=0.02)
    assert net.layers[1].weight.std().item() == pytest.approx((2 / 300) ** 0.5, rel=0.02)
    assert all(layer.bias.eq(0).all() for layer in net.layers)


def test_the_loss_is_cross_entropy_plus_the_mean_activity_times_the_penalty():
    scores, labels = torch.tensor([[0.0, 0.0], [0.0, 0.0]]), torch.tensor([0, 1])
    hidden = [torch.tensor([[1.0, -2.0], [0.0, 3.0]]), torch.tensor([[4.0], [-4.0]])]
    total = loss(scores, hidden, labels, penalty=0.1)
    assert total.item() == pytest.approx(math.log(2) + 0.1 * (6 + 8) / 2)


def test_the_images_are_real_digits():
    x, y = digits()
    assert (x.shape, y.shape) == ((1797, 64), (1797,))
    assert (x.min(), x.max()) == (0, 1)
    assert y[:4].tolist() == [0, 1, 2, 3]


def test_gradients_are_taken_from_a_fresh_net_at_each_layer():
    torch.manual_seed(0)
    net = Net([64, 100, 100, 10], tanh)
    data = load_digits()
    images, labels = torch.tensor(data.data[:200]).float() / 16, torch.tensor(data.target[:200])
    F.cross_entropy(net(images)[0], labels).backward()
    expected = [layer.weight.grad.square().sum().sqrt().item() for layer in net.layers]
    torch.rand(3)
    assert gradients("tanh", depth=2) == pytest.approx(expected)


def test_gradients_come_through_ten_rectifier_layers_and_not_through_sigmoids(record_property):
    left = {}
    for name in ("sigmoid", "rectifier"):
        sizes = gradients(name, depth=10)
        left[name] = sizes[0] / sizes[-1]
        record_property(f"{name}: gradient of layer 1 / of layer 11", f"{left[name]:.0e}")
    assert left["sigmoid"] < 1e-3
    assert 0.1 < left["rectifier"] < 10


def test_no_gradient_at_all_comes_through_a_step():
    assert not step(torch.ones(3, requires_grad=True)).requires_grad


@pytest.fixture(scope="module")
def trained() -> dict[tuple[str, float], tuple[float, float]]:
    """Error and sparsity of nets with three hidden layers, by activation and penalty."""
    torch.set_num_threads(1)
    runs = {(name, 0.0): train(name, 3) for name in ("sigmoid", "rectifier")}
    return runs | {("rectifier", 0.01): train("rectifier", 3, penalty=0.01)}


def test_training_is_ten_epochs_of_plain_descent_on_500_images(trained):
    torch.manual_seed(0)
    x, y = digits()
    net = Net([64, 100, 100, 100, 10], F.relu)
    for _ in range(10):
        order = torch.randperm(500)
        for start in range(0, 500, 25):
            chosen = order[start : start + 25]
            scores, hidden = net(x[chosen])
            active = sum(h.abs().sum(1).mean() for h in hidden)
            (F.cross_entropy(scores, y[chosen]) + 0.01 * active).backward()
            with torch.no_grad():
                for p in net.parameters():
                    p -= 0.1 * p.grad
                    p.grad = None
    scores, hidden = net(x[1000:])
    wrong = (scores.argmax(1) != y[1000:]).float().mean().item()
    assert trained["rectifier", 0.01] == pytest.approx((wrong, sparsity(hidden)), abs=0.001)


def test_three_rectifier_layers_learn_from_a_random_start_where_sigmoids_do_not(
    trained, record_property
):
    for name in ("sigmoid", "rectifier"):
        record_property(f"three hidden layers, {name}: wrong", f"{trained[name, 0.0][0]:.0%}")
    assert trained["sigmoid", 0.0][0] > 0.7
    assert trained["rectifier", 0.0][0] < 0.25
    assert trained["sigmoid", 0.0][1] == 0


def test_a_penalty_on_activity_makes_more_units_zero_and_costs_no_accuracy(
    trained, record_property
):
    (free, free_zero), (penalised, zero) = (trained["rectifier", p] for p in (0.0, 0.01))
    record_property("zero without penalty", f"{free_zero:.0%}")
    record_property("zero with penalty 0.01", f"{zero:.0%}")
    assert zero > free_zero + 0.1
    assert penalised < free + 0.03
