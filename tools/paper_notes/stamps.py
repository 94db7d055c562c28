"""What files held when they were last read, so that an unchanged file need not be read again.

A file's stamp is what a change of its content cannot leave as it is: its times, size and number.
Stamps are of this machine only and can be thrown away at any time.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paper_notes.whole import write_whole

# A file that changes twice within the clock's smallest step has the same times: too young to trust.
_SETTLED = 2_000_000_000  # nanoseconds


class Stamps:
    """Digests of files by their paths, kept in a file of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._changed = False

    def digest(self, path: str, work_out: Callable[[str], str]) -> str:
        """The digest of the file at path, worked out only where the file is not known.

        Raises OSError where there is no such file.
        """
        found = os.stat(path)  # noqa: PTH116 (thousands of times)
        stamp = [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino]
        known = self._known.get(path)
        if known and known[:4] == stamp:
            return str(known[4])
        digest = work_out(path)
        if time.time_ns() - max(stamp[:2]) > _SETTLED:
            self._known[path] = [*stamp, digest]
            self._changed = True
        return digest

    def save(self) -> None:
        """Write what was learnt, if anything. Where that is not possible, nothing is lost."""
        if self._changed:
            try:
                write_whole(self._path, json.dumps(self._known).encode())
            except OSError:
                return


def _read(path: Path) -> dict[str, list[Any]]:
    """The stamps at path; none where the file is missing or damaged."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    sound = isinstance(document, dict) and all(_is_entry(entry) for entry in document.values())
    return document if sound else {}


def _is_entry(entry: object) -> bool:
    return isinstance(entry, list) and len(entry) == 5
