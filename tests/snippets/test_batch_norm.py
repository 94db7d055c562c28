"""Batch normalization: the transform, its gradient, its inference, and the paper's claims."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.batch_norm import (
    BatchNorm,
    backward,
    batch_norm,
    digits,
    fold,
    normalise,
    sigmoid_net,
    statistics,
    train,
)

SHAPES = [(6, 4), (3, 4, 5), (2, 4, 3, 5)]


def numbers(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.double) * 3 + 2


def gain_and_bias(channels: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    return numbers(channels), numbers(channels)


@pytest.mark.parametrize("shape", SHAPES)
def test_output_and_gradient_equal_torch(shape):
    ours = [t.requires_grad_() for t in (numbers(*shape), *gain_and_bias())]
    theirs = [t.detach().clone().requires_grad_() for t in ours]
    y = batch_norm(*ours)
    y_torch = F.batch_norm(theirs[0], None, None, *theirs[1:], training=True)
    torch.testing.assert_close(y, y_torch)
    (y**3).sum().backward()
    (y_torch**3).sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


@pytest.mark.parametrize("eps", [1e-5, 0.5])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_gradient_by_the_chain_rule_of_section_3_equals_autograd(shape, eps):
    x, gamma, beta = (t.requires_grad_() for t in (numbers(*shape), *gain_and_bias()))
    dy = torch.randn(shape, dtype=torch.double)
    batch_norm(x, gamma, beta, eps).backward(dy)
    by_hand = backward(dy, x.detach(), gamma.detach(), eps)
    for ours, theirs in zip(by_hand, (x.grad, gamma.grad, beta.grad), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_four_numbers_by_hand():
    x = torch.tensor([[1.0], [3.0], [5.0], [7.0]])         # mean 4, variance 5
    y = batch_norm(x, torch.tensor([2.0]), torch.tensor([1.0]), eps=4.0)     # 2 (x - 4) / 3 + 1
    assert y.flatten().tolist() == pytest.approx([-1, 1 / 3, 5 / 3, 3])


def test_the_default_epsilons_are_a_hundred_thousandth():
    tiny = torch.tensor([[-1e-3], [1e-3]], dtype=torch.double)              # variance 1e-6
    one, zero = torch.ones(1).double(), torch.zeros(1).double()
    expected = 1e-3 / (1e-6 + 1e-5) ** 0.5
    assert batch_norm(tiny, one, zero)[1].item() == pytest.approx(expected)
    assert normalise(tiny, zero, one * 1e-6, one, zero)[1].item() == pytest.approx(expected)
    tiny.requires_grad_()
    dy = torch.tensor([[1.0], [2.0]], dtype=torch.double)
    batch_norm(tiny, one, zero).backward(dy)
    torch.testing.assert_close(backward(dy, tiny.detach(), one)[0], tiny.grad)
    norm = BatchNorm(1).double()
    norm.var.fill_(1e-6)
    weight, _ = fold(one[:, None], zero, norm)
    assert weight.item() == pytest.approx(1 / (1e-6 + 1e-5) ** 0.5)


def test_every_channel_comes_out_with_mean_0_and_variance_1():
    x = numbers(8, 4, 5, 5) * torch.tensor([1.0, 10, 100, 1000]).reshape(4, 1, 1)
    mean, var = statistics(batch_norm(x, torch.ones(4), torch.zeros(4)))
    torch.testing.assert_close(mean, torch.zeros(4, dtype=torch.double))
    torch.testing.assert_close(var, torch.ones(4, dtype=torch.double), rtol=1e-4, atol=0)


def test_gamma_and_beta_can_give_the_input_back():
    x = numbers(6, 4)
    mean, var = statistics(x)
    torch.testing.assert_close(batch_norm(x, torch.sqrt(var + 1e-5), mean), x)


def test_the_scale_of_the_weights_before_it_does_not_matter_and_large_weights_learn_slower(
    record_property,
):
    """BN((aW)u) = BN(Wu), the same gradient in u, and 1/a of the gradient in W (Sec. 3.3)."""
    u, W, a = numbers(8, 3), numbers(4, 3), 7.0
    results = []
    for weight in (W, a * W):
        inputs, weight = u.clone().requires_grad_(), weight.clone().requires_grad_()
        y = batch_norm(inputs @ weight.T, *(t.double() for t in (torch.ones(4), torch.zeros(4))),
                       eps=0.0)  # fmt: skip
        (y**3 + y).sum().backward()
        results.append((y.detach(), inputs.grad, weight.grad))
    (y, du, dW), (y_scaled, du_scaled, dW_scaled) = results
    torch.testing.assert_close(y, y_scaled)
    torch.testing.assert_close(du, du_scaled)
    torch.testing.assert_close(dW, a * dW_scaled)
    torch.testing.assert_close((dW * W).sum(1), torch.zeros(4, dtype=torch.double))
    record_property("gradient at 7 times the weights", round((dW_scaled / dW).mean().item(), 4))


def test_a_gradient_that_ignores_the_normalisation_lets_the_bias_grow_for_nothing():
    """Section 2: x = u + b, centred. The step changes b, and neither the output nor the loss."""
    u, target = numbers(8), numbers(8)

    def loss(b: torch.Tensor, mean_is_constant: bool) -> torch.Tensor:
        x = u + b
        mean = x.mean()
        return (x - (mean.detach() if mean_is_constant else mean) - target).square().mean()

    b = torch.zeros(1, dtype=torch.double, requires_grad=True)
    (ignoring,) = torch.autograd.grad(loss(b, True), b)
    (full,) = torch.autograd.grad(loss(b, False), b)
    assert ignoring.abs() > 1
    assert full.abs() < 1e-12
    torch.testing.assert_close(loss(b - 5 * ignoring, True), loss(b, True))


def test_training_collects_what_torch_collects_and_inference_uses_it():
    ours, theirs = BatchNorm(4).double(), nn.BatchNorm2d(4).double()
    for _ in range(3):
        x = numbers(5, 4, 3, 3)
        torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.mean, theirs.running_mean)
    torch.testing.assert_close(ours.var, theirs.running_var)
    ours.eval()
    theirs.eval()
    x = numbers(2, 4, 3, 3)
    torch.testing.assert_close(ours(x), theirs(x))
    before = ours.mean.clone()
    ours(x)
    assert ours.mean.equal(before)                         # inference collects nothing


def test_the_collected_variance_is_unbiased(record_property):
    """The mean over batches of m/(m-1) times the batch variance is the population's."""
    x = numbers(4000, 1)                                   # variance 9
    biased = torch.stack([statistics(batch)[1] for batch in x.split(2)]).mean()
    record_property("mean variance of pairs / population", round((biased / x.var()).item(), 2))
    torch.testing.assert_close(2 * biased, x.var(), rtol=0.05, atol=0)
    norm = BatchNorm(1, rate=0.01).double()
    for _ in range(2):
        for batch in x.split(2):
            norm(batch)
    assert norm.var.item() == pytest.approx(9, rel=0.25)


def test_in_inference_the_answer_does_not_depend_on_the_rest_of_the_batch():
    norm, x = BatchNorm(4).double(), numbers(5, 4)
    alone_and_in_company = lambda: (norm(x)[0], norm(torch.cat([x[:1], 9 * x[1:]]))[0])  # noqa: E731
    first, second = alone_and_in_company()
    assert (first - second).abs().max() > 0.1
    norm.eval()
    torch.testing.assert_close(*alone_and_in_company())


@pytest.mark.parametrize("layer", [nn.Conv2d(3, 4, 3), nn.Linear(3, 4)])
def test_inference_folds_into_the_layer_before(layer):
    layer, norm = layer.double(), BatchNorm(4).double()
    with torch.no_grad():
        for values in (norm.gamma, norm.beta, norm.mean):
            values.normal_()
        norm.var.uniform_(0.5, 2)
    norm.eval()
    x = numbers(2, 3, 6, 6) if isinstance(layer, nn.Conv2d) else numbers(2, 3)
    after = norm(layer(x))
    weight, bias = fold(layer.weight, layer.bias, norm)
    folded = F.conv2d(x, weight, bias) if weight.ndim == 4 else F.linear(x, weight, bias)
    torch.testing.assert_close(folded, after)


def test_it_adds_two_parameters_for_each_activation(record_property):
    norm = BatchNorm(64)
    count = sum(p.numel() for p in norm.parameters())
    record_property("parameters an activation", count // 64)
    assert count == 2 * 64
    assert norm.gamma.eq(1).all()
    assert norm.beta.eq(0).all()
    assert norm.mean.eq(0).all()
    assert norm.var.eq(1).all()


def test_the_net_has_three_hidden_layers_of_100_sigmoids():
    for normalised in (False, True):
        net = sigmoid_net(normalised)
        linear = [layer for layer in net if isinstance(layer, nn.Linear)]
        assert [tuple(layer.weight.shape) for layer in linear] == [
            (100, 64), (100, 100), (100, 100), (10, 100)
        ]  # fmt: skip
        assert [layer.bias is None for layer in linear] == [normalised] * 3 + [False]
        assert sum(isinstance(layer, nn.Sigmoid) for layer in net) == 3
        kinds = [type(layer) for layer in net[:3]]
        assert kinds[: 2 + normalised] == (
            [nn.Linear, BatchNorm, nn.Sigmoid] if normalised else [nn.Linear, nn.Sigmoid]
        )
        assert all(layer.weight.std().item() == pytest.approx(0.1, rel=0.1) for layer in linear)
    assert sigmoid_net(True, inputs=784)[0].weight.shape == (100, 784)


@pytest.fixture(scope="module")
def runs():
    """Accuracy and spread over 100 steps, without and with batch normalization."""
    return {normalised: train(normalised, steps=100) for normalised in (False, True)}


def test_a_deep_sigmoid_net_learns_digits_with_it_while_it_stands_still_without(
    runs, record_property
):
    without, with_bn = runs[False][0], runs[True][0]
    record_property("without BN, 100 steps", f"{without[-1]:.1%}")
    record_property("with BN, 100 steps", f"{with_bn[-1]:.1%}")
    assert len(with_bn) == 10
    assert without[-1] < 0.4
    assert with_bn[-1] > 0.8
    assert with_bn[3] > 0.6                                # after 40 steps


def test_it_keeps_the_inputs_of_the_last_sigmoid_spread_out(runs, record_property):
    """Without BN all digits give one unit nearly the same input; with BN they differ."""
    width = {}
    for normalised, (_, spread) in runs.items():
        assert spread.shape == (10, 3)
        assert (spread[:, 0] < spread[:, 1]).all()
        assert (spread[:, 1] < spread[:, 2]).all()
        width[normalised] = (spread[-1, 2] - spread[-1, 0]).item()
    record_property("15th to 85th percentile, without", round(width[False], 3))
    record_property("15th to 85th percentile, with", round(width[True], 3))
    assert width[True] > 10 * width[False]
    assert 1.5 < width[True] < 3.5                         # 2.07 for a normal distribution
    low, middle, high = runs[True][1][-1]
    assert (middle - low).item() == pytest.approx((high - middle).item(), rel=0.5)


def test_the_same_seed_gives_the_same_training():
    first, _ = train(True, steps=20, seed=3)
    torch.rand(5)
    again, _ = train(True, steps=20, seed=3)
    assert first == again


def test_a_trained_net_is_judged_in_inference_mode(monkeypatch):
    modes = []
    forward = BatchNorm.forward

    def watched(self, x):
        modes.append((self.training, len(x)))
        return forward(self, x)

    monkeypatch.setattr(BatchNorm, "forward", watched)
    train(True, steps=20)
    assert {(True, 60), (False, 597)} == set(modes)
    assert sum(training for training, _ in modes) == 3 * 20


def test_digits_are_pixels_between_0_and_1_and_the_two_parts_share_none():
    x, y, x_test, y_test = digits()
    assert (x.shape, y.shape) == ((1200, 64), (1200,))
    assert (x_test.shape, y_test.shape) == ((597, 64), (597,))
    assert (x.min(), x.max()) == (0, 1)
