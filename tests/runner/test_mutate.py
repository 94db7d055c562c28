"""Tests that notice breaks kill mutants; a budget's rest is run the next time."""

from __future__ import annotations

import pytest

from paper_notes.snippets.mutate import run
from paper_notes.snippets.mutate.run import mutate_snippets
from paper_notes.snippets.run import Options
from tests.runner.conftest import Base

DOUBLE = "def double(x):\n    return x + x\n\n\ndef unused(x):\n    return x * 3\n"
TEST = "from snippets.double import double\n\ndef test_it():\n    assert double(3) == 6\n"


def test_what_is_tested_is_killed_and_what_is_not_survives(base: Base, monkeypatch):
    root = base({"double": DOUBLE}, {"double": TEST})
    scores, broken = mutate_snippets(root, ["double"], Options())
    score = scores["double"]
    assert broken == []
    assert score.run == score.total
    assert {survivor.line for survivor in score.survivors} == {6}
    assert score.killed == score.total - len(score.survivors) > 0
    assert "-    return x * 3\n+    return (x / 3)" in {s.diff for s in score.survivors}

    def refuse(*_: object) -> None:
        raise AssertionError("a mutant was run again")

    monkeypatch.setattr(run, "_with", refuse)
    assert mutate_snippets(root, ["double"], Options())[0] == scores


@pytest.mark.parametrize("test", ["def test_it():\n    assert 1 > 2\n"])
def test_a_snippet_that_does_not_pass_unbroken_has_no_score(base: Base, test):
    root = base({"double": DOUBLE}, {"double": test})
    scores, broken = mutate_snippets(root, ["double"], Options())
    assert scores == {}
    assert [result.id for result in broken] == ["double"]
