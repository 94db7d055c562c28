"""Scores on record: measured evidence that is kept with the sources, one line a snippet.

The record is `tests/snippets/mutation.json`. A snippet's line holds as long as its code, its tests
and the way mutants are made are what was measured; a line that no longer does is not shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from paper_notes.snippets.mutate.plan import makers
from paper_notes.snippets.mutate.score import Score
from paper_notes.storage.whole import write_whole

RECORD = Path("tests/snippets/mutation.json")


@dataclass(frozen=True)
class Recorded:
    """How many of a snippet's mutants its tests noticed, when last measured whole."""

    killed: int
    total: int
    key: str  # of the snippet, its tests and how mutants are made


def current(root: Path, ids: Iterable[str]) -> dict[str, Recorded]:
    """What is on record of these snippets as they are now, by id."""
    recorded = read_record(root / RECORD)
    made = makers()
    return {id: recorded[id] for id in ids if id in recorded and _holds(root, id, recorded, made)}


def record(root: Path, scores: Mapping[str, Score]) -> list[str]:
    """Put the whole ones of these scores on record, in place of what was; their ids.

    Raises OSError where the record cannot be written.
    """
    made = makers()
    new = {
        id: Recorded(score.killed, score.total, _key(root, id, made))
        for id, score in scores.items()
        if score.run == score.total
    }
    if new:
        write_record(root / RECORD, {**read_record(root / RECORD), **new})
    return sorted(new)


def read_record(path: Path) -> dict[str, Recorded]:
    """The record at path by snippet id; nothing where it is missing or damaged."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {
            id: Recorded(int(line["killed"]), int(line["total"]), str(line["key"]))
            for id, line in document.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def write_record(path: Path, recorded: Mapping[str, Recorded]) -> None:
    """Write the record, whole or not at all: a line for each snippet, so that changes merge."""
    lines = (f"{json.dumps(id)}: {json.dumps(asdict(recorded[id]))}" for id in sorted(recorded))
    write_whole(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode())


def _holds(root: Path, id: str, recorded: Mapping[str, Recorded], made: bytes) -> bool:
    try:
        return recorded[id].key == _key(root, id, made)
    except OSError:
        return False


def _key(root: Path, id: str, made: bytes) -> str:
    hashed = hashlib.blake2b(made, digest_size=16)
    for path in (root / "snippets" / f"{id}.py", root / "tests" / "snippets" / f"test_{id}.py"):
        hashed.update(hashlib.blake2b(path.read_bytes()).digest())
    return hashed.hexdigest()
