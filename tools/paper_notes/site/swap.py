"""Puts a finished folder in the place of another in one step, so that no reader sees neither."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def swap_in(new: Path, place: Path) -> None:
    """Move the folder `new` to `place`; what was there is removed afterwards, as far as it can be.

    Both must be on one file system. On Linux the two change places in one system call; elsewhere
    there is a moment between two renames, which `recover` mends after a crash.

    Raises OSError where the folders cannot be renamed; `place` is then as it was.
    """
    if not place.exists():
        new.rename(place)
        return
    if _exchange(new, place):
        shutil.rmtree(new, ignore_errors=True)
        return
    aside = _aside(place)
    shutil.rmtree(aside, ignore_errors=True)
    place.rename(aside)
    try:
        new.rename(place)
    except OSError:
        aside.rename(place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def is_left_aside(place: Path) -> bool:
    """Whether an interrupted swap has left something for `recover`."""
    return _aside(place).exists()


def recover(place: Path) -> bool:
    """Put back what an interrupted swap left aside; gives whether there was something to do."""
    aside = _aside(place)
    if not aside.exists():
        return False
    if place.exists():
        shutil.rmtree(aside, ignore_errors=True)
    else:
        aside.rename(place)
    return True


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.old")


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two paths by renameat2; False where the system cannot."""
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    arguments = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return bool(renameat2(*arguments) == 0)
