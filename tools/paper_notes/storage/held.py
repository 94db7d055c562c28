"""Files and folders that are there only while somebody works: told apart from what was left behind.

Whoever makes one holds a lock on it, which the system lets go of when the process ends, however it
ends. What nobody holds was left by a command that was killed, and can be taken away.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]

SCRATCH = "paper-notes.scratch."  # what the names of our temporary folders begin with

# A link is not followed, a pipe not waited for.
_LOOK = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextlib.contextmanager
def held_file(folder: Path, content: bytes, prefix: str, suffix: str) -> Iterator[Path]:
    """A new file with this content in the folder, which must exist; it is removed at the end.

    Raises OSError where it cannot be written.
    """
    handle = None
    while handle is None:
        opened, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=suffix)
        path = Path(name)
        try:
            with os.fdopen(opened, "wb") as stream:
                handle = _hold(path)
                stream.write(content)
            if handle is not None:
                path.chmod(0o644)  # mkstemp makes files that only their owner can read
                yield path
        finally:
            path.unlink(missing_ok=True)
            if handle is not None:
                os.close(handle)


class ScratchFolder(tempfile.TemporaryDirectory[str]):
    """A temporary folder that is held until it is cleaned up or this process ends."""

    def __init__(self) -> None:
        handle = None
        while handle is None:
            super().__init__(prefix=SCRATCH, ignore_cleanup_errors=True)
            handle = _hold(Path(self.name))
        self._handle = handle

    def cleanup(self) -> None:
        """Remove it with all that is in it."""
        super().cleanup()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


@contextlib.contextmanager
def abandoned(path: Path) -> Iterator[bool]:
    """Whether this file or folder of ours is held by nobody; if so, no one else takes it meanwhile.

    On Windows always False: there is no such lock, so nothing is taken away.
    """
    try:
        handle = os.open(path, _LOOK)
    except OSError:
        yield False
        return
    try:
        yield _take(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Within, no other process is in such a block for this folder: it waits. Keep it short.

    Where folders cannot be locked, as on Windows, nothing is waited for.
    """
    with _locked(folder, "alone"):
        yield


@contextlib.contextmanager
def together(folder: Path) -> Iterator[None]:
    """Within, others may be in such a block for this folder too, but nobody is alone there.

    Where folders cannot be locked, as on Windows, nothing is waited for.
    """
    with _locked(folder, "together"):
        yield


def alone_at_once(folder: Path) -> contextlib.AbstractContextManager[bool]:
    """Whether one is `alone`, without waiting for it. On Windows always False."""
    return _locked(folder, "alone at once")


def take_away(path: Path) -> bool:
    """Remove a file or folder of ours if nobody holds it. Whether it was removed. Never raises."""
    with abandoned(path) as ours:
        if not ours:
            return False
        try:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _locked(folder: Path, how: Literal["alone", "together", "alone at once"]) -> Iterator[bool]:
    """Within, the folder is locked, if that is what is given."""
    handle, held = None, False
    if fcntl is not None:
        ways = {
            "alone": fcntl.LOCK_EX,
            "together": fcntl.LOCK_SH,
            "alone at once": fcntl.LOCK_EX | fcntl.LOCK_NB,
        }
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            fcntl.flock(handle, ways[how])
            held = True
    try:
        yield held
    finally:
        if handle is not None:
            os.close(handle)


def _hold(path: Path) -> int | None:
    """A handle that holds what was just made at path, until it is closed.

    None where somebody took it for abandoned in the moment before it was held.
    """
    if fcntl is None:
        return os.open(os.devnull, os.O_RDONLY)
    try:
        handle = os.open(path, _LOOK)
    except FileNotFoundError:
        return None
    with contextlib.suppress(OSError):  # a file system may have no locks
        fcntl.flock(handle, fcntl.LOCK_EX)
    with contextlib.suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(handle), path.lstat()):
            return handle
    os.close(handle)
    return None


def _take(handle: int) -> bool:
    if fcntl is None:
        return False
    found = os.fstat(handle)
    plain = stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
    if found.st_uid != os.geteuid() or not plain:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
