"""What files held when they were last read, so that an unchanged file need not be read again.

A file's stamp is what a change of its content cannot leave as it is: its times, size and number.
Stamps are of this machine only and can be thrown away at any time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from paper_notes.whole import write_generated

# A file that changes twice within the clock's smallest step has the same times: too young to trust.
_SETTLED = 2_000_000_000  # nanoseconds

_Stamp = tuple[int, int, int, int]
_Entry = tuple[_Stamp, str]


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
        stamp = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
        known = self._known.get(path)
        if known and known[0] == stamp:
            return known[1]
        digest = work_out(path)
        if time.time_ns() - max(stamp[:2]) > _SETTLED:
            self._known[path] = (stamp, digest)
            self._changed = True
        return digest

    def save(self) -> None:
        """Write what was learnt, if anything. Where that is not possible, nothing is lost."""
        if self._changed:
            try:
                write_generated(self._path, msgspec.json.encode(self._known))
            except OSError:
                return


def _read(path: Path) -> dict[str, _Entry]:
    """The stamps at path; none where the file is missing or damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, _Entry])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
