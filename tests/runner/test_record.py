"""Scores on record hold as long as what they were measured on is there."""

from __future__ import annotations

import pytest

from paper_notes.snippets.mutate.record import RECORD, current, read_record, record
from paper_notes.snippets.mutate.score import Score
from tests.runner.conftest import Base


def score(id: str, *verdicts: str | None, total: int | None = None) -> Score:
    found = {str(i): verdict for i, verdict in enumerate(verdicts)}
    return Score(id, "", len(found) if total is None else total, {}, found)


@pytest.fixture
def root(base: Base):
    return base({"a": "X = 1\n", "b": "X = 2\n"}, {"a": "# a\n", "b": "# b\n"})


def test_a_score_on_record_is_current(root):
    assert record(root, {"a": score("a", "test_x", "", None)}) == ["a"]
    found = current(root, ["a", "b"])
    assert (found["a"].killed, found["a"].total) == (2, 3)
    assert list(found) == ["a"]


@pytest.mark.parametrize("path", ["snippets/a.py", "tests/snippets/test_a.py"])
def test_a_change_of_the_snippet_or_its_tests_makes_it_stale(root, path):
    record(root, {"a": score("a", "t"), "b": score("b", "t")})
    (root / path).write_text("X = 3\n")
    assert list(current(root, ["a", "b"])) == ["b"]


def test_a_score_that_is_not_whole_is_not_recorded(root):
    assert record(root, {"a": score("a", "t", total=2)}) == []
    assert not (root / RECORD).exists()


def test_what_is_recorded_of_others_stays_and_each_has_a_line(root):
    record(root, {"b": score("b", "t")})
    record(root, {"a": score("a", "t", None)})
    lines = (root / RECORD).read_text().splitlines()
    assert (lines[0], lines[-1]) == ("{", "}")
    assert lines[1].startswith('"a": {"killed": 1, "total": 2,')
    assert lines[2].startswith('"b": {"killed": 1, "total": 1,')


@pytest.mark.parametrize("damage", ['{"a": {"killed": "many"}}', "[" * 100_000])
def test_a_damaged_record_says_nothing(root, damage):
    (root / RECORD).write_text(damage)
    assert read_record(root / RECORD) == {}
    assert current(root, ["a"]) == {}
