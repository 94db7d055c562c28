"""Namespaces for a worker: its own process table, network, mounts and memory disk.

The worker becomes process 1 of its table: signals from snippets cannot reach it, one `kill(-1)`
ends all they started, and when it goes, all of them go.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from paper_notes import linux

_SPACES = linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWNS | linux.CLONE_NEWIPC
_AS_OWNER = _SPACES | linux.CLONE_NEWUSER


def enter() -> str:
    """Put this process into new namespaces; its next child is process 1 there.

    Out: "" where that worked, otherwise why it did not. Tried first in a child that is thrown
    away, because half a namespace cannot be left again.
    """
    if sys.platform != "linux":
        return f"there are none on {sys.platform}"
    reasons = []
    for flags in (_AS_OWNER, _SPACES):
        reason = _attempt(lambda flags=flags: _enter(flags))  # type: ignore[misc]
        if not reason:
            _enter(flags)
            return ""
        reasons.append(reason)
    return reasons[0]


def furnish(scratch: Path, disk_bytes: int) -> dict[str, bool]:
    """As process 1: own /proc, everything read-only, a memory disk of disk_bytes on scratch.

    Out: which of "proc", "read-only" and "disk" could be had.
    """
    flags = linux.MS_NOSUID | linux.MS_NODEV
    steps: dict[str, Callable[[], None]] = {
        "proc": lambda: linux.mount("proc", "/proc", "proc", flags | linux.MS_NOEXEC),
        "read-only": lambda: linux.make_read_only("/"),
        "disk": lambda: linux.mount(
            "scratch", str(scratch), "tmpfs", flags, f"size={disk_bytes},nr_inodes=20000,mode=700"
        ),
    }
    return {name: _works(step) for name, step in steps.items()}


def _enter(flags: int) -> None:
    user, group = os.getuid(), os.getgid()
    linux.unshare(flags)
    if flags & linux.CLONE_NEWUSER:
        with contextlib.suppress(OSError):  # not there before Linux 3.19
            Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)


def _attempt(step: Callable[[], None]) -> str:
    """Run step in a child, and a child of that; "" or why it failed."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        reason = ""
        try:
            step()
            grandchild = os.fork()
            if grandchild == 0:
                os._exit(0)
            os.waitpid(grandchild, 0)
        except OSError as error:
            reason = str(error)
        os.write(write, reason.encode()[:500])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        reason = stream.read().decode(errors="replace")
    os.waitpid(pid, 0)
    return reason


def _works(step: Callable[[], None]) -> bool:
    try:
        step()
    except OSError:
        return False
    return True
