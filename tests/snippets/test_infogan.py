"""InfoGAN: the paper's claims."""

import copy
import inspect
import math

import pytest
import torch
from sklearn.metrics import mutual_info_score
from torch import nn
from torch.distributions import Categorical, Normal, Uniform
from torch.nn import functional as F

from snippets.infogan import (
    InfoGAN,
    mnist_infogan,
    mutual_information,
    posterior,
    ring,
    small_infogan,
    table_bound,
    train,
)


@pytest.fixture
def p_x() -> torch.Tensor:
    return torch.softmax(2 * torch.randn(3, 5).double(), 1)


@pytest.fixture
def p_c() -> torch.Tensor:
    return torch.tensor([0.5, 0.3, 0.2]).double()


def plain(noise: int = 1) -> InfoGAN:
    """Linear maps throughout: three categories, two uniform codes."""
    size = noise + 5
    heads = nn.Linear(6, 1), nn.Linear(6, 5)
    return InfoGAN(nn.Linear(size, 4), nn.Linear(4, 6), *heads, noise, 3, 2)


def test_information_of_a_table_equals_that_of_the_pairs_it_counts():
    counts = torch.tensor([[4, 1, 3], [0, 5, 3]]) + 1
    cells = [(i, j) for i in range(2) for j in range(3) for _ in range(counts[i, j])]
    c, x = zip(*cells, strict=True)
    p_c = counts.sum(1) / counts.sum()
    ours = mutual_information(counts / counts.sum(1, keepdim=True), p_c).item()
    assert ours == pytest.approx(mutual_info_score(c, x), abs=1e-6)


def test_information_by_hand():
    half = torch.tensor([0.5, 0.5])
    sure = torch.tensor([[1 - 1e-7, 1e-7], [1e-7, 1 - 1e-7]])
    assert mutual_information(sure, half).item() == pytest.approx(math.log(2), abs=1e-5)
    assert mutual_information(half.expand(2, 2), half).item() == pytest.approx(0, abs=1e-7)


def test_the_bound_falls_short_by_the_divergence_of_the_guess_from_the_posterior(p_x, p_c):
    q = torch.softmax(torch.randn(3, 5).double(), 0)
    true = posterior(p_x, p_c)
    gap = mutual_information(p_x, p_c) - table_bound(p_x, p_c, q)
    divergence = ((p_c @ p_x) * (true * (true / q).log()).sum(0)).sum()
    torch.testing.assert_close(gap, divergence)
    assert gap > 0.01


def test_the_bound_is_tight_for_the_true_posterior_and_only_climbs_to_it(
    p_x, p_c, record_property
):
    information = mutual_information(p_x, p_c).item()
    assert table_bound(p_x, p_c, posterior(p_x, p_c)).item() == pytest.approx(information)
    logits = torch.zeros(3, 5, dtype=torch.double, requires_grad=True)
    climb = torch.optim.Adam([logits], lr=0.1, maximize=True)
    for _ in range(300):
        climb.zero_grad()
        bound = table_bound(p_x, p_c, logits.softmax(0))
        bound.backward()
        climb.step()
        assert bound.item() < information + 1e-9
    record_property("information", round(information, 4))
    record_property("bound found by ascent", round(bound.item(), 4))
    assert bound.item() == pytest.approx(information, abs=1e-3)


def test_posterior_by_hand():
    found = posterior(torch.tensor([[0.8, 0.2], [0.4, 0.6]]), torch.tensor([0.25, 0.75]))
    assert found[:, 0].tolist() == pytest.approx([0.4, 0.6])
    assert found[:, 1].tolist() == pytest.approx([0.1, 0.9])


def test_the_estimate_equals_torchs_densities_plus_the_entropy_of_the_code():
    net, x = plain().double(), torch.randn(50, 4).double()
    c = net.sample_code(50).double()
    guess = net.q(net.body(x))
    log_q = Categorical(logits=guess[:, :3]).log_prob(c[:, :3].argmax(1))
    log_q = log_q + Normal(guess[:, 3:], 1.0).log_prob(c[:, 3:]).sum(1)
    entropy = Categorical(logits=torch.zeros(3)).entropy() + 2 * Uniform(-1.0, 1.0).entropy()
    torch.testing.assert_close(net.bound(x, c), log_q.mean() + entropy, check_dtype=False)


def test_a_blind_guess_gains_nothing():
    net = small_infogan()
    for p in net.q.parameters():
        nn.init.zeros_(p)
    assert net.bound(torch.rand(9, 2), net.sample_code(9)).item() == pytest.approx(0, abs=1e-6)


def test_codes_are_a_category_and_uniform_numbers():
    c = plain().sample_code(3000)
    assert c.shape == (3000, 5)
    assert c[:, :3].mean(0).tolist() == pytest.approx([1 / 3] * 3, abs=0.03)
    assert torch.equal(c[:, :3].sum(1), torch.ones(3000))
    assert -1 <= c[:, 3:].min() < -0.99 and 0.99 < c[:, 3:].max() <= 1


def test_noise_is_uniform_and_comes_before_the_code():
    net = plain(noise=7)
    net.generator = nn.Identity()
    c = net.sample_code(2000)
    h = net.generate(c)
    assert h.shape == (2000, 12) and torch.equal(h[:, 7:], c)
    assert -1 <= h[:, :7].min() < -0.99 and 0.99 < h[:, :7].max() <= 1


def test_the_code_is_recovered_only_with_the_information_term(record_property):
    bounds = {}
    for lam in (1.0, 0.0):
        torch.manual_seed(0)
        net = small_infogan()
        train(net, ring(1000), steps=160, lam=lam)
        c = net.sample_code(800)
        with torch.no_grad():
            bounds[lam] = net.bound(net.generate(c), c).item()
        record_property(f"nats explained with lambda {lam:.0f}", round(bounds[lam], 2))
    assert bounds[1.0] > 0.9 * math.log(4) > 0.6 > bounds[0.0]


def test_each_category_comes_to_draw_a_blob_of_its_own_without_labels(record_property):
    net = small_infogan()
    train(net, ring(1000), steps=240)
    angle = torch.arange(4) * math.pi / 2
    centres = 0.5 + 0.35 * torch.stack([angle.cos(), angle.sin()], 1)
    c = net.sample_code(800)
    with torch.no_grad():
        blob = torch.cdist(net.generate(c), centres).argmin(1)
    shared = mutual_info_score(c.argmax(1), blob)
    record_property("nats shared by code and blob", round(shared, 2))
    assert shared > 0.9 * math.log(4)


def test_two_rounds_of_the_game_equal_training_written_out():
    x = ring(50)
    ours = small_infogan()
    net = copy.deepcopy(ours)
    torch.manual_seed(5)
    train(ours, x, steps=2, lam=0.5, batch=8)
    torch.manual_seed(5)
    rest = [p for name, p in net.named_parameters() if not name.startswith("generator")]
    play_d = torch.optim.Adam(rest, lr=5e-3, betas=(0.5, 0.999))
    play_g = torch.optim.Adam(net.generator.parameters(), lr=3e-3, betas=(0.5, 0.999))
    one, zero, entropy = torch.ones(8), torch.zeros(8), F.binary_cross_entropy_with_logits
    for _ in range(2):
        category = torch.randint(4, (8,))
        c = torch.cat([F.one_hot(category, 4), 2 * torch.rand(8, 0) - 1], 1)
        fake = net.generator(torch.cat([2 * torch.rand(8, 4) - 1, c], 1))
        real = x[torch.randint(50, (8,))]
        judged = [net.d(net.body(v))[:, 0] for v in (real, fake.detach())]
        guess = F.cross_entropy(net.q(net.body(fake.detach())), category)
        play_d.zero_grad()
        (entropy(judged[0], one) + entropy(judged[1], zero) + guess).backward()
        play_d.step()
        play_g.zero_grad()
        guess = F.cross_entropy(net.q(net.body(fake)), category)
        (entropy(net.d(net.body(fake))[:, 0], one) + 0.5 * guess).backward()
        play_g.step()
    for a, b in zip(ours.parameters(), net.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    defaults = inspect.signature(train).parameters
    assert (defaults["lam"].default, defaults["batch"].default) == (1.0, 64)


def test_q_costs_little_because_it_shares_the_body(record_property):
    with torch.device("meta"):
        net = mnist_infogan()
        x = net.generate(net.sample_code(2))
        assert x.shape == (2, 1, 28, 28)
        assert net.body(x).shape == (2, 1024) and net.judge(x).shape == (2,)
        assert net.q(net.body(x)).shape == (2, 12)
    count = {name: sum(p.numel() for p in part.parameters()) for name, part in net.named_children()}
    assert count["generator"] == 74 * 1024 + 2 * 1024 + 1024 * 6272 + 2 * 6272 + (
        128 * 64 * 16 + 2 * 64 + 64 * 16 + 1
    )
    assert count["body"] == 17 * 64 + 64 * 128 * 16 + 2 * 128 + 6272 * 1024 + 2 * 1024
    assert (count["d"], count["q"]) == (1025, 1024 * 128 + 2 * 128 + 129 * 12)
    share = count["q"] / sum(count.values())
    record_property("share of parameters that Q adds (%)", round(100 * share, 1))
    assert share < 0.02
    slopes = [m.negative_slope for m in net.modules() if isinstance(m, nn.LeakyReLU)]
    assert slopes == [0.1] * 4
    assert (net.noise, net.categories, net.uniform) == (62, 10, 2)


def test_layers_of_the_full_networks_in_order():
    with torch.device("meta"):
        net = mnist_infogan()
    shapes = []
    h = torch.zeros(2, 74, device="meta")
    for layer in net.generator:
        h = layer(h)
        shapes.append(tuple(h.shape[1:]))
    assert list(dict.fromkeys(shapes)) == [
        (1024,), (6272,), (128, 7, 7), (64, 14, 14), (1, 28, 28)
    ]
    assert [tuple(net.body[i].weight.shape) for i in (0, 2)] == [(64, 1, 4, 4), (128, 64, 4, 4)]
    kinds = [type(layer).__name__ for layer in net.generator]
    assert [kinds.index("Unflatten"), kinds.count("ReLU"), kinds[-1]] == [6, 3, "Sigmoid"]


def test_the_small_nets():
    net = small_infogan()
    assert [p.numel() for p in net.generator.parameters()] == [512, 64, 4096, 64, 128, 2]
    assert [p.numel() for p in net.body.parameters()] == [128, 64, 4096, 64]
    kinds = [type(layer).__name__ for layer in net.generator]
    assert kinds == ["Linear", "ReLU", "Linear", "ReLU", "Linear", "Sigmoid"]
    assert [m.negative_slope for m in net.body[1::2]] == [0.1, 0.1]
    assert (net.noise, net.categories, net.uniform) == (4, 4, 0)
    assert net.generate(net.sample_code(3)).shape == (3, 2)


def test_the_ring_has_four_small_blobs():
    x = ring(4000)
    sides = x - 0.5
    assert sides.norm(dim=1).mean().item() == pytest.approx(0.35, abs=0.003)
    assert sides.norm(dim=1).std().item() == pytest.approx(0.02, abs=0.002)
    assert (sides.abs().amin(1) < 0.1).all()                   # on the axes
    assert sides.mean(0).abs().max() < 0.03
    assert x.shape == (4000, 2)
