"""Mappings that work their values out, or put others in their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.mappings import Derived, Replaced

CHANGES = st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers()))


def test_a_value_is_worked_out_when_it_is_asked_for() -> None:
    asked: list[str] = []
    derived = Derived("ab", lambda name: asked.append(name) or name * 2)
    assert list(derived) == ["a", "b"]
    assert asked == []
    assert derived["b"] == "bb"
    assert asked == ["b"]


def test_nothing_is_worked_out_for_another_name() -> None:
    derived = Derived("a", lambda name: name)
    assert "b" not in derived
    with pytest.raises(KeyError):
        derived["b"]


@given(st.dictionaries(st.sampled_from("abcd"), st.integers()), CHANGES)
def test_changes_are_as_those_of_a_dictionary(
    before: dict[str, int], changes: list[tuple[str, int | None]]
) -> None:
    after, expected = before, dict(before)
    for name, value in changes:
        after = Replaced(after, {name: value})
        if value is None:
            expected.pop(name, None)
        else:
            expected[name] = value
    assert after == expected
    assert len(after) == len(expected)
    assert [name in after for name in "abcdef"] == [name in expected for name in "abcdef"]


def test_what_stays_keeps_its_place_and_what_is_new_comes_last() -> None:
    assert list(Replaced({"b": 1, "a": 2}, {"c": 3, "b": 4})) == ["b", "a", "c"]


def test_other_values_are_not_looked_at() -> None:
    before = Derived("ab", {}.__getitem__)
    assert Replaced(before, {"a": 2})["a"] == 2


def test_a_change_on_top_of_many_is_no_deeper() -> None:
    mapping: object = {"a": 0}
    for number in range(5_000):
        mapping = Replaced(mapping, {"a": number})  # type: ignore[arg-type]
    assert mapping == {"a": 4_999}
