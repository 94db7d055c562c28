"""What a run depended on is found without looking at what the worker had before."""

from __future__ import annotations

from paper_notes.snippets.worker.tracing import Imports

KNOWN = {"a": ("dist_a",), "b": ("dist_b", "dist_c"), "c": ("dist_d",)}
IMPORTS = Imports(KNOWN, "a.last", frozenset({"dist_a"}))


def test_distributions_of_later_imports_are_added_to_those_of_earlier_ones():
    modules = dict.fromkeys(("c", "a", "a.last", "b.part"))
    assert IMPORTS.distributions(modules) == {"dist_a", "dist_b", "dist_c"}


def test_all_modules_are_looked_at_where_the_last_one_was_taken_out():
    modules = dict.fromkeys(("c", "b"))
    assert IMPORTS.distributions(modules) == {"dist_a", "dist_b", "dist_c", "dist_d"}


def test_nothing_new_is_nothing_more():
    assert IMPORTS.distributions(dict.fromkeys(("a", "a.last"))) == {"dist_a"}
