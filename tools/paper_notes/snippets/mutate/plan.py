"""What is left to find out about a snippet's tests, by what is known of them already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from paper_notes.snippets.mutate import mutants as making
from paper_notes.snippets.mutate import operators
from paper_notes.snippets.mutate.digests import test_digests
from paper_notes.snippets.mutate.mutants import Mutant, mutants
from paper_notes.snippets.mutate.score import Score
from paper_notes.snippets.report import SnippetResult

_AROUND = "tests/snippets/conftest.py"  # every test depends on it


@dataclass(frozen=True)
class Plan:
    """A snippet with its mutants, and what is known of them and of the tests as they are now."""

    source: str
    mutants: tuple[Mutant, ...]
    digests: Mapping[str, str]  # of its tests as they are now, by name
    score: Score  # what still holds of what was found out earlier
    passed: Mapping[str, frozenset[str]]  # by survivor of earlier: tests that did not notice it

    def tests_for(self, mutant: Mutant) -> frozenset[str]:
        """The tests that have yet to meet a mutant: those that run what it breaks."""
        met = self.passed.get(mutant.id, frozenset())
        reached = (n for n, reach in self.score.tests.items() if mutant.statement in reach.lines)
        return frozenset(reached) - met


def make_plan(root: Path, result: SnippetResult, old: Score | None) -> Plan:
    """What to do for the snippet of this result, which passed; old is what was found out earlier.

    Of that, what a test noticed holds while that test is the same, and what a test did not notice
    as well; where the run itself broke, all tests have to be the same.
    """
    source = (root / "snippets" / f"{result.id}.py").read_text(encoding="utf-8")
    found = tuple(mutants(source))
    digests = _digests(root, result)
    key = _key(source, result)
    if old is None or old.key != key:
        return Plan(source, found, digests, Score(result.id, key, len(found)), {})
    same = {name for name, reach in old.tests.items() if digests.get(name) == reach.digest}
    tests = {name: old.tests[name] for name in same}
    here = {mutant.id for mutant in found}  # it may have been made in another way
    verdicts = {
        id: verdict
        for id, verdict in old.verdicts.items()
        if id in here and verdict is not None and (verdict in same or same == set(digests))
    }
    survived = (id for id, verdict in old.verdicts.items() if verdict is None)
    passed = dict.fromkeys(survived, frozenset(same))
    score = replace(old, total=len(found), tests=tests, verdicts=verdicts, survivors=())
    return Plan(source, found, digests, score, passed)


def _digests(root: Path, result: SnippetResult) -> dict[str, str]:
    text = (root / "tests" / "snippets" / f"test_{result.id}.py").read_text(encoding="utf-8")
    around = root / _AROUND
    by_function = test_digests(text, around.read_bytes() if around.is_file() else b"")
    whole = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return {
        test.name: by_function.get(test.function, whole)
        for test in result.tests
        if test.outcome == "passed"
    }


def _key(source: str, result: SnippetResult) -> str:
    text = f"{result.python} {result.torch}\0{source}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def makers() -> bytes:
    """What decides which mutants there are."""
    return b"".join(Path(str(module.__file__)).read_bytes() for module in (making, operators))
