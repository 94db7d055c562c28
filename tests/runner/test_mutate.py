"""Tests that notice breaks kill mutants; what is known is not run again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from paper_notes.snippets import workers
from paper_notes.snippets.jobs import Job
from paper_notes.snippets.mutate.run import mutate_snippets
from paper_notes.snippets.mutate.score import Score
from paper_notes.snippets.run import Options
from tests.runner.conftest import Base

SNIPPET = """\
def double(x):
    return x + x


def half(x):
    return x / 2


def unused(x):
    return x * 3
"""
DOUBLE = "from snippets.s import double\n\ndef test_double():\n    assert double(3) == 6\n"
HALF = "\n\ndef test_half():\n    from snippets.s import half\n    assert half(3) == 1.5\n"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that workers are given, as they are given."""
    jobs: list[Job] = []
    run_jobs = workers.run_jobs

    def noted(asked: Sequence[Job], *rest: Any, **others: Any) -> workers.Results:
        jobs.extend(asked)
        return run_jobs(asked, *rest, **others)

    monkeypatch.setattr(workers, "run_jobs", noted)
    return jobs


def score_of(root: Path) -> Score:
    scores, broken = mutate_snippets(root, ["s"], Options())
    assert broken == []
    return scores["s"]


def test_what_is_tested_is_killed_and_what_is_not_survives(base: Base):
    score = score_of(base({"s": SNIPPET}, {"s": DOUBLE + HALF}))
    assert score.run == score.total
    assert {survivor.line for survivor in score.survivors} == {10}
    assert score.killed == score.total - len(score.survivors) > 0
    assert "-    return x * 3\n+    return (x / 3)" in {s.diff for s in score.survivors}


def test_a_mutant_meets_only_the_tests_that_run_what_it_breaks(base: Base, given):
    score_of(base({"s": SNIPPET}, {"s": DOUBLE + HALF}))
    mutants = [job for job in given if job.stop_at_first]
    assert {tuple(job.allowed) for job in mutants} == {("test_double",), ("test_half",)}


def test_what_a_fixture_runs_for_two_tests_counts_for_both(base: Base, given):
    tests = (
        "import pytest\nfrom snippets.s import double\n\n"
        '@pytest.fixture(scope="module")\ndef six():\n    return double(3)\n\n'
        "def test_a(six):\n    assert six > 0\n\ndef test_b(six):\n    assert six == 6\n"
    )
    score_of(base({"s": SNIPPET}, {"s": tests}))
    mutants = [job for job in given if job.stop_at_first]
    assert {frozenset(job.allowed) for job in mutants} == {frozenset({"test_a", "test_b"})}


def test_what_is_known_is_not_run_again(base: Base, given):
    root = base({"s": SNIPPET}, {"s": DOUBLE + HALF})
    before = score_of(root)
    given.clear()
    assert score_of(root) == before
    assert [job for job in given if job.source is not None] == []


def test_a_new_test_meets_only_the_survivors(base: Base, given):
    root = base({"s": SNIPPET}, {"s": DOUBLE})
    before = score_of(root)
    given.clear()
    tests = root / "tests/snippets/test_s.py"
    tests.write_text(tests.read_text() + HALF)
    after = score_of(root)
    assert after.killed > before.killed
    mutants = [job for job in given if job.stop_at_first]
    assert len(mutants) == sum(survivor.line == 6 for survivor in before.survivors)
    assert {tuple(job.allowed) for job in mutants} == {("test_half",)}


def test_what_a_test_noticed_is_run_again_when_that_test_changes(base: Base):
    root = base({"s": SNIPPET}, {"s": DOUBLE + HALF})
    before = score_of(root)
    tests = root / "tests/snippets/test_s.py"
    tests.write_text(tests.read_text().replace("half(3) == 1.5", "half(3) < 9"))
    after = score_of(root)
    assert {s.line for s in after.survivors} == {6, 10}
    assert after.killed < before.killed


def test_a_mutant_that_does_not_end_is_killed(base: Base):
    snippet = "def count(n):\n    i = 0\n    while i < n:\n        i += 1\n    return i\n"
    test = "from snippets.s import count\n\ndef test_it():\n    assert count(2) == 2\n"
    score = score_of(base({"s": snippet}, {"s": test}))
    assert "+        pass" not in {s.diff.splitlines()[1] for s in score.survivors}
    assert "" in score.verdicts.values()


def test_a_test_that_needs_another_is_named(base: Base):
    tests = (
        "from snippets.s import double\n\nseen = []\n\n"
        "def test_a():\n    seen.append(double(1))\n    assert seen\n\n"
        "def test_b():\n    assert seen == [2]\n"
    )
    assert score_of(base({"s": SNIPPET}, {"s": tests})).idle == ("test_b",)


@pytest.mark.parametrize("test", ["def test_it():\n    assert 1 > 2\n"])
def test_a_snippet_that_does_not_pass_unbroken_has_no_score(base: Base, test):
    root = base({"s": SNIPPET}, {"s": test})
    scores, broken = mutate_snippets(root, ["s"], Options())
    assert scores == {}
    assert [result.id for result in broken] == ["s"]
