"""How does batch normalization help optimization?: the paper's claims."""

from functools import cache

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets import bn_optimization
from snippets.bn_optimization import (
    KINDS,
    Normalise,
    along_the_step,
    batch_norm,
    digits,
    drifting_noise,
    gradient,
    gradient_norm_squared,
    last_inputs,
    move,
    network,
    train,
)


@cache
def trained(kind: str) -> tuple[float, float, float, float]:
    """Last loss, range of the loss and change of the gradient along steps, shift of inputs."""
    losses, seen, unsteady = train(kind, look_every=20)
    ranges, changes = zip(*seen, strict=True)
    assert (len(losses), len(seen), len(unsteady)) == (60, 3, 60)
    return (
        sum(losses[-10:]) / 10,
        sum(ranges) / len(seen),
        sum(changes) / len(seen),
        sum(unsteady) / len(unsteady),
    )


def test_batch_norm_and_its_gradient_equal_torch():
    inputs = [torch.randn(s, dtype=torch.double) * 2 + 1 for s in ((7, 5), 5, 5)]
    ours = [t.clone().requires_grad_() for t in inputs]
    theirs = [t.clone().requires_grad_() for t in inputs]
    z = batch_norm(*ours)
    z_torch = F.batch_norm(theirs[0], None, None, *theirs[1:], training=True)
    torch.testing.assert_close(z, z_torch)
    (z**3).sum().backward()
    (z_torch**3).sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_the_gradient_shrinks_by_what_theorem_4_1_says(record_property):
    y = torch.randn(8, 5, dtype=torch.double, requires_grad=True)
    gamma = torch.rand(5, dtype=torch.double) + 0.5
    z = batch_norm(y, gamma, torch.zeros(5, dtype=torch.double), eps=0.0)
    loss = (z**3 + z.sin()).sum() / 8
    grad_y, grad_z = torch.autograd.grad(loss, (y, z))
    formula = gradient_norm_squared(y.detach(), grad_z, gamma)
    torch.testing.assert_close((grad_y**2).sum(dim=0), formula)
    bound = (gamma**2 / y.var(dim=0, correction=0) * (grad_z**2).sum(dim=0)).detach()
    record_property("largest gradient² / its bound γ²/σ²", (formula / bound).max().item())
    assert (formula < bound).all()


def test_shifting_or_scaling_the_batch_costs_no_gradient_by_hand():
    y, gamma = torch.tensor([[1.0], [3.0]]), torch.tensor([6.0])
    assert gradient_norm_squared(y, torch.tensor([[5.0], [5.0]]), gamma).item() == 0
    assert gradient_norm_squared(y, torch.tensor([[-2.0], [2.0]]), gamma).item() == 0
    four, gamma = torch.tensor([[0.0], [0.0], [4.0], [4.0]]), torch.tensor([6.0])
    grad_z = torch.tensor([[1.0], [-1.0], [0.0], [0.0]])      # at right angles to both: 6²/2² · 2
    assert gradient_norm_squared(four, grad_z, gamma).item() == pytest.approx(18.0)


def test_noise_after_batch_norm_hardly_harms_training_though_inputs_are_no_longer_steady(
    record_property,
):
    for kind in KINDS:
        record_property(f"loss, {kind}", round(trained(kind)[0], 2))
        record_property(f"shift of inputs, {kind}", round(trained(kind)[3], 2))
    plain, normalised, noisy = (trained(kind) for kind in KINDS)
    assert noisy[3] > 10 * normalised[3]
    assert noisy[0] < 0.6 * plain[0]
    assert noisy[0] < normalised[0] + 0.2


def test_along_a_step_the_loss_varies_less_with_batch_norm(record_property):
    for kind in KINDS:
        record_property(f"range of the loss, {kind}", round(trained(kind)[1], 2))
    plain, normalised, noisy = (trained(kind)[1] for kind in KINDS)
    assert max(normalised, noisy) < 0.5 * plain


def test_along_a_step_the_gradient_stays_more_like_itself_with_batch_norm(record_property):
    for kind in KINDS:
        record_property(f"change of the gradient, {kind}", round(trained(kind)[2], 2))
    plain, normalised, noisy = (trained(kind)[2] for kind in KINDS)
    assert max(normalised, noisy) < 0.6 * plain


def test_the_noise_is_drawn_anew_and_has_the_mean_and_spread_that_it_names():
    ones = torch.ones(4000, 300)
    first, second = drifting_noise(ones), drifting_noise(ones)
    assert (first.mean(0) - second.mean(0)).abs().mean() > 0.1
    shift = drifting_noise(torch.zeros(4000, 300))            # the shift alone
    assert shift.mean(0).abs().max() < 0.51
    assert shift.mean(0).abs().mean().item() == pytest.approx(0.25, abs=0.03)
    assert shift.std(0).mean().item() == pytest.approx(0.1 / 3**0.5, rel=0.02)
    assert (shift - shift.mean(0)).abs().max() < 0.11
    large = drifting_noise(1e4 * ones) / 1e4                  # the scale alone
    assert large.mean(0).min() > 0.99
    assert large.mean(0).max() < 1.26
    assert large.mean().item() == pytest.approx(1.125, abs=0.015)
    assert large.std(0).mean().item() == pytest.approx(0.1, rel=0.03)


def test_the_three_kinds_of_layer_do_what_their_names_say():
    y = torch.randn(6, 4) * 3 + 1
    plain, normalised, noisy = (Normalise(kind, 4) for kind in KINDS)
    assert torch.equal(plain(y), y)
    assert list(plain.parameters()) == []
    expected = F.batch_norm(y, None, None, training=True)
    torch.testing.assert_close(normalised(y), expected)
    assert (noisy(y) - expected).abs().max() > 0.05
    torch.manual_seed(3)
    shaken = noisy(y)
    torch.manual_seed(3)
    torch.testing.assert_close(shaken, drifting_noise(expected))
    assert sum(p.numel() for p in noisy.parameters()) == 8


def test_the_nets_have_six_hidden_layers_of_64_in_he_initialisation():
    net = network("plain")
    linear = [layer for layer in net if isinstance(layer, nn.Linear)]
    assert [(f.in_features, f.out_features) for f in linear] == [(64, 64)] * 6 + [(64, 10)]
    assert sum(isinstance(layer, Normalise) for layer in net) == 6
    assert sum(isinstance(layer, nn.ReLU) for layer in net) == 6
    for layer in linear[:-1]:
        assert layer.weight.std().item() == pytest.approx((2 / 64) ** 0.5, rel=0.05)
    assert network("plain", 2, 5)(torch.zeros(3, 64)).shape == (3, 10)


def test_digits_are_centred_rows_of_64_pixels():
    x, y = digits()
    assert (x.shape, y.shape) == ((1797, 64), (1797,))
    assert x.mean().item() == pytest.approx(0, abs=1e-5)
    assert (x.max() - x.min()).item() == pytest.approx(1)


def parabola(w: float) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """A net of one weight w: two classes with scores w and 0, of which the first is right."""
    net = nn.Linear(1, 2, bias=False).double()
    with torch.no_grad():
        net.weight.copy_(torch.tensor([[w], [0.0]]))
    return net, torch.ones(1, 1, dtype=torch.double), torch.tensor([0])


def test_loss_gradient_and_moves_by_hand():
    net, x, y = parabola(0.0)
    loss, (grad,) = gradient(net, x, y)
    assert loss == pytest.approx(torch.tensor(2.0).log().item())
    assert grad.flatten().tolist() == pytest.approx([-0.5, 0.5])
    move(net, [grad], -2.0)
    assert net.weight.flatten().tolist() == pytest.approx([1.0, -1.0])


def test_what_lies_along_a_step_by_hand():
    net, x, y = parabola(0.0)
    before = net.weight.clone()
    spread, change = along_the_step(net, x, y, lengths=(1.0, 3.0))
    # after a step of length t the difference of the scores is t, the loss log(1 + exp(-t))
    log = torch.tensor([-1.0, -3.0], dtype=torch.double).exp().log1p()
    assert spread == pytest.approx((log[0] - log[1]).item())
    away = 1 / (1 + torch.tensor(3.0).exp().item())           # the gradient is (-away, away)
    assert change == pytest.approx((0.5 - away) / 0.5)
    torch.testing.assert_close(net.weight, before)
    default = along_the_step(net, x, y)
    assert default == pytest.approx(along_the_step(net, x, y, lengths=(0.05, 0.1, 0.2, 0.4)))
    ends = torch.tensor([-0.05, -0.4], dtype=torch.double).exp().log1p()
    assert default[0] == pytest.approx((ends[0] - ends[1]).item())


def test_training_takes_64_digits_a_step_and_looks_now_and_then(monkeypatch):
    calls, moves, looks = [], [], []
    own_gradient, own_move = gradient, move

    def watched_gradient(net, x, y):
        calls.append(x.shape)
        return own_gradient(net, x, y)

    def watched_move(net, step, length):
        moves.append(length)
        own_move(net, step, length)

    def look(*_):
        looks.append(len(calls))
        return (0.0, 0.0)

    monkeypatch.setattr(bn_optimization, "gradient", watched_gradient)
    monkeypatch.setattr(bn_optimization, "move", watched_move)
    monkeypatch.setattr(bn_optimization, "along_the_step", look)
    torch.rand(3)
    losses, seen, unsteady = train("batch norm", steps=4, look_every=2)
    assert (len(losses), len(seen), len(unsteady)) == (4, 2, 4)
    assert looks == [1, 3]
    assert calls == [(64, 64)] * 4
    assert moves == [-0.2] * 4
    torch.rand(5)
    assert train("batch norm", steps=4, seed=0)[0] == losses
    assert train("batch norm", steps=4, seed=1)[0] != losses
    assert train("batch norm", steps=4)[0] == losses
    assert [len(train("plain", steps=n)[1]) for n in (9, 10, 19, 20)] == [0, 1, 1, 2]


def test_the_shift_of_inputs_is_measured_in_their_spread(monkeypatch):
    inputs = iter([torch.tensor([[0.0, 0.0], [6.0, 8.0]]), torch.tensor([[3.0, 4.0], [9.0, 12.0]])])
    monkeypatch.setattr(bn_optimization, "last_inputs", lambda *_: next(inputs))
    _, _, unsteady = train("plain", steps=1)
    assert unsteady == pytest.approx([5.0 / (10 / 2**0.5)])   # moved by (3, 4); std (6, 8) / √2


def test_the_last_layer_sees_what_comes_before_it():
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 10))
    x = torch.randn(4, 2)
    torch.testing.assert_close(last_inputs(net, x), net[0](x).relu().detach())
