"""A check counts when it has held, and only then."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from paper_notes.snippets.checks import HIT, count_checks
from paper_notes.snippets.worker.proof import Counter

PATH = str(Path("test_it.py"))


def run(source: str, call: str = "test_it()") -> Counter:
    """Instrument source, run it and a call of it."""
    counter = Counter()
    tree = ast.parse(source)
    counter.sites[PATH] = count_checks(tree, PATH)
    space = {HIT: counter.hit, "pytest": pytest}
    exec(compile(tree, PATH, "exec"), space)
    exec(call, space)
    return counter


def test_an_assert_that_holds_is_counted():
    assert run("def test_it():\n    assert 1 < 2").held == 1


def test_an_assert_that_fails_is_not_counted():
    counter = run("def test_it():\n    assert 1 > 2", "")
    with pytest.raises(AssertionError):
        exec("assert 1 > 2")
    assert counter.held == 0


@pytest.mark.parametrize("constant", ["True", "1", "'text'"])
def test_an_assert_of_a_constant_is_no_check(constant):
    assert run(f"def test_it():\n    assert {constant}").held == 0


def test_a_call_of_an_assert_function_is_counted():
    source = "def assert_close(a, b): pass\n\ndef test_it():\n    assert_close(1, 1)"
    assert run(source).held == 1


def test_an_exception_that_was_expected_is_counted():
    source = "def test_it():\n    with pytest.raises(KeyError):\n        {}[1]"
    assert run(source).held == 1


def test_each_turn_of_a_loop_is_counted():
    assert run("def test_it():\n    for i in range(3):\n        assert i < 3").held == 3


def test_lines_that_never_ran_are_named():
    source = "def test_it():\n    assert 1 < 2\n    for i in []:\n        assert i\n"
    assert run(source).never_ran(PATH, frozenset()) == (4,)


def test_lines_of_skipped_tests_are_not_named():
    source = "def test_it():\n    pass\n\ndef test_other():\n    assert 1 < 2"
    assert run(source).never_ran(PATH, frozenset({"test_other"})) == ()


def test_an_assert_inside_a_helper_counts_for_the_test_that_calls_it():
    source = "def test_it():\n    def helper():\n        assert 1 < 2\n    helper()"
    counter = run(source)
    assert (counter.held, counter.sites[PATH]) == (1, {3: "test_it"})
