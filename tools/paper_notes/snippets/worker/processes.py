"""Finding and killing what a process has left running below it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path


def myself() -> int:
    """This process's number in /proc, which may be that of an outer table of processes."""
    try:
        return int(os.readlink("/proc/self"))  # noqa: PTH115 (a number, not a path)
    except OSError:
        return os.getpid()


def descendants(parent: int) -> list[int]:
    """All living processes below parent, from /proc; none where there is no /proc."""
    children: dict[int, list[int]] = {}
    for pid, above in _living():
        children.setdefault(above, []).append(pid)
    found, front = [], [parent]
    while front:
        front = [child for pid in front for child in children.get(pid, ())]
        found += front
    return found


def count() -> int:
    """How many processes /proc shows: all there are, in a process table of one's own."""
    return len(_numbers(Path("/proc")))


def kill_all_but_self() -> bool:
    """As process 1 of a table: kill every other process in it. Whether there was one alive."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return False
    reap()
    return True


def kill_group(leader: int) -> bool:
    """Kill what is left of a process group. Whether there was anything."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except OSError:
        return False
    return True


def kill_descendants(patience: float = 5.0) -> bool:
    """Kill all below this process, which adopts orphans, until none is left. Whether any was.

    The process itself has to have ended and collected all children that it knows of: what is left
    below it then is its own child.
    """
    deadline, any_found = time.monotonic() + patience, False
    while has_children() and time.monotonic() < deadline:
        found = descendants(os.getpid())
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        any_found = any_found or bool(found)
        reap(block=False)
        if not found:
            break
    return any_found


def has_ended(pid: int) -> bool:
    """Whether a child has ended; it is left to be collected."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def has_children() -> bool:
    """Whether this process has children, living ones or ended ones not yet collected."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def reap(block: bool = True) -> None:
    """Collect the exit statuses of children that have ended (block: wait for all to end)."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, _ = os.waitpid(-1, 0 if block else os.WNOHANG)
            if pid == 0:
                break


def _living() -> Iterator[tuple[int, int]]:
    """Every living process and the one that it is below."""
    for entry in _numbers(Path("/proc")):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # After the name, which may hold anything, come the state and the parent.
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if fields[0] not in "ZX":
                yield int(entry.name), int(fields[1])


def _numbers(folder: Path) -> list[Path]:
    try:
        return [entry for entry in folder.iterdir() if entry.name.isdigit()]
    except OSError:
        return []
