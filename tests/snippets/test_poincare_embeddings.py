"""Poincaré embeddings: the paper's claims, and which space suits which data."""

import math
from functools import cache

import networkx as nx
import pytest
import torch

from snippets.poincare_embeddings import (
    chart,
    closure,
    distances,
    distortion,
    embed,
    euclidean,
    examples,
    exceptions,
    link_probability,
    mean_average_precision,
    path_lengths,
    poincare,
    project,
    ranking_loss,
    riemannian_gradient,
    spherical,
)


@cache
def missed(name: str) -> dict[str, float]:
    wanted = examples()[name]
    return {d.__name__: distortion(wanted, d) for d in (euclidean, spherical, poincare)}


@cache
def embedded(distance, epochs: int = 200) -> torch.Tensor:
    return embed(closure(exceptions()), distance, epochs=epochs)


def points(n: int = 6, dim: int = 3) -> torch.Tensor:
    x = torch.randn(n, dim, dtype=torch.double)
    return 0.9 * torch.rand(n, 1, dtype=torch.double) * x / x.norm(dim=1, keepdim=True)


def test_the_distance_is_that_of_equation_1():
    u, v = points(), points()
    gap = ((u - v) ** 2).sum(1)
    expected = torch.acosh(1 + 2 * gap / ((1 - (u**2).sum(1)) * (1 - (v**2).sum(1))))
    torch.testing.assert_close(poincare(u, v), expected)


def test_the_distance_is_the_length_of_the_shortest_path_in_the_metric_of_the_ball():
    """Rotate u to the centre by a Möbius map: the geodesic is then a ray, to be integrated."""
    u, v = torch.tensor([0.5, 0.2]).double(), torch.tensor([-0.3, 0.6]).double()
    a, b = complex(*u.tolist()), complex(*v.tolist())
    rho = abs((b - a) / (1 - a.conjugate() * b))
    t = torch.linspace(0, rho, 20001, dtype=torch.double)
    length = torch.trapezoid(2 / (1 - t**2), t)                    # ds = 2 |dx| / (1 - |x|²)
    torch.testing.assert_close(poincare(u, v), length, rtol=1e-6, atol=0)


def test_from_the_centre_the_distance_runs_away_to_infinity_at_the_rim():
    far = [poincare(torch.zeros(2), torch.tensor([r, 0.0])).item() for r in (0.5, 0.9, 0.99)]
    assert far == pytest.approx([math.log((1 + r) / (1 - r)) for r in (0.5, 0.9, 0.99)], rel=1e-5)


def test_nearby_points_keep_a_finite_gradient():
    u = torch.tensor([1e-5, 0.0], requires_grad=True)
    poincare(u, torch.zeros(2)).backward()
    assert u.grad.tolist() == pytest.approx([2.0, 0.0])


def test_the_sphere_measures_the_angle_and_the_plane_the_line():
    u, v = torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.5, 3**0.5 / 2, 0.0])
    assert spherical(u, v).item() == pytest.approx(math.pi / 3)
    assert spherical(u, -u).item() == pytest.approx(math.pi, abs=3e-3)
    w = torch.tensor([1 - 2e-3, 0.0, 0.0])
    opposite = torch.tensor([-1.0, 0.0, 0.0], requires_grad=True)
    spherical(u, opposite).backward()                              # no infinity at the far side
    assert opposite.grad.isfinite().all()
    assert math.pi - spherical(w, -w).item() > 0.05
    assert euclidean(torch.tensor([1.0, 2.0]), torch.tensor([4.0, 6.0])).item() == 5


def test_the_riemannian_gradient_is_the_steepest_ascent_in_the_balls_metric():
    theta, gradient = points(), torch.randn(6, 3, dtype=torch.double)
    metric = (2 / (1 - theta.square().sum(1))) ** 2                # g = lambda² I
    solved = torch.stack([torch.linalg.solve(g * torch.eye(3).double(), e)
                          for g, e in zip(metric, gradient, strict=True)])
    torch.testing.assert_close(riemannian_gradient(theta, gradient), solved)


def test_points_outside_come_back_to_just_inside_and_the_others_stay():
    x = torch.tensor([[3.0, 4.0], [0.3, 0.4], [1.0, 0.0]])
    y = project(x)
    assert y[1].tolist() == x[1].tolist()
    assert y[0].tolist() == pytest.approx([0.6, 0.8], abs=2e-5)
    assert [1 - n for n in y.norm(dim=1)[[0, 2]].tolist()] == pytest.approx([1e-5, 1e-5], rel=0.02)


def test_the_link_probability_is_fermi_and_diracs():
    d, r, t = torch.tensor([0.5, 2.0, 5.0]), 2.0, 0.7
    expected = [1 / (math.exp((x - r) / t) + 1) for x in d.tolist()]
    assert link_probability(d, r, t).tolist() == pytest.approx(expected)
    assert expected[1] == 0.5


def test_the_taxonomy_holds_each_class_with_all_of_its_ancestors():
    classes = exceptions()
    assert classes == sorted(set(classes), key=lambda e: e.__name__) and len(classes) > 50
    related = closure(classes)
    at = {c.__name__: i for i, c in enumerate(classes)}
    assert related[at["FileNotFoundError"]].sum() == 3             # OSError, Exception, Base...
    assert related[at["FileNotFoundError"], at["OSError"]]
    assert not related[at["OSError"], at["FileNotFoundError"]]
    assert related[at["BaseException"]].sum() == 0 and not related.diagonal().any()
    assert related[:, at["BaseException"]].sum() == len(classes) - 1


def test_all_pairs_are_symmetric_and_nothing_is_its_own_neighbour():
    theta = points(5, 2).float()
    d = distances(theta, poincare)
    assert d.diagonal().isinf().all()
    for i in range(5):
        for j in range(5):
            if i != j:
                assert d[i, j].item() == pytest.approx(poincare(theta[i], theta[j]).item())


def test_the_loss_ranks_each_related_pair_against_the_unrelated_ones_of_its_row():
    d = torch.rand(5, 5) * 3
    d = (d + d.T).masked_fill(torch.eye(5, dtype=torch.bool), torch.inf)
    related = torch.zeros(5, 5, dtype=torch.bool)
    related[0, 1] = related[0, 2] = related[3, 1] = True
    losses = []
    for u, v in ((0, 1), (0, 2), (3, 1)):
        rivals = [w for w in range(5) if w != u and not related[u, w]] + [v]
        total = sum(math.exp(-d[u, w].item()) for w in rivals)
        losses.append(-math.log(math.exp(-d[u, v].item()) / total))
    assert ranking_loss(d, related).item() == pytest.approx(sum(losses) / 3, rel=1e-5)


def test_mean_average_precision_by_hand():
    d = torch.tensor([[9.0, 1.0, 2.0, 3.0], [1.0, 9.0, 2.0, 3.0], [1.0, 2.0, 9.0, 3.0]])
    related = torch.zeros(3, 4, dtype=torch.bool)
    related[0, 1] = related[0, 3] = True                           # places 1 and 3: (1 + 2/3) / 2
    related[1, 2] = True                                           # place 2: 1/2; row 2 has none
    assert mean_average_precision(d, related) == pytest.approx((5 / 6 + 1 / 2) / 2)


def test_the_first_ten_steps_take_a_tenth_of_the_rate():
    related = closure([BaseException, Exception, OSError, ValueError])
    torch.manual_seed(5)
    theta = torch.empty(4, 2).uniform_(-1e-3, 1e-3)
    for epoch in range(12):
        theta = theta.detach().requires_grad_()
        ranking_loss(distances(theta, poincare), related).backward()
        scale = (1 - theta.square().sum(1, keepdim=True)) ** 2 / 4
        theta = theta - (0.2 if epoch < 10 else 2.0) * scale * theta.grad
    ours = embed(related, poincare, epochs=12, rate=2.0, seed=5)
    torch.testing.assert_close(ours, theta.detach())


def test_in_the_plane_the_steps_are_plain():
    related = closure([BaseException, Exception, OSError, ValueError])
    torch.manual_seed(0)
    theta = torch.empty(4, 2).uniform_(-1e-3, 1e-3).requires_grad_()
    ranking_loss(distances(theta, euclidean), related).backward()
    ours = embed(related, euclidean, epochs=1)
    torch.testing.assert_close(ours, theta.detach() - theta.grad)
    assert embed(related, euclidean, rate=1e3, epochs=12).norm(dim=1).max() > 1


def test_two_dimensions_hold_a_taxonomy_in_the_disc_but_not_in_the_plane(record_property):
    related = closure(exceptions())
    score = {d: mean_average_precision(distances(embedded(d), d), related)
             for d in (euclidean, poincare)}
    record_property("MAP in the disc", round(score[poincare], 3))
    record_property("MAP in the plane", round(score[euclidean], 3))
    assert score[poincare] > 0.85
    assert score[euclidean] < 0.4


def test_general_classes_lie_nearer_to_the_centre_than_special_ones():
    classes = exceptions()
    ancestors = closure(classes).sum(1)
    norm = embedded(poincare).norm(dim=1)
    root, first, second, third = (norm[ancestors == k].mean().item() for k in range(4))
    assert root < first - 0.2 and first < second - 0.05 and second < third < norm.max() < 1


def test_a_chart_reaches_the_whole_space():
    x = torch.tensor([[3.0, 4.0], [0.3, 0.4]])
    assert chart(x, euclidean) is x
    assert chart(x, spherical).norm(dim=1).tolist() == pytest.approx([1, 1])
    origin = torch.zeros(2)
    assert poincare(chart(x, poincare), origin).tolist() == pytest.approx([5, 0.5], rel=1e-3)


def test_the_examples_are_a_tree_a_ring_a_lattice_and_a_club():
    data = examples()
    assert {k: len(v) for k, v in data.items()} == {
        "tree": 31, "ring": 16, "grid": 25, "karate club": 34}
    assert (data["tree"].max(), data["ring"].max()) == (8, 8)
    assert data["grid"].max().item() == pytest.approx(4 * 2**0.5)
    assert path_lengths(nx.path_graph(3)).tolist() == [[0, 1, 2], [1, 0, 1], [2, 1, 0]]


def test_four_equal_distances_do_not_fit_in_the_plane():
    square = distortion(1 - torch.eye(4), euclidean)               # best: sides 1, diagonals √2
    best = math.sqrt(1 - (4 + 2 * 2**0.5) ** 2 / (6 * 8))
    assert square == pytest.approx(best, abs=2e-3)


def test_a_tree_suits_hyperbolic_space():
    error = missed("tree")
    assert error["poincare"] < 0.8 * min(error["euclidean"], error["spherical"])


def test_a_ring_suits_the_sphere():
    error = missed("ring")
    assert error["spherical"] < 0.02
    assert 0.1 < error["euclidean"] < error["poincare"]


def test_a_lattice_suits_the_plane():
    error = missed("grid")
    assert error["euclidean"] < 0.01
    assert min(error["spherical"], error["poincare"]) > 0.03


def test_a_real_social_network_suits_hyperbolic_space(record_property):
    error = missed("karate club")
    for space, value in error.items():
        record_property(f"missed by, {space}", round(value, 3))
    assert error["poincare"] < 0.9 * min(error["euclidean"], error["spherical"])
