"""Bubblewrap around the nursery and all its workers, where it is installed.

One more layer, and the only one that holds what is imported before the first fork. It is never
required: where `bwrap` is missing or may not do its work, that is said, and all goes on without.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_ALL_BUT_USERS = ("--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts")
_TRY = 10.0  # seconds


def around(writable: Sequence[Path]) -> tuple[list[str], dict[str, str]]:
    """What to put before a command to run it inside, where only `writable` can be written.

    Out: the words, none where it cannot be had; and how it holds, or why not, for the report.
    """
    program = shutil.which("bwrap")
    if program is None:
        return [], {"bubblewrap": "none: not installed"}
    command = [program, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for path in writable:
        command += ["--bind", str(path), str(path)]
    command += [*_ALL_BUT_USERS, "--die-with-parent", "--"]
    try:
        done = subprocess.run(
            [*command, "true"], capture_output=True, timeout=_TRY, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [], {"bubblewrap": f"none: {error}"}
    if done.returncode:
        return [], {"bubblewrap": f"none: {done.stderr.strip()}"}
    return command, {"bubblewrap": "around all: read-only, no network, own process table"}
