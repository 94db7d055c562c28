"""Layer normalization: the paper's claims."""

import pytest
import torch
from torch.nn import functional as F

from snippets.layer_norm import (
    CHANGES,
    LayerNorm,
    Reader,
    changed,
    digits,
    error_on_digits,
    invariances,
    layer_norm,
    summed_inputs,
)


@pytest.mark.parametrize("shape", [(6,), (3, 6), (2, 3, 6)])
def test_output_and_gradient_equal_torch(shape):
    inputs = [torch.randn(s, dtype=torch.double) * 3 + 1 for s in (shape, 6, 6)]
    ours = [t.clone().requires_grad_() for t in inputs]
    theirs = [t.clone().requires_grad_() for t in inputs]
    y = layer_norm(*ours)
    y_torch = F.layer_norm(theirs[0], (6,), *theirs[1:])
    torch.testing.assert_close(y, y_torch)
    (y**3).sum().backward()
    (y_torch**3).sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_two_cases_by_hand():
    a = torch.tensor([[1.0, 3.0], [10.0, 30.0]])
    y = layer_norm(a, torch.tensor([1.0, 2.0]), torch.tensor([0.0, 5.0]), eps=0.0)
    assert y.flatten().tolist() == pytest.approx([-1.0, 7.0, -1.0, 7.0])


def test_epsilon_stands_inside_the_root_and_is_a_hundred_thousandth():
    y = layer_norm(torch.tensor([1.0, 3.0]), torch.ones(2), torch.zeros(2), eps=3.0)
    assert y.tolist() == pytest.approx([-0.5, 0.5])                # ±1 / sqrt(1 + 3)
    tiny = torch.tensor([-1e-3, 1e-3])
    y = layer_norm(tiny, torch.ones(2), torch.zeros(2))
    assert y[1].item() == pytest.approx(1e-3 / (1e-6 + 1e-5) ** 0.5, rel=1e-4)


def test_every_case_ends_with_mean_0_and_variance_1_over_the_units():
    y = LayerNorm(50)(torch.randn(4, 50) * torch.tensor([[1.0], [5.0], [0.5], [2.0]]) + 3)
    torch.testing.assert_close(y.mean(1), torch.zeros(4))
    torch.testing.assert_close(y.var(1, correction=0), torch.ones(4), rtol=1e-4, atol=1e-4)


def test_a_case_is_treated_alike_in_any_batch(record_property):
    x = torch.randn(5, 8)
    louder = torch.cat([x[:1], 100 * x[1:] + 7])
    moved = (LayerNorm(8)(x)[0] - LayerNorm(8)(louder)[0]).abs().max().item()
    record_property("moved by the other cases", moved)
    assert moved == 0
    torch.testing.assert_close(LayerNorm(8)(x[:1]), LayerNorm(8)(x)[:1])


@pytest.mark.parametrize(
    ("norm", "row"),
    [
        ("batch", [True, False, True, True, True, False]),
        ("weight", [True, False, True, False, False, False]),
        ("layer", [True, True, False, True, False, True]),
    ],
)
def test_the_invariances_are_those_of_table_1(norm, row, record_property):
    measured = invariances(norm)
    record_property(f"{norm} norm", f"{sum(measured.values())} of 6")
    assert list(measured) == CHANGES
    assert list(measured.values()) == row


def test_the_summed_inputs_compared_are_those_of_the_three_methods():
    W, x = torch.randn(3, 4, dtype=torch.double), torch.randn(5, 4, dtype=torch.double)
    torch.testing.assert_close(
        summed_inputs("layer", W, x), F.layer_norm(F.linear(x, W), (3,), eps=0.0)
    )
    torch.testing.assert_close(
        summed_inputs("batch", W, x),
        F.batch_norm(F.linear(x, W), None, None, training=True, eps=1e-300),
    )
    torch.testing.assert_close(
        summed_inputs("weight", W, x), F.linear(x, F.normalize(W, dim=1))
    )


def test_each_change_of_table_1_touches_what_it_names_by_hand():
    W = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.double)
    x = torch.tensor([[5.0, 6.0], [7.0, 8.0]], dtype=torch.double)
    by_name = {
        name: [t.flatten().tolist() for t in changed(name, W, x)] for name in CHANGES
    }
    assert by_name == {
        "all weights × δ": [[3, 6, 9, 12], [5, 6, 7, 8]],
        "all weights + γ": [[2, 4, 4, 6], [5, 6, 7, 8]],
        "one unit's weights × δ": [[3, 6, 3, 4], [5, 6, 7, 8]],
        "data set × δ": [[1, 2, 3, 4], [15, 18, 21, 24]],
        "data set + γ": [[1, 2, 3, 4], [6, 8, 8, 10]],
        "one case × δ": [[1, 2, 3, 4], [15, 18, 7, 8]],
    }


def rescaled(net: Reader, factor: float) -> Reader:
    with torch.no_grad():
        net.W_hh *= factor
        net.W_xh *= factor
    return net


def test_rescaling_all_weights_of_a_recurrent_net_changes_no_hidden_state_only_with_layer_norm():
    x = torch.rand(4, 16, 4, dtype=torch.double) + 1
    for normalise in (True, False):
        net = Reader(normalise).double()
        before = net.states(x).detach()
        moved = (rescaled(net, 10.0).states(x) - before).abs().max().item()
        assert (moved < 1e-3) == normalise


@pytest.mark.parametrize("normalise", [True, False])
def test_hidden_states_follow_equation_4_by_hand(normalise):
    net = Reader(normalise, D=3, H=5).double()
    with torch.no_grad():
        net.norm.gain.uniform_(0.5, 2.0)
        net.norm.bias.uniform_(-1.0, 1.0)
    x = torch.randn(2, 3, 3, dtype=torch.double)
    h, g, b = torch.zeros(2, 5, dtype=torch.double), net.norm.gain, net.norm.bias
    states = net.states(x)
    assert states.shape == (2, 3, 5)
    for t in range(3):
        a = torch.einsum("ij,nj->ni", net.W_hh, h) + torch.einsum("ij,nj->ni", net.W_xh, x[:, t])
        h = torch.tanh(F.layer_norm(a, (5,), g, b) if normalise else g * a + b)
        torch.testing.assert_close(states[:, t], h)
    torch.testing.assert_close(net(x), F.linear(h, net.classify.weight, net.classify.bias))


def test_a_reader_starts_with_weights_scaled_by_the_number_of_inputs():
    net = Reader(True, D=4, H=200)
    assert net.W_xh.std().item() == pytest.approx(4**-0.5, rel=0.1)
    assert net.W_hh.std().item() == pytest.approx(200**-0.5, rel=0.05)
    assert Reader(True, scale=3.0, H=200).W_hh.std().item() == pytest.approx(
        3 * 200**-0.5, rel=0.05
    )
    default = Reader(True)
    assert (default.W_xh.shape, default.W_hh.shape) == ((32, 4), (32, 32))
    assert default.classify.out_features == 10


def test_recurrent_weights_that_start_too_large_spoil_training_only_without_layer_norm(
    record_property,
):
    error = {normalise: error_on_digits(normalise, scale=3.0) for normalise in (True, False)}
    record_property("error, plain", f"{error[False]:.1%}")
    record_property("error, layer norm", f"{error[True]:.1%}")
    assert error[False] > 0.5
    assert error[True] < 0.45


def test_digits_are_read_as_sixteen_steps_of_four_pixels_and_the_two_parts_share_none():
    x, y, x_test, y_test = digits()
    assert (x.shape, x_test.shape) == ((1200, 16, 4), (597, 16, 4))
    assert (len(y), len(y_test)) == (1200, 597)
    assert (x.min(), x.max()) == (0, 1)
    assert x[0, 0].mul(16).tolist() == [0, 0, 5, 13]               # the first row of the first 0


def test_the_same_seed_gives_the_same_error_and_training_sees_32_digits_a_step(monkeypatch):
    sizes = []
    forward = Reader.forward

    def watched(self, x):
        sizes.append(len(x))
        return forward(self, x)

    monkeypatch.setattr(Reader, "forward", watched)
    first = error_on_digits(True, 1.0, steps=2, seed=1)
    torch.rand(5)
    assert error_on_digits(True, 1.0, steps=2, seed=1) == first
    assert sizes == [32, 32, 597] * 2
    assert error_on_digits(True, 1.0, steps=2, seed=0) != first  # a seed is used
    assert error_on_digits(True, 1.0, steps=2) == error_on_digits(True, 1.0, steps=2, seed=0)
