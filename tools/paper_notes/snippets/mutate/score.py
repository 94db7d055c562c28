"""How well tests notice breaks: the values of `build/mutation.json`, its reader and writer.

What is written there is enough to go on where a run was broken off, and to run again, after an edit
of a test, only what that edit can change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from paper_notes.snippets.mutate.reach import Reach
from paper_notes.storage.whole import write_generated

SCORES_VERSION = 2

Verdict = str | None  # the test that noticed; "" where the run itself broke; None: a survivor


@dataclass(frozen=True)
class Survivor:
    """A break that no test noticed."""

    operator: str
    line: int
    diff: str  # the lines that differ, "-" before and "+" after


@dataclass(frozen=True)
class Score:
    """What became of a snippet's mutants."""

    id: str
    key: str  # of the snippet and what it runs on: another key means that nothing here holds
    total: int  # mutants there are; a budget of time may leave some not run
    tests: Mapping[str, Reach] = field(default_factory=dict)  # by name
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)  # by the mutant's id
    survivors: tuple[Survivor, ...] = ()

    @property
    def run(self) -> int:
        """How many mutants were run."""
        return len(self.verdicts)

    @property
    def killed(self) -> int:
        """How many of them a test noticed."""
        return sum(verdict is not None for verdict in self.verdicts.values())

    @property
    def part(self) -> float:
        """The part of those run that was killed; 0 where none was run."""
        return self.killed / self.run if self.run else 0.0

    @property
    def idle(self) -> tuple[str, ...]:
        """Tests that run nothing of the snippet, or fail without the others: they count nothing."""
        return tuple(name for name, reach in self.tests.items() if not reach.lines)


def read_scores(path: Path) -> dict[str, Score]:
    """The scores at path by snippet id; none where the file is missing, old or damaged."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != SCORES_VERSION:
            return {}
        return {
            id: Score(
                id=id,
                key=str(fields["key"]),
                total=int(fields["total"]),
                tests={
                    name: Reach(reach["digest"], reach["seconds"], tuple(reach["lines"]))
                    for name, reach in fields["tests"].items()
                },
                verdicts=dict(fields["verdicts"]),
                survivors=tuple(Survivor(**survivor) for survivor in fields["survivors"]),
            )
            for id, fields in document["scores"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def write_scores(path: Path, scores: Mapping[str, Score]) -> None:
    """Write the scores whole or not at all. Raises OSError where the folder cannot be written."""
    document = {
        "version": SCORES_VERSION,
        "scores": {
            id: {name: value for name, value in asdict(score).items() if name != "id"}
            for id, score in sorted(scores.items())
        },
    }
    write_generated(path, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
