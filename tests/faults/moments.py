"""The moments at which a fault would hurt, counted: one number names one moment of a command.

A moment is just before the command opens a file for writing, renames, links, removes, makes a
folder, locks, forks or starts a process (Python tells an audit hook of each), and before each line
of the modules that write files, so that also what lies between opening and closing is hit.
"""

from __future__ import annotations

import errno
import mmap
import os
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

KILLS = {"SIGINT": signal.SIGINT, "SIGTERM": signal.SIGTERM, "SIGKILL": signal.SIGKILL}
ERRORS = {"full": errno.ENOSPC, "read-only": errno.EROFS}

_CHANGES = {
    "os.rename", "os.remove", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.chmod",
    "os.truncate", "os.utime", "os.fork", "fcntl.flock", "subprocess.Popen", "ctypes.dlsym",
}  # fmt: skip
_NEEDS_ROOM = {"os.link", "os.symlink", "os.mkdir"}  # and opening a file that is not there yet
_WRITERS = (
    *("whole.py", "held.py", "pending.py", "recovery.py", "swap.py", "work_folder.py"),
    "snippets/figures.py",
)
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Counter:
    """A number that a process and its parent both see."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8)

    @property
    def value(self) -> int:
        (value,) = struct.unpack("q", self._memory[:8])
        return int(value)

    @value.setter
    def value(self, value: int) -> None:
        self._memory[:8] = struct.pack("q", value)


def arm(fault: str, at: int, lines: bool, forked: bool, below: str, counter: Counter) -> None:
    """From now on count this process's moments; at the one with this number the fault strikes.

    In: a name of KILLS or ERRORS, or "" to count only; whether lines are moments, too; whether
    those of forked processes count (a kill strikes this one all the same, and the same number may
    be another moment next time); the folder that an error is confined to: it lasts, as a full disk
    does, and strikes what is below it. How many moments there are varies a little: what is younger
    than two seconds is not remembered of files, so that a slow machine writes more.
    """
    counter.value = 0
    own = os.getpid()

    def count(path: str = "", needs_room: bool = False) -> None:
        if not forked and os.getpid() != own:
            return
        number = counter.value
        counter.value = number + 1
        if fault in KILLS and number == at:
            os.kill(own, KILLS[fault])
        struck = fault in ERRORS and number >= at and path.startswith(below)
        if struck and (needs_room or fault == "read-only"):
            raise OSError(ERRORS[fault], os.strerror(ERRORS[fault]), path)

    sys.addaudithook(_hook(count))
    if lines:
        sys.settrace(_tracer(count))


def _hook(count: Callable[[str, bool], None]) -> Callable[[str, tuple[Any, ...]], None]:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _TO_WRITE and isinstance(path, str | bytes):
                name = os.fsdecode(path)
                if not name.startswith(("/dev/", "/proc/")):
                    count(str(Path(name).absolute()), not os.path.lexists(name))
        elif event in _CHANGES or event.startswith("shutil."):
            texts = [str(a) for a in arguments if isinstance(a, str | bytes | os.PathLike)]
            paths = [text for text in texts if text.startswith("/")]
            count(paths[-1] if paths else "", event in _NEEDS_ROOM)

    return hook


def _tracer(count: Callable[[], None]) -> Callable[[FrameType, str, Any], Any]:
    def line(_frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            count()
        return line

    def call(frame: FrameType, _event: str, _argument: Any) -> Any:
        name = frame.f_code.co_filename
        return line if "paper_notes" in name and name.endswith(_WRITERS) else None

    return call
