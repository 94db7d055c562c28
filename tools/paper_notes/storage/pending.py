"""Several new files as one: a record of what is being written, by which a half can be undone.

The record stands in build/ from before the first of the files is in its place until all are. One
that nobody holds was left by a command that was killed: `undo` takes back what it names. A file
that somebody has changed since is never touched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from paper_notes.storage.held import held_file

FOLDER, PREFIX, SUFFIX = "build", "begun.", ".json"


@contextmanager
def undone_unless_done(root: Path, parts: Mapping[PurePosixPath, Path]) -> Iterator[None]:
    """Within, parts (by the places they are for, below root) may be linked to their places.

    If that does not come to its end, those that were are removed: at once, or by a later `undo`.
    Raises OSError where the record cannot be written.
    """
    marks = {str(path): _marks(part) for path, part in parts.items()}
    folder = root / FOLDER
    made = not folder.exists()
    folder.mkdir(exist_ok=True)
    try:
        with held_file(folder, json.dumps(marks).encode(), PREFIX, SUFFIX) as record:
            try:
                yield
            except BaseException:
                undo(root, record)
                raise
    finally:
        if made:
            with suppress(OSError):  # somebody else has put something there by now
                folder.rmdir()


def undo(root: Path, record: Path) -> list[PurePosixPath]:
    """Remove the files that a record names and that are as they were written; gives them.

    A record that cannot be read names none: it was cut off before anything was in its place.
    """
    return [path for path, marks in _read(record).items() if _removed(root / path, marks)]


def _marks(file: Path) -> list[int | str]:
    """What tells a file from any other that may take its place, and from a changed one."""
    return [file.stat().st_ino, hashlib.blake2b(file.read_bytes()).hexdigest()]


def _removed(path: Path, marks: object) -> bool:
    try:
        if path.is_symlink() or _marks(path) != marks:
            return False
        path.unlink()
    except OSError:
        return False
    return True


def _read(record: Path) -> Mapping[PurePosixPath, object]:
    try:
        document = json.loads(record.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    paths = {PurePosixPath(path): marks for path, marks in document.items()}
    return {p: marks for p, marks in paths.items() if not p.is_absolute() and ".." not in p.parts}
