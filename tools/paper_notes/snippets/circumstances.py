"""What every result depends on, whatever its snippet opens or imports."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from pathlib import Path


def digest() -> bytes:
    """A digest of the kind of machine, the version of Python and the runner itself."""
    words = (sys.platform, platform.machine(), platform.python_version(), sys.implementation.name)
    hashed = hashlib.blake2b("\0".join(words).encode(), digest_size=16)
    for path in _runner_sources():
        hashed.update(path.read_bytes())
    return hashed.digest()


def _runner_sources() -> list[Path]:
    """The runner's own files that decide what a pass is."""
    here = Path(__file__).parent
    folders = (here / "worker", here / "sandbox")
    entries = (entry for folder in folders for entry in os.scandir(folder))
    inside = (Path(entry.path) for entry in entries if entry.name.endswith(".py"))
    return [here.parent / "linux.py", *sorted(inside)]
