"""What a run depended on is found without looking at what the worker had before."""

from __future__ import annotations

from paper_notes.snippets.worker.tracing import Imports, names

IMPORTS = Imports("a.last")


def test_only_what_came_later_is_named():
    assert IMPORTS.later(dict.fromkeys(("c", "a", "a.last", "b.part", "d"))) == ["b", "d"]


def test_all_modules_are_named_where_the_last_one_was_taken_out():
    assert IMPORTS.later(dict.fromkeys(("c", "b"))) == ["b", "c"]


def test_nothing_later_is_nothing():
    assert IMPORTS.later(dict.fromkeys(("a", "a.last"))) == []


def test_a_part_of_a_package_says_whose_it_is_once():
    assert names(["b.c", "a", "b", "b.d.e"]) == ["a", "b"]
