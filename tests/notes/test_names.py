"""What somebody meant is found among few names and among many."""

from __future__ import annotations

import pytest

from paper_notes.notes.names import Names

MANY = [f"paper_{number}" for number in range(10_000)]


@pytest.mark.parametrize("others", [[], MANY])
def test_the_nearest_name_is_suggested(others):
    names = Names(["group_norm", *others])
    assert names.did_you_mean("group_nrom", "") == "did you mean `group_norm`?"


def test_where_nothing_is_near_the_other_hint_is_given():
    assert Names(["group_norm"]).did_you_mean("vae", "write it") == "write it"
    assert Names([]).did_you_mean("vae", "write it") == "write it"


def test_names_are_a_sorted_set():
    names = Names(["b", "a", "b"])
    assert (list(names), len(names), "a" in names, "c" in names) == (["a", "b"], 2, True, False)
