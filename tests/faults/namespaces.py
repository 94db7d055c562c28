"""Disks of our own: mounted where only the commands under test see them."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

_SMALL = 'mount -t tmpfs -o size="$1",mode=0755 tmpfs "$2" && shift 2 && exec "$@"'
_FIXED = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'


def small_disk(size: str, folder: Path) -> list[str]:
    """Words to put before a command: for it, the folder is an empty disk of this size."""
    return [*_unshare(), "sh", "-c", _SMALL, "sh", size, str(folder)]


def read_only(folder: Path) -> list[str]:
    """Words to put before a command: it cannot write below the folder, not even as root."""
    return [*_unshare(), "sh", "-c", _FIXED, "sh", str(folder)]


@cache
def refused() -> str:
    """Why such disks cannot be had here; "" where they can."""
    if not shutil.which("unshare"):
        return "there is no unshare"
    ended = subprocess.run(
        [*_unshare(), "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stderr.strip() if ended.returncode else ""


def _unshare() -> list[str]:
    return ["unshare", "--user", "--map-root-user", "--mount"]
