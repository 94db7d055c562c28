"""Conditional generative adversarial nets: the paper's claims."""

import copy
import inspect
import math

import pytest
import torch
from scipy.spatial.distance import jensenshannon
from torch import nn
from torch.nn import functional as F

from snippets.conditional_gan import (
    Discriminator,
    Generator,
    Maxout,
    best_value,
    draw,
    ring,
    small,
    train,
    value,
)


def tables() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """p(x|y) and p_g(x|y) over five values for three labels, and the labels' shares."""
    p, p_g = (torch.softmax(torch.randn(3, 5).double(), 1) for _ in range(2))
    return p, p_g, torch.tensor([0.5, 0.3, 0.2]).double()


def test_value_and_gradient_equal_the_cross_entropy_of_a_classifier_of_pairs():
    real, fake = (torch.randn(5, dtype=torch.double, requires_grad=True) for _ in range(2))
    ours = torch.autograd.grad(value(real, fake), (real, fake))
    entropy = F.binary_cross_entropy_with_logits
    theirs = -entropy(real, torch.ones_like(real)) - entropy(fake, torch.zeros_like(fake))
    torch.testing.assert_close(value(real, fake), theirs)
    for a, b in zip(ours, torch.autograd.grad(theirs, (real, fake)), strict=True):
        torch.testing.assert_close(a, b)


def test_the_best_discriminator_leaves_the_average_divergence_of_the_conditionals():
    p, p_g, p_y = tables()
    divergence = sum(
        share * jensenshannon(a, b) ** 2 for share, a, b in zip(p_y, p, p_g, strict=True)
    )
    assert best_value(p, p_g, p_y).item() == pytest.approx(-math.log(4) + 2 * divergence.item())
    assert best_value(p, p, p_y).item() == pytest.approx(-math.log(4))


def test_no_discriminator_found_by_ascent_does_better():
    p, p_g, p_y = tables()
    logit = torch.zeros(3, 5, dtype=torch.double, requires_grad=True)
    climb = torch.optim.LBFGS([logit], max_iter=200, tolerance_grad=1e-10)

    def loss() -> torch.Tensor:
        climb.zero_grad()
        v = (p_y[:, None] * (p * F.logsigmoid(logit) + p_g * F.logsigmoid(-logit))).sum()
        (-v).backward()
        return -v

    climb.step(loss)
    assert -loss().item() == pytest.approx(best_value(p, p_g, p_y).item(), abs=1e-6)


def test_swapped_labels_are_caught_only_by_a_discriminator_that_sees_them(record_property):
    p, _, _ = tables()
    p_y, swapped = torch.full((3,), 1 / 3).double(), p.roll(1, 0)
    seen = best_value(p, swapped, p_y).item() + math.log(4)
    blind = best_value((p_y @ p)[None], (p_y @ swapped)[None], torch.ones(1).double())
    record_property("cost above the least, label seen", round(seen, 3))
    record_property("label not seen", round(abs(blind.item() + math.log(4)), 3))
    assert seen > 0.1
    assert blind.item() == pytest.approx(-math.log(4))


def test_what_is_asked_for_is_what_is_drawn(record_property):
    x, y = ring(1000)
    centres = torch.stack([x[y.argmax(1) == label].mean(0) for label in range(4)])
    G, D = small()
    train(G, D, x, y, steps=240)
    asked = torch.arange(4).repeat(50)
    with torch.no_grad():
        nearest = torch.cdist(draw(G, F.one_hot(asked, 4).float()), centres).argmin(1)
    share = (nearest == asked).float().mean().item()
    record_property("share drawn as asked", share)
    assert share > 0.9


def test_two_rounds_of_the_game_equal_cross_entropy_training_written_out():
    x, y = ring(50)
    G, D = small()
    G2, D2 = copy.deepcopy(G), copy.deepcopy(D)
    torch.manual_seed(5)
    train(G, D, x, y, steps=2, batch=8)
    torch.manual_seed(5)
    play_d = torch.optim.Adam(D2.parameters(), lr=1e-2, betas=(0.5, 0.999))
    play_g = torch.optim.Adam(G2.parameters(), lr=3e-3, betas=(0.5, 0.999))
    one, zero, entropy = torch.ones(8), torch.zeros(8), F.binary_cross_entropy_with_logits
    for _ in range(2):
        chosen = torch.randint(50, (8,))
        fake = G2(2 * torch.rand(8, 4) - 1, y[chosen])
        loss = entropy(D2(x[chosen], y[chosen]), one) + entropy(D2(fake.detach(), y[chosen]), zero)
        play_d.zero_grad()
        loss.backward()
        play_d.step()
        play_g.zero_grad()
        entropy(D2(fake, y[chosen]), one).backward()
        play_g.step()
    for ours, theirs in ((G, G2), (D, D2)):
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    assert inspect.signature(train).parameters["batch"].default == 64


def test_the_full_networks_have_the_papers_layers(record_property):
    with torch.device("meta"):
        G, D = Generator(), Discriminator()
        image = G(torch.zeros(3, 100), torch.zeros(3, 10))
        assert image.shape == (3, 784)
        assert D(image, torch.zeros(3, 10)).shape == (3,)
    shapes = {name: tuple(p.shape) for name, p in G.named_parameters() if "weight" in name}
    assert list(shapes.values()) == [(200, 100), (1000, 10), (1200, 1200), (784, 1200)]
    shapes = {name: tuple(p.shape) for name, p in D.named_parameters() if "weight" in name}
    assert list(shapes.values()) == [(240 * 5, 784), (50 * 5, 10), (240 * 4, 290), (1, 240)]
    assert (G.noise, G.drop.p, D.drop.p) == (100, 0.5, 0.5)
    for name, net in (("generator", G), ("discriminator", D)):
        record_property(f"{name} parameters", sum(p.numel() for p in net.parameters()))


def test_the_generator_written_out():
    G = Generator(5, 3, 4, (6, 7, 8)).eval()
    z, y = torch.randn(2, 4), torch.eye(3)[:2]
    h = torch.cat([F.relu(G.from_z(z)), F.relu(G.from_y(y))], 1)
    torch.testing.assert_close(G(z, y), torch.sigmoid(G.out(F.relu(G.joint(h)))))


def test_the_discriminator_written_out():
    D = Discriminator(5, 3, (6, 7, 8)).eval()
    x, y = torch.rand(2, 5), torch.eye(3)[:2]
    h = torch.cat([D.from_x(x), D.from_y(y)], 1)
    torch.testing.assert_close(D(x, y), D.out(D.joint(h))[:, 0])


@pytest.mark.parametrize("net", [Generator(5, 3, 4, (6, 7, 8)), Discriminator(5, 3, (6, 7, 8))])
def test_dropout_stands_before_and_after_the_joint_layer(net, monkeypatch):
    seen = []
    monkeypatch.setattr(nn.Dropout, "forward", lambda _, h: seen.append(h.shape[1]) or h)
    net(torch.rand(2, 4 if isinstance(net, Generator) else 5), torch.eye(3)[:2])
    assert seen == [13, 8]


def test_maxout_takes_the_largest_piece_by_hand():
    layer = Maxout(1, 2, 3)
    layer.linear.weight.data = torch.tensor([[1.0], [2.0], [-3.0], [0.0], [-1.0], [0.5]])
    layer.linear.bias.data.zero_()
    assert layer(torch.tensor([[2.0], [-2.0]])).tolist() == [[4.0, 1.0], [6.0, 2.0]]


def test_the_ring_by_hand():
    x, y = ring(4000)
    assert y.shape == (4000, 4) and torch.equal(y.sum(1), torch.ones(4000))
    for label, centre in enumerate([(0.85, 0.5), (0.5, 0.85), (0.15, 0.5), (0.5, 0.15)]):
        blob = x[y[:, label] == 1]
        assert blob.mean(0).tolist() == pytest.approx(centre, abs=0.004)
        assert blob.std(0).tolist() == pytest.approx([0.02, 0.02], abs=0.002)
        assert abs(torch.corrcoef(blob.T)[0, 1]) < 0.15        # round: about 1000 points in each
    assert ring(10, labels=6)[1].shape == (10, 6)


def test_noise_is_uniform_between_minus_one_and_one(monkeypatch):
    seen = []
    monkeypatch.setattr(Generator, "forward", lambda _, z, __: seen.append(z) or z)
    draw(small()[0], torch.zeros(1000, 4))
    assert seen[0].shape == (1000, 4)
    assert -1 <= seen[0].min() < -0.99 and 0.99 < seen[0].max() <= 1


def test_the_small_players_leave_dropout_out():
    G, D = small(3)
    assert (G.drop.p, D.drop.p, G.noise) == (0.0, 0.0, 4)
    assert [p.shape[0] for p in G.parameters()][::2] == [16, 32, 64, 2]
    assert [p.shape[0] for p in D.parameters()][::2] == [160, 80, 128, 1]
    assert G.from_y.in_features == D.from_y.linear.in_features == 3
    assert small()[0].from_y.in_features == 4
