"""Tests that notice much for little time meet a mutant first."""

from __future__ import annotations

from collections.abc import Mapping

from paper_notes.snippets.mutate.order import Order


def sequence(costs: Mapping[str, float]) -> list[str]:
    return sorted(costs, key=lambda name: costs[name])


def met(**outcomes: str) -> list[dict[str, str]]:
    return [{"name": name, "outcome": outcome} for name, outcome in outcomes.items()]


def test_at_first_the_quickest_goes_first():
    assert sequence(Order({"slow": 2.0, "quick": 0.1}).costs) == ["quick", "slow"]


def test_what_notices_more_goes_before_what_is_as_quick():
    order = Order({"a": 1.0, "b": 1.0})
    order.learn(met(a="passed", b="failed"))
    assert sequence(order.costs) == ["b", "a"]


def test_a_slow_test_that_notices_all_goes_before_a_quick_one_that_notices_nothing():
    order = Order({"quick": 0.1, "slow": 1.0})
    for _ in range(30):
        order.learn(met(quick="passed", slow="failed"))
    assert sequence(order.costs) == ["slow", "quick"]


def test_what_already_holds_the_costs_sees_what_was_learnt():
    order = Order({"a": 1.0})
    costs = order.costs
    order.learn(met(a="failed"))
    assert costs["a"] == 1.5


def test_a_test_that_the_unbroken_snippet_has_not_is_left_out():
    order = Order({"a": 1.0})
    order.learn(met(b="failed"))
    assert sequence(order.costs) == ["a"]
