"""JointVAE: the paper's claims."""

import math
from functools import cache

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.distributions import Categorical, Normal, kl_divergence
from torch.nn import functional as F

from snippets import joint_vae
from snippets.joint_vae import (
    JointVAE,
    agreement,
    capacity,
    ceiling,
    convolutional,
    dense,
    digits,
    kl_continuous,
    kl_discrete,
    loss,
    relaxed,
    train,
)


@cache
def trained(ramp: int = 500, steps: int = 500) -> tuple[JointVAE, torch.Tensor]:
    return train(digits()[0], ramp, steps)


def code(vae: JointVAE) -> torch.Tensor:
    return vae.encode(digits()[0])[2][0].argmax(1)


def log_alpha(n: int, classes: int) -> torch.Tensor:
    return torch.randn(n, classes).log_softmax(1)


def test_the_continuous_divergence_equals_torchs():
    mean, log_var = torch.randn(6, 4), torch.randn(6, 4)
    expected = kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0, 1)).sum(1).mean()
    torch.testing.assert_close(kl_continuous(mean, log_var), expected)


def test_the_discrete_divergence_equals_torchs():
    logits = torch.randn(7, 5, requires_grad=True)
    ours = kl_discrete([logits.log_softmax(1)])
    uniform = Categorical(torch.full((7, 5), 0.2))
    expected = kl_divergence(Categorical(logits=logits), uniform).mean()
    torch.testing.assert_close(ours, expected)
    torch.testing.assert_close(
        *(torch.autograd.grad(f, logits, retain_graph=True) for f in (ours, expected)))


def test_several_discrete_latents_add_up_to_the_divergence_of_all_their_combinations():
    a, b = log_alpha(6, 3), log_alpha(6, 4)
    both = (a[:, :, None] + b[:, None, :]).flatten(1)                     # (6, 12)
    torch.testing.assert_close(kl_discrete([a, b]), kl_discrete([both]))


def test_the_discrete_divergence_lies_between_zero_and_log_k():
    for classes in (2, 10, 50):
        sharp = (8 * torch.randn(200, classes)).log_softmax(1)
        for a in sharp:
            assert 0 <= kl_discrete([a[None]]) <= ceiling([classes]) + 1e-5
    sure = torch.tensor([[-200.0, 0.0, -200.0]])
    assert kl_discrete([sure]).item() == pytest.approx(math.log(3))
    assert kl_discrete([torch.full((4, 8), 1 / 8).log()]).item() == pytest.approx(0, abs=1e-6)
    assert ceiling([10, 4]) == pytest.approx(math.log(40))


def test_the_continuous_divergence_has_no_such_bound():
    assert kl_continuous(torch.full((1, 1), 100.0), torch.zeros(1, 1)).item() == 5000


def test_a_target_rises_in_a_straight_line_and_is_cut_off():
    assert [capacity(s, 10, 5.0) for s in (0, 4, 10, 25)] == [0, 2, 5, 5]
    assert [capacity(s, 10, 5.0, 2.3) for s in (0, 4, 10, 25)] == [0, 2, 2.3, 2.3]


def test_five_nats_for_ten_classes_are_cut_off_before_half_of_the_ramp(record_property):
    """The authors' settings for MNIST: 5 nats each within 25,000 steps, one latent of 10."""
    top = ceiling([10])
    full = next(s for s in range(25_001) if capacity(s, 25_000, 5.0, top) == top)
    record_property("step at which the discrete target is full", full)
    assert full == math.ceil(25_000 * math.log(10) / 5) == 11_513


def test_the_loss_by_hand():
    lost, kl_z, kl_c = torch.tensor(7.0), torch.tensor(3.0), torch.tensor(1.5)
    assert loss(lost, kl_z, kl_c, 3.0, 1.5, gamma=10).item() == 7
    assert loss(lost, kl_z, kl_c, 2.0, 1.5, gamma=10).item() == 17
    assert loss(lost, kl_z, kl_c, 3.5, 1.0, gamma=10).item() == 17


def test_each_part_is_pushed_towards_its_own_target():
    kl_z, kl_c = torch.tensor(1.0, requires_grad=True), torch.tensor(1.0, requires_grad=True)
    loss(torch.tensor(0.0), kl_z, kl_c, 2.0, 0.5, gamma=3.0).backward()
    assert (kl_z.grad.item(), kl_c.grad.item()) == (-3, 3)


def test_a_relaxed_draw_by_hand_and_its_default_temperature():
    a, g = torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[1.0, 0.0]])
    assert relaxed(a, g, 0.5)[0, 0].item() == pytest.approx(1 / (1 + math.exp(-2)))
    torch.testing.assert_close(relaxed(a, g), relaxed(a, g, 0.67))


def test_relaxed_draws_choose_classes_with_their_probabilities():
    a = torch.tensor([0.6, 0.3, 0.1]).log().expand(20_000, 3)
    c = relaxed(a, -torch.empty_like(a).exponential_().log())
    torch.testing.assert_close(c.sum(1), torch.ones(20_000))
    shares = F.one_hot(c.argmax(1), 3).float().mean(0)
    torch.testing.assert_close(shares, torch.tensor([0.6, 0.3, 0.1]), atol=0.015, rtol=0)


def test_a_gradient_passes_the_discrete_draw():
    vae, x = dense(), digits()[0][:8]
    vae(x)[0].backward()
    assert (vae.heads.weight.grad[4:].abs().sum(1) > 0).all()     # the rows of the ten classes


def test_the_model_draws_its_code_and_counts_the_nats():
    vae, x = JointVAE(nn.Linear(64, 7), nn.Linear(2 + 3 + 4, 64), 7, 2, [3, 4]), digits()[0][:5]
    torch.manual_seed(1)
    lost, kl_z, kl_c = vae(x)
    torch.manual_seed(1)
    out = vae.heads(vae.encoder(x))
    mean, std = out[:, :2], (out[:, 2:4] / 2).exp()
    code = [mean + std * torch.randn(5, 2)]
    for logits in (out[:, 4:7], out[:, 7:11]):
        g = -torch.empty_like(logits).exponential_().log()
        code.append(((logits + g) / 0.67).softmax(1))
    p = vae.decoder(torch.cat(code, 1)).sigmoid()
    torch.testing.assert_close(lost, -(x * p.log() + (1 - x) * (1 - p).log()).sum(1).mean())
    torch.testing.assert_close(kl_z, kl_divergence(Normal(mean, std), Normal(0, 1)).sum(1).mean())
    uniform = [Categorical(torch.ones(k)) for k in (3, 4)]
    expected = [kl_divergence(Categorical(logits=o), u).mean()
                for o, u in zip((out[:, 4:7], out[:, 7:11]), uniform, strict=True)]
    torch.testing.assert_close(kl_c, sum(expected))


def test_the_full_net_has_the_authors_layers(record_property):
    with torch.device("meta"):
        vae = convolutional()
    convolutions = [m for m in vae.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    forms = {(m.kernel_size, m.stride, m.padding) for m in convolutions}
    assert [(m.in_channels, m.out_channels) for m in convolutions] == [
        (1, 32), (32, 64), (64, 64), (64, 32), (32, 32), (32, 1)]
    assert forms == {((4, 4), (2, 2), (1, 1))}
    assert [(m.in_features, m.out_features) for m in vae.modules() if isinstance(m, nn.Linear)] == [
        (1024, 256), (20, 256), (256, 1024), (256, 30)]
    kernels = 16 * (1 * 32 + 32 * 64 + 64 * 64 + 64 * 32 + 32 * 32 + 32 * 1) + 225      # and biases
    linear = 1025 * 256 + 21 * 256 + 257 * 1024 + 257 * 30
    count = sum(p.numel() for p in vae.parameters())
    record_property("parameters", count)
    assert count == kernels + linear == 687_359


def test_images_of_side_64_get_one_more_layer_each_way():
    vae = convolutional(3, 64, 32, (10, 4))
    mean, log_var, log_alphas = vae.encode(torch.rand(2, 3, 64, 64))
    assert vae.decoder(torch.randn(2, 46)).shape == (2, 3, 64, 64)
    widths = [[m.out_channels for m in vae.modules() if isinstance(m, kind)]
              for kind in (nn.Conv2d, nn.ConvTranspose2d)]
    assert widths == [[32, 32, 64, 64], [64, 32, 32, 3]]
    assert mean.shape == log_var.shape == (2, 32)
    assert [a.shape[1] for a in log_alphas] == [10, 4]


def test_the_full_net_takes_a_training_step():
    vae, x = convolutional(), torch.rand(2, 1, 32, 32)
    lost, kl_z, kl_c = vae(x)
    loss(lost, kl_z, kl_c, 1.0, 1.0, gamma=30).backward()
    assert lost.item() == pytest.approx(1024 * math.log(2), rel=0.05)     # an untrained grey image
    assert all(p.grad.abs().sum() > 0 for p in vae.parameters())


def test_the_layers_take_turns_with_relu():
    names = [type(m).__name__ for m in convolutional().encoder]
    assert names == ["Conv2d", "ReLU"] * 3 + ["Flatten", "Linear", "ReLU"]
    names = [type(m).__name__ for m in convolutional().decoder]
    assert names == ["Linear", "ReLU"] * 2 + ["Unflatten"] + ["ConvTranspose2d", "ReLU"] * 2 + [
        "ConvTranspose2d"]
    assert [tuple(p.shape) for p in dense().parameters()] == [
        (128, 64), (128,), (128, 12), (128,), (64, 128), (64,), (14, 128), (14,)]


def test_training_takes_these_steps():
    x = digits()[0]
    torch.manual_seed(4)
    vae, rows = dense(), []
    optimiser = torch.optim.Adam(vae.parameters(), lr=1e-2)
    for step in range(10):
        lost, kl_z, kl_c = vae(x[torch.randint(len(x), (64,))])
        share = min(step / 8, 1)
        c_z, c_c = 2 * share, math.log(10) * share
        optimiser.zero_grad()
        (lost + 2 * (kl_z - c_z).abs() + 2 * (kl_c - c_c).abs()).backward()
        optimiser.step()
        rows.append([c_z, c_c, lost.item(), kl_z.item(), kl_c.item()])
    ours, log = train(x, ramp=8, steps=10, seed=4)
    torch.testing.assert_close(log, torch.tensor(rows))
    for p, q in zip(ours.parameters(), vae.parameters(), strict=True):
        torch.testing.assert_close(p, q)


def test_training_begins_with_seed_0_and_takes_500_steps_to_the_full_targets_unless_told():
    x = digits()[0]
    assert train(x, steps=2)[1].tolist() == train(x, 500, 2, seed=0)[1].tolist()


def test_agreement_by_hand():
    assert agreement(torch.tensor([2, 2, 2, 0, 0]), torch.tensor([1, 1, 9, 1, 9])) == 3 / 5
    assert agreement(torch.arange(10), torch.arange(10).flip(0)) == 1
    assert agreement(torch.zeros(10, dtype=torch.long), torch.arange(10)) == 0.1


def test_the_digits_are_ink_or_none():
    x, label = digits()
    raw = load_digits()
    assert x.shape == (1797, 64) and x.tolist() == (raw.data >= 9).astype(float).tolist()
    assert label.tolist() == raw.target.tolist()


def test_each_part_of_the_code_follows_its_own_target(record_property):
    log = trained()[1]
    assert len(log) == 500
    for part in log[100:].split(100):
        c_z, c_c, _, kl_z, kl_c = part.mean(0).tolist()
        assert kl_z == pytest.approx(c_z, abs=0.35)
        assert kl_c == pytest.approx(c_c, abs=0.25)
    record_property("nats in the discrete part at the end", round(log[-50:, 4].mean().item(), 2))
    assert (log[:, 4] <= math.log(10)).all()


def test_the_discrete_code_lines_up_with_the_class_of_the_digit(record_property):
    label = digits()[1]
    found = code(trained()[0])
    shuffled = agreement(found[torch.randperm(len(found))], label)
    record_property("class told by the discrete code", round(agreement(found, label), 2))
    record_property("by chance", round(shuffled, 2))
    assert agreement(found, label) > 0.45
    assert shuffled < 0.2


def test_a_full_discrete_part_may_say_nothing():
    """Our addition: hurried, every image gets the same class, at a divergence of log K."""
    vae, log = trained(ramp=25, steps=200)
    assert log[-1, 4] > 0.95 * math.log(10)
    assert agreement(code(vae), digits()[1]) < 0.15


def test_without_targets_the_discrete_part_carries_little(monkeypatch, record_property):
    """The control: the same training with both divergences pressed to 0, as in a beta-VAE."""
    with_targets = trained()[1][-50:, 4].mean().item()
    monkeypatch.setattr(joint_vae, "capacity", lambda *_: 0.0)
    without = train(digits()[0])[1][-50:, 4].mean().item()
    record_property("nats in the discrete part without targets", round(without, 2))
    assert without < 0.4 * math.log(10) < 0.8 * math.log(10) < with_targets
