"""Puts right what a killed command has left: the first thing that a writing command does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from paper_notes.storage import pending
from paper_notes.storage.held import SCRATCH, abandoned, take_away
from paper_notes.storage.whole import PART

# Where commands write files beside their places; build/docs is brought in order by each build.
_FOLDERS = (
    "papers",
    "snippets",
    "tests/snippets",
    "build",
    "build/cache",
    "build/cache/readings",
    "build/figures",
)


def put_right(root: Path, outputs: Iterable[Path] = ()) -> list[str]:
    """Undo what was half done and remove what was half written; a line for each. Never raises.

    In: the repository, and files elsewhere that the command is about to write. What a living
    process is at work on stays as it is.
    """
    return [*_undone(root), *_half_written(root, outputs), *_scratch()]


def _undone(root: Path) -> Iterator[str]:
    for record in _named(root / pending.FOLDER, pending.PREFIX, pending.SUFFIX):
        with abandoned(record) as ours:
            paths = pending.undo(root, record) if ours else []
            yield from (f"removed {path}: what belongs to it was not written" for path in paths)
        take_away(record)


def _half_written(root: Path, outputs: Iterable[Path]) -> Iterator[str]:
    folders = {root / folder for folder in _FOLDERS} | {output.parent for output in outputs}
    for folder in sorted(folders):
        for part in _named(folder, ".", PART):
            if take_away(part):
                yield f"removed {part}: half written"


def _scratch() -> Iterator[str]:
    for folder in _named(Path(tempfile.gettempdir()), SCRATCH):
        if take_away(folder):
            yield f"removed {folder}: nobody's any more"


def _named(folder: Path, start: str, end: str = "") -> list[Path]:
    """What is in the folder with such a name, sorted; nothing where there is no such folder."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 (not a path for each of thousands)
    except OSError:
        return []
    wanted = (name for name in names if name.startswith(start) and name.endswith(end))
    return [folder / name for name in sorted(wanted)]
