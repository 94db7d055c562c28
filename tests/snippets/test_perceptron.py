"""The perceptron: what the paper says of it, and the rule that later took its name."""

import pytest
import torch
from sklearn.datasets import load_digits

from snippets.perceptron import (
    expected_activity,
    fires,
    gain,
    generalisation,
    random_connections,
    respond,
    stimuli,
    train,
)


def right(active, target, values) -> float:
    return (respond(active, values) == target).float().mean().item()


def test_a_neuron_fires_when_the_weighted_sum_reaches_the_threshold():
    inputs = torch.tensor([5.0, 2.0, 3.0])
    weights = torch.tensor([0.1, 0.7, 0.2])
    assert fires(inputs, weights, 3.0) == 0                # 0.5 + 1.4 + 0.6 = 2.5 stays below 3
    assert fires(inputs, weights, 2.0) == 1
    assert fires(torch.tensor([1.0, 1.0]), torch.tensor([1.0, 2.0]), 3.0) == 1        # just reached


def test_an_a_unit_counts_its_lit_exciting_points_against_its_lit_inhibiting_ones():
    wires = random_connections(units=200, points=40, excitatory=7, inhibitory=4)
    assert wires.shape == (40, 200)
    assert wires.sum(0).eq(7 - 4).all()
    counts = wires.abs().sum(0)                            # less where a point is drawn twice
    assert counts.max() == 7 + 4
    assert (counts < 7 + 4).any()
    assert (wires.abs().sum(1) > 0).all()                  # no point of the retina is left out


def test_connections_are_drawn_by_the_seed_and_not_by_what_was_drawn_before():
    first = random_connections(10, 20, 3, 3, seed=1)
    torch.rand(5)
    assert torch.equal(first, random_connections(10, 20, 3, 3, seed=1))
    assert not torch.equal(first, random_connections(10, 20, 3, 3, seed=2))
    assert torch.equal(random_connections(10, 20, 3, 3), random_connections(10, 20, 3, 3, seed=0))


@pytest.mark.parametrize("wiring", [(5, 5, 1), (5, 5, 2), (4, 2, 1), (2, 6, 2), (3, 0, 3)])
def test_as_many_random_units_fire_as_equation_1_says(wiring, record_property):
    excitatory, inhibitory, threshold = wiring
    lit = (torch.arange(100) < 30).float()                 # 30 % of the retina
    active = fires(lit, random_connections(40_000, 100, excitatory, inhibitory), threshold)
    expected = expected_activity(0.3, *wiring)
    record_property(f"P_a for x, y, θ = {wiring}", f"{active.mean():.3f} / {expected:.3f}")
    assert active.mean().item() == pytest.approx(expected, abs=0.008)


def test_two_points_and_one_against_by_hand():
    # 2 of 2 lit (R²) whatever the third does, or 1 of 2 (2R(1-R)) and the third dark
    R = 0.2
    assert expected_activity(R, 2, 1, 1) == pytest.approx(R**2 + 2 * R * (1 - R) * (1 - R))
    assert expected_activity(1.0, 3, 1, 2) == 1
    assert expected_activity(1.0, 3, 2, 2) == 0


def test_fewer_units_fire_with_a_higher_threshold_or_more_inhibition():
    higher = [expected_activity(0.4, 6, 3, threshold) for threshold in range(1, 7)]
    inhibited = [expected_activity(0.4, 6, y, 2) for y in range(8)]
    assert higher == sorted(higher, reverse=True)
    assert inhibited == sorted(inhibited, reverse=True)
    assert len(set(higher)) == 6
    assert len(set(inhibited)) == 8


def test_the_alpha_system_grows_and_the_gamma_system_keeps_its_total():
    active = torch.tensor([1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    assert gain(active, parasitic=False).tolist() == active.tolist()
    assert gain(active, parasitic=True).tolist() == pytest.approx(
        [1, -0.4, -0.4, 1, -0.4, -0.4, -0.4]
    )
    one_left = torch.tensor([1.0, 1.0, 0.0])
    assert gain(one_left, parasitic=True).tolist() == [1, 1, -2]
    assert gain(torch.ones(3), parasitic=True).tolist() == [1, 1, 1]         # nobody to pay


def test_a_response_needs_more_for_it_than_against_it():
    active = torch.tensor([[1.0, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]])
    answers = respond(active, torch.tensor([2.0, -3.0, 0.0]))
    assert answers.tolist() == [1, -1, -1, -1]             # the last is undecided: not fired


def test_three_stimuli_by_hand():
    active = torch.tensor([[1.0, 1, 0], [0, 1, 1], [0, 0, 1]])
    target = torch.tensor([1.0, -1, -1])
    values, mistakes = train(active, target, sweeps=1, only_errors=False)
    assert values.tolist() == [1, 0, -2]                   # each stimulus adds its target
    assert mistakes == [2]                                 # undecided, wrong, then right
    values, mistakes = train(active, target, sweeps=2, only_errors=True)
    assert values.tolist() == [1, 0, -1]                   # the third was right: nothing changes
    assert mistakes == [2, 0]
    parasitic, _ = train(active[:1], target[:1], 1, only_errors=True, parasitic=True)
    assert parasitic.tolist() == [1, 1, -2]


def separable(n: int, direction: torch.Tensor, margin: float) -> tuple[torch.Tensor, torch.Tensor]:
    points = torch.randn(n, len(direction), dtype=torch.double).float()
    along = points @ direction
    kept = along.abs() >= margin
    return points[kept], along[kept].sign()


@pytest.mark.parametrize("margin", [0.1, 0.3, 1.0])
def test_mistakes_stay_below_radius_over_margin_squared(margin, record_property):
    direction = torch.nn.functional.normalize(torch.randn(5), dim=0)
    x, target = separable(300, direction, margin)
    _, mistakes = train(x, target, sweeps=30, only_errors=True)
    gamma = (target * (x @ direction)).min()
    bound = (x.norm(dim=1).max() / gamma).square().item()
    record_property(f"mistakes, bound at margin {margin}", f"{sum(mistakes)}, {bound:.0f}")
    assert mistakes[-1] == 0                               # it has ended
    assert 0 < sum(mistakes) <= bound


def test_the_bound_is_reached_when_every_stimulus_has_a_direction_of_its_own():
    n = 12
    _, mistakes = train(torch.eye(n), torch.ones(n), sweeps=2, only_errors=True)
    radius, margin = 1, n**-0.5                            # the separator is (1, ..., 1) / √n
    assert sum(mistakes) == pytest.approx((radius / margin) ** 2)


def test_no_weights_on_the_points_give_xor_but_random_a_units_between_do(record_property):
    points = torch.tensor([[1.0, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]])       # first always lit
    xor = torch.tensor([-1.0, 1, 1, -1])
    _, alone = train(points, xor, sweeps=100, only_errors=True)
    active = fires(points, random_connections(20, 3, 1, 1), 1)
    _, through = train(active, xor, sweeps=10, only_errors=True)
    record_property("XOR, wrong of 4 after 100 sweeps without A-units", alone[-1])
    record_property("XOR, wrong of 4 after 10 sweeps with 20 A-units", through[-1])
    assert min(alone) > 0
    assert through[-1] == 0


def test_stimuli_of_one_class_share_more_a_units_than_stimuli_of_two(record_property):
    lit, target = stimuli(0, 1)
    active = fires(lit, random_connections(1000, 64, 5, 5), 2)
    zero, one = active[target > 0], active[target < 0]

    def communality(first, second) -> float:               # P_c: fires again for another stimulus
        shared = first @ second.T / first.sum(1, keepdim=True)
        return shared[shared < 1].mean().item()            # not an image with itself

    within, between, any_unit = communality(zero, zero), communality(zero, one), active.mean()
    record_property("P_c11", round(within, 2))
    record_property("P_c12", round(between, 2))
    record_property("P_a", round(any_unit.item(), 2))
    assert any_unit < between                              # so P_c12 < P_a is not needed
    assert any_unit + 0.3 < within
    assert between + 0.15 < within


def test_without_classes_it_remembers_less_the_more_it_learns_and_never_generalises(
    record_property,
):
    remembered, new = {20: 0.0, 400: 0.0}, {20: 0.0, 400: 0.0}
    for seed in range(4):
        lit, target = (torch.rand(1200, 64) < 0.3).float(), torch.tensor([1.0, -1.0] * 600)
        active = fires(lit, random_connections(300, 64, 5, 5, seed), 2)
        for n in remembered:
            values, _ = train(active[:n], target[:n], 1, only_errors=False)
            remembered[n] += right(active[:n], target[:n], values) / 4
            new[n] += right(active[400:], target[400:], values) / 4
    for n in remembered:
        record_property(f"{n} random stimuli learned: right again", f"{remembered[n]:.0%}")
        record_property(f"{n} random stimuli learned: right on new ones", f"{new[n]:.0%}")
    assert remembered[20] > 0.85
    assert remembered[400] < remembered[20] - 0.1
    assert all(abs(rate - 0.5) < 0.06 for rate in new.values())


def test_with_classes_it_generalises_and_better_with_more_a_units(record_property):
    few, many = (
        sum(generalisation(units, False, seed=seed) for seed in range(3)) / 3 for units in (20, 500)
    )
    record_property("new digits right with 20 A-units", f"{few:.1%}")
    record_property("new digits right with 500 A-units", f"{many:.1%}")
    assert many > 0.85
    assert many > few + 0.08


def test_losing_a_fifth_of_the_a_units_costs_little(record_property):
    lit, target = stimuli(3, 8)
    intact, damaged, few = [], [], []
    for seed in range(8):
        active = fires(lit, random_connections(500, 64, 5, 5, seed), 2)
        values, _ = train(active[:100], target[:100], 1, only_errors=False)
        for rates, kept in ((intact, 1.0), (damaged, 0.8), (few, 0.02)):
            left = values * (torch.rand(500) < kept)
            rates.append(right(active[100:], target[100:], left))
    intact, damaged, few = (sum(rates) / 8 for rates in (intact, damaged, few))
    record_property("intact", f"{intact:.1%}")
    record_property("a fifth of the A-units lost", f"{damaged:.1%}")
    record_property("all but a fiftieth lost", f"{few:.1%}")
    assert intact > 0.85
    assert damaged > intact - 0.02
    assert few < intact - 0.05


@pytest.mark.parametrize("rule", [(False, False), (True, False), (False, True)])
def test_generalisation_is_measured_on_the_images_that_were_not_learned(rule):
    lit, target = stimuli(3, 8)
    only_errors, parasitic = rule
    active = ((lit @ random_connections(60, 64, 5, 5, seed=7)) > 1.5).float()
    values = torch.zeros(60)
    for a, t in zip(active[:100], target[:100], strict=True):
        if only_errors and ((a @ values > 0) == (t > 0)):
            continue
        loss = a.sum() / (60 - a.sum()) if parasitic else 0.0
        values += t * torch.where(a > 0, 1.0, -loss)
    expected = ((active[100:] @ values > 0) == (target[100:] > 0)).float().mean().item()
    assert generalisation(60, only_errors, parasitic, seed=7) == expected
    assert generalisation(60, True) == generalisation(60, True, False, seed=0, learned=100)


def test_the_stimuli_are_two_digits_in_ink_or_blank():
    lit, target = stimuli(3, 8)
    assert lit.shape == (357, 64)                          # 183 threes and 174 eights
    assert (target == 1).sum() == 183
    assert (target == -1).sum() == 174
    assert set(lit.unique().tolist()) == {0, 1}
    first_three = torch.tensor(load_digits().images[3])    # the data set begins 0, 1, 2, 3
    assert torch.equal(lit[0].reshape(8, 8), (first_three > 7).float())
