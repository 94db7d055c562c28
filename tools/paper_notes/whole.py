"""Writes files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Make `path` hold this content in one step, creating its folders; readers never see half.

    Raises OSError where it cannot be written; what was there before is then untouched.
    """
    with _beside(path, content) as whole:
        whole.replace(path)


def write_new(files: Mapping[Path, bytes]) -> None:
    """Write files that must not exist yet: all of them, or none where one cannot be written.

    Raises FileExistsError where one exists; OSError where one cannot be written.
    """
    written: list[Path] = []
    try:
        for path, content in files.items():
            with _beside(path, content) as whole:
                path.hardlink_to(whole)  # unlike a rename, this never replaces what is there
                written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """A file with this content in the folder of `path`, for as long as it is needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)  # mkstemp makes files that only their owner can read
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
