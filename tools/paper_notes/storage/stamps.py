"""What files held when they were last read, so that an unchanged file need not be read again.

Stamps are of this machine only and can be thrown away at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from paper_notes.storage.stamp import Stamp, is_settled, stamp_of
from paper_notes.storage.whole import write_generated

Entry: TypeAlias = tuple[Stamp, str]  # with the digest

_FILE = msgspec.json.Decoder(dict[str, Entry])


class Stamps:
    """Digests of files by their paths, kept in a file of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._learnt: dict[str, Entry] = {}
        self._forgot = False

    def digest(self, path: str, work_out: Callable[[str], str]) -> str:
        """The digest of the file at path, worked out only where the file is not known.

        Raises OSError where there is no such file.
        """
        stamp = stamp_of(path)
        known = self._known.get(path)
        if known and known[0] == stamp:
            return known[1]
        digest = work_out(path)
        if is_settled(stamp):
            self._known[path] = self._learnt[path] = (stamp, digest)
        return digest

    def stamp(self, path: str) -> Stamp | None:
        """The stamp that the file had when its digest was worked out; None where none is kept."""
        known = self._known.get(path)
        return known[0] if known else None

    def knows(self, path: str) -> bool:
        """Whether there is a file at path whose digest is known."""
        try:
            return path in self._known and self._known[path][0] == stamp_of(path)
        except OSError:
            return False

    @property
    def learnt(self) -> Mapping[str, Entry]:
        """What was not known before: for another process's `learn`."""
        return self._learnt

    def learn(self, learnt: Mapping[str, Entry]) -> None:
        """Take over what another process has learnt of files."""
        self._known.update(learnt)
        self._learnt.update(learnt)

    def forget(self, path: str) -> None:
        """Do not keep what is known of this file: it is gone for good."""
        self._forgot |= self._known.pop(path, None) is not None
        self._learnt.pop(path, None)

    def save(self) -> None:
        """Write what has changed, if anything. Where that is not possible, nothing is lost."""
        if self._learnt or self._forgot:
            try:
                write_generated(self._path, msgspec.json.encode(self._known))
            except (OSError, UnicodeEncodeError):  # a path that is no text
                return


def _read(path: Path) -> dict[str, Entry]:
    """The stamps at path; none where the file is missing or damaged."""
    try:
        return _FILE.decode(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
