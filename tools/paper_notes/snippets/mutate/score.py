"""How well tests notice breaks: the values of `build/mutation.json`, its reader and writer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from paper_notes.snippets.mutate import operators
from paper_notes.snippets.report import SnippetResult
from paper_notes.whole import write_generated

SCORES_VERSION = 1

Verdict = Literal["killed", "survived"]


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
    key: str  # of the snippet's result and of the mutants: another key means the score is stale
    total: int  # mutants there are; a budget of time may leave some not run
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)  # by the mutant's id
    survivors: tuple[Survivor, ...] = ()

    @property
    def run(self) -> int:
        """How many mutants were run."""
        return len(self.verdicts)

    @property
    def killed(self) -> int:
        """How many of them a test noticed."""
        return sum(verdict == "killed" for verdict in self.verdicts.values())

    @property
    def part(self) -> float:
        """The part of those run that was killed; 0 where none was run."""
        return self.killed / self.run if self.run else 0.0


def key_of(result: SnippetResult) -> str:
    """The key that a score of this very result has: of the result, and of how mutants are made."""
    ours = Path(operators.__file__).read_bytes()
    return hashlib.blake2b(result.key.encode() + ours, digest_size=16).hexdigest()


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
    write_generated(path, json.dumps(document, ensure_ascii=False, indent=1).encode())
