"""Anomaly detection by reconstruction error: the paper's claims."""

from functools import cache, partial

import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from torch.nn import functional as F

from snippets.anomaly_autoencoder import (
    Autoencoder,
    auc,
    detection,
    digits,
    faulty,
    lorenz,
    pca,
    score,
    sensors,
    train,
    velocity,
)


@cache
def readings() -> torch.Tensor:
    return sensors(lorenz(1500, seed=0))


@cache
def areas(name: str) -> list[float]:
    learn, judge = readings()[:1000], readings()[1000:]
    if name == "PCA":
        return detection(lambda x: pca(learn, 3, x), judge)
    options = {"noise": 0.1} if name == "denoising" else {}
    return detection(train(learn, 32, 3, steps=600, **options), judge)


def test_the_score_is_the_length_of_what_the_reconstruction_misses():
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert score(x, lambda _: torch.tensor([[1.0, 2.0], [0.0, 0.0]])).tolist() == [0, 5]


def test_pca_equals_scikit_learns():
    x, y = torch.randn(50, 6) @ torch.randn(6, 6) + 3, torch.randn(8, 6)
    theirs = PCA(2, svd_solver="full").fit(x.numpy())
    expected = theirs.inverse_transform(theirs.transform(y.numpy()))
    torch.testing.assert_close(pca(x, 2, y), torch.tensor(expected), rtol=1e-3, atol=1e-3)


def test_the_area_under_the_curve_equals_scikit_learns_ties_included():
    normal, abnormal = torch.randint(6, (40,)), torch.randint(2, 9, (30,))
    truth = [0] * 40 + [1] * 30
    expected = roc_auc_score(truth, torch.cat([normal, abnormal]))
    assert auc(normal, abnormal) == pytest.approx(expected)


def test_everything_passes_the_bottleneck():
    model = Autoencoder(7, 5, 2)
    shapes = [tuple(p.shape) for p in model.parameters() if p.ndim == 2]
    assert shapes == [(5, 7), (2, 5), (5, 2), (7, 5)]
    x = torch.randn(3, 7)
    e, d = model.encoder, model.decoder
    z = F.linear(torch.tanh(F.linear(x, e[0].weight, e[0].bias)), e[2].weight, e[2].bias)
    y = F.linear(torch.tanh(F.linear(z, d[0].weight, d[0].bias)), d[2].weight, d[2].bias)
    torch.testing.assert_close(model(x), y)
    assert torch.linalg.matrix_rank(torch.func.jacrev(model)(x[0])) == 2


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_training_restores_the_clean_sample_from_a_noisy_copy(noise):
    normal = torch.randn(30, 4)
    torch.manual_seed(3)
    model = Autoencoder(4, 6, 2)
    optimiser = torch.optim.Adam(model.parameters())
    for step in range(3):
        for group in optimiser.param_groups:
            group["lr"] = 5e-3 * (1 - (1 - 0.02) * step / 3)       # straight down to a fiftieth
        x = normal[torch.randint(30, (100,))]
        loss = ((model(x + noise * torch.randn_like(x)) - x) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    ours = train(normal, 6, 2, noise=noise, steps=3, seed=3)
    for a, b in zip(ours.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_a_linear_autoencoder_can_do_no_better_than_pca():
    x = torch.randn(200, 5) @ torch.randn(5, 5) + 3
    model = Autoencoder(5, 5, 2)
    model.encoder[1] = model.decoder[1] = torch.nn.Identity()      # in the place of tanh
    optimiser = torch.optim.LBFGS(model.parameters(), max_iter=80, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        value = (x - model(x)).square().sum(1).mean()
        value.backward()
        return value

    optimiser.step(loss)
    learned = score(x, model).square().mean().item()
    best = score(x, lambda x: pca(x, 2, x)).square().mean().item()
    assert best - 1e-4 <= learned <= 1.05 * best


def test_the_velocity_is_lorenzs_and_rests_at_his_fixed_points():
    assert velocity(torch.tensor([[1.0, 2.0, 3.0]])).tolist() == [
        pytest.approx([10.0, 23.0, -6.0])]
    c = 72**0.5
    rest = torch.tensor([[0.0, 0.0, 0.0], [c, c, 27.0], [-c, -c, 27.0]])
    assert velocity(rest).abs().max() < 1e-4


def test_the_states_follow_the_equations():
    from scipy.integrate import solve_ivp

    start = torch.randn(2, 3, generator=torch.Generator().manual_seed(4))
    start[:, 2] += 25
    for a, b in zip(start, lorenz(2, seed=4, dt=0.01, steps=40), strict=True):
        path = solve_ivp(lambda _, s: velocity(torch.tensor(s)[None])[0].numpy(), (0, 0.4),
                         a.double().numpy(), rtol=1e-8, atol=1e-8)
        assert b.tolist() == pytest.approx(path.y[:, -1].tolist(), abs=2e-3)


def test_the_defaults_run_ten_units_of_time_onto_the_attractor():
    slow = lorenz(200, seed=0)
    torch.testing.assert_close(slow, lorenz(200, seed=0, dt=0.02, steps=500))
    assert slow[:, 2].min() > 0 and slow[:, 2].max() < 50
    assert slow[:, 2].mean().item() == pytest.approx(23.5, abs=2.5)
    assert 0.3 < (slow[:, 0] > 0).float().mean() < 0.7             # both wings


def test_nine_sensors_read_three_states():
    state = torch.randn(50, 3) * 8 + torch.tensor([0.0, 0.0, 23.5])
    x = sensors(state)
    a, b, c = ((state - torch.tensor([0.0, 0.0, 23.5])) / 8).T     # their unit does not matter
    raw = torch.stack([a, b, c, a * a, a * b, a * c, b * b, b * c, c * c], dim=1)
    torch.testing.assert_close(x, (raw - raw.mean(0)) / raw.std(0))


def test_a_fault_keeps_each_sensors_readings_and_breaks_only_their_relation():
    x = torch.randn(20, 4)
    y = faulty(x, 2)
    assert sorted(y[:, 2].tolist()) == sorted(x[:, 2].tolist())
    assert y[1:, 2].tolist() == x[:-1, 2].tolist()
    assert torch.equal(y[:, [0, 1, 3]], x[:, [0, 1, 3]])
    assert not torch.equal(y, x)


def test_faults_are_tried_in_every_sensor():
    x = torch.arange(12.0).reshape(4, 3) ** 2
    first = detection(lambda y: y * torch.tensor([1.0, 1.0, 0.0]), x)
    assert first[:2] == [0.5, 0.5] and len(first) == 3


def test_held_out_digits_are_kept_from_learning():
    learn, judge, unknown = digits(held_out=3)
    assert (len(learn), len(judge), len(unknown)) == (1000, 614, 183)
    assert learn.max() == 1 and judge.min() == 0


def test_curved_relations_are_caught_where_pca_fails(record_property):
    linear, curved = areas("PCA"), areas("autoencoder")
    record_property("AUC of PCA, mean", round(sum(linear) / 9, 3))
    record_property("AUC of the autoencoder, mean", round(sum(curved) / 9, 3))
    assert all(a > b + 0.04 for a, b in zip(curved, linear, strict=True))
    assert sum(curved) / 9 > sum(linear) / 9 + 0.12


def test_noise_in_training_does_not_help_on_clean_sensors():
    assert abs(sum(areas("denoising")) - sum(areas("autoencoder"))) / 9 < 0.05
    assert sum(areas("denoising")) > sum(areas("PCA")) + 9 * 0.1


def test_an_unknown_digit_is_restored_worse_than_known_ones(record_property):
    """Of the ten, 2 and 6 gain most over PCA; 4, 5 and 8 gain nothing (0.02 on average)."""
    for digit in (2, 6):
        learn, judge, unknown = digits(held_out=digit)
        model = train(learn, hidden=64, bottleneck=4, steps=200)
        area = auc(score(judge, model), score(unknown, model))
        linear = auc(*(score(x, partial(pca, learn, 4)) for x in (judge, unknown)))
        record_property(f"AUC of the autoencoder, digit {digit}", round(area, 3))
        record_property(f"AUC of PCA, digit {digit}", round(linear, 3))
        assert area > 0.85
        assert area > linear + 0.03
