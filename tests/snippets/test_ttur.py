"""Two time-scale update rule and the Fréchet inception distance: the paper's claims."""

from itertools import pairwise

import pytest
import torch
from scipy.linalg import sqrtm
from scipy.optimize import linear_sum_assignment

from snippets.ttur import (
    LEVELS,
    digits,
    fid,
    frechet_distance,
    gaussian_noise,
    play,
    rate,
    rectangles,
    root,
)


def covariance(size: int) -> torch.Tensor:
    factor = torch.randn(size, size, dtype=torch.double)
    return factor @ factor.T / size + 0.1 * torch.eye(size, dtype=torch.double)


def test_the_root_of_a_matrix_squares_to_it_and_a_tiny_negative_eigenvalue_does_no_harm():
    C = covariance(6)
    torch.testing.assert_close(root(C) @ root(C), C)
    assert torch.linalg.eigvalsh(root(C)).min() > 0
    rounded = torch.diag(torch.tensor([4.0, -1e-9]))
    assert torch.equal(root(rounded), torch.diag(torch.tensor([2.0, 0.0])))


def test_distance_and_gradient_equal_scipys_matrix_root_and_finite_differences():
    m, m_w = torch.randn(2, 5, dtype=torch.double)
    C, C_w = covariance(5), covariance(5)
    expected = (m - m_w).square().sum() + torch.trace(
        C + C_w - 2 * torch.tensor(sqrtm((C @ C_w).numpy()).real)
    )
    torch.testing.assert_close(frechet_distance(m, C, m_w, C_w), expected)
    assert torch.autograd.gradcheck(frechet_distance, [m.requires_grad_(), C, m_w, C_w])


def test_two_gaussians_on_a_line_by_hand():
    one = torch.ones(1)
    # (5 − 2)² + 3² + 1² − 2 · 3 · 1
    distance = frechet_distance(5 * one, 9 * one[:, None], 2 * one, one[:, None])
    assert distance.item() == pytest.approx(13.0)


def test_the_distance_is_symmetric_and_zero_only_for_equal_gaussians():
    m, C, C_w = torch.zeros(4, dtype=torch.double), covariance(4), covariance(4)
    assert frechet_distance(m, C, m, C).item() == pytest.approx(0, abs=1e-9)
    there, back = frechet_distance(m, C, m + 1, C_w), frechet_distance(m + 1, C_w, m, C)
    torch.testing.assert_close(there, back)
    assert there > 4


def test_singular_covariances_have_a_distance_too():
    C = torch.diag(torch.tensor([1.0, 0.0, 0.0]))
    m = torch.zeros(3)
    assert frechet_distance(m, C, m, 4 * C).item() == pytest.approx(1.0, abs=1e-4)


def test_the_distance_is_the_cost_of_moving_one_gaussian_onto_the_other(record_property):
    m, m_w = torch.zeros(2, dtype=torch.double), torch.tensor([2.0, 1.0], dtype=torch.double)
    C = torch.tensor([[1.0, 0.5], [0.5, 0.5]], dtype=torch.double)
    C_w = torch.tensor([[2.0, -0.8], [-0.8, 1.0]], dtype=torch.double)
    n = 500
    x = torch.randn(n, 2, dtype=torch.double) @ torch.linalg.cholesky(C).T
    x_w = m_w + torch.randn(n, 2, dtype=torch.double) @ torch.linalg.cholesky(C_w).T
    cost = torch.cdist(x, x_w).square().numpy()
    moved = cost[linear_sum_assignment(cost)].mean()
    closed = frechet_distance(m, C, m_w, C_w).item()
    record_property("closed form", round(closed, 2))
    record_property("cheapest matching of 500 samples", round(float(moved), 2))
    assert moved == pytest.approx(closed, rel=0.1)


def test_fid_compares_means_and_covariances_of_features():
    x, y = torch.randn(50, 3, dtype=torch.double), torch.randn(40, 3, dtype=torch.double) + 1
    centred = x - x.mean(0)
    C = centred.T @ centred / 49
    centred = y - y.mean(0)
    C_w = centred.T @ centred / 39
    assert fid(x, y) == pytest.approx(frechet_distance(x.mean(0), C, y.mean(0), C_w).item())
    assert fid(x, x + 2) == pytest.approx(12.0)


@pytest.mark.parametrize("disturb", [gaussian_noise, rectangles])
def test_fid_grows_with_the_level_of_disturbance(disturb, record_property):
    x = digits()
    distances = [fid(x.flatten(1), disturb(x, level).flatten(1)) for level in LEVELS]
    for level, distance in zip(LEVELS, distances, strict=True):
        record_property(f"FID at {level}", round(distance, 3))
    assert distances[0] == pytest.approx(0, abs=1e-6)
    assert all(b > a + 0.1 for a, b in pairwise(distances))


def test_noise_is_mixed_in_by_the_share_asked_for():
    x = torch.full((50, 8, 8), 10.0)
    assert torch.equal(gaussian_noise(x, 0), x)
    mixed = gaussian_noise(x, 0.25)
    assert mixed.mean().item() == pytest.approx(7.5, abs=0.02)
    assert mixed.std().item() == pytest.approx(0.25, rel=0.05)


def test_squares_are_black_lie_inside_the_image_and_anywhere_in_it():
    x = torch.ones(400, 8, 8)
    dark = rectangles(x, 0.5) == 0
    assert (dark.sum(dim=(1, 2)) == 16).all()
    assert (dark.any(dim=1).sum(dim=1) == 4).all()
    assert (dark.any(dim=2).sum(dim=1) == 4).all()
    assert dark.any(dim=0).all()
    assert x.min() == 1                                       # the images given stay as they were


def test_digits_lie_between_0_and_1():
    x = digits()
    assert x.shape == (1797, 8, 8)
    assert (x.min(), x.max()) == (0, 1)


def test_one_step_of_the_game_by_hand():
    path = play(torch.tensor([0.1, 0.2]), torch.tensor([0.3, 0.4]))
    # θ: 1 + 0.1 · 1.5, w: 0 − 0.3 · 2; then 1.15 + 0.2 (−1.2 + 1.725), −0.6 + 0.4 (−2.3 + 0.6)
    expected = [1.0, 0.0, 1.15, -0.6, 1.255, -1.28]
    assert path.flatten().tolist() == pytest.approx(expected)


def test_noise_enters_both_gradients_by_its_spread():
    steps = torch.ones(1)
    clean = play(steps, steps)[1]
    ends = torch.stack([play(steps, steps, spread=0.5)[1] for _ in range(1000)])
    torch.testing.assert_close(ends.mean(0), clean, atol=0.06, rtol=0)
    assert ends.std(0).tolist() == pytest.approx([0.5, 0.5], rel=0.08)
    assert abs(torch.corrcoef(ends.T)[0, 1]) < 0.1


def test_the_game_settles_with_two_rates_and_not_with_one(record_property):
    slow = rate(0.1, 0, 300)
    for factor in (1, 3, 10):
        distance = play(slow / factor, slow)[-1].norm().item()
        record_property(f"distance at b = {factor}a", f"{distance:.2g}")
        assert (distance > 10) if factor == 1 else (distance < 0.01)


def test_with_noise_it_settles_if_a_falls_faster_than_b(record_property):
    a, b = rate(0.5, 0.9, 1000), rate(0.5, 0.6, 1000)
    two = play(a, b, spread=1.0)[-100:].norm(dim=1).mean().item()
    one = play(b, b, spread=1.0)[-100:].norm(dim=1).mean().item()
    record_property("distance, two time scales", round(two, 2))
    record_property("distance, one", f"{one:.2g}")
    assert two < 0.5
    assert one > 10


def test_rates_fall_with_the_power_of_the_step():
    assert rate(0.5, 1, 4).tolist() == pytest.approx([0.5, 0.25, 0.5 / 3, 0.125])
    assert rate(0.5, 0, 3).tolist() == [0.5, 0.5, 0.5]
