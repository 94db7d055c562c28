"""Landlock's rules, made once for all the children of a worker."""

from __future__ import annotations

import os
from itertools import chain

from paper_notes.snippets.sandbox import landlock
from paper_notes.snippets.sandbox.landlock import Access

_Identity = tuple[int, int] | None


class Rules:
    """The rules for one access, made anew where one of its paths is no longer the same file.

    A rule is of a file, not of its name: an editor that saves by renaming leaves a name that no
    rule allows.
    """

    def __init__(self, tried: frozenset[str], access: Access) -> None:
        self._there = "landlock" in tried and landlock.version() > 0
        self._access = access
        self._names = [*map(str, chain(access.read, access.list, access.write))]
        self._made_of: list[_Identity] = []
        self._handle: int | None = None

    def handle(self) -> int | None:
        """The handle of the rules; None where Landlock is not tried, or not there.

        Raises OSError where the rules cannot be made although Landlock is there.
        """
        if not self._there:
            return None
        now = [*map(_identity, self._names)]
        if now != self._made_of:
            self.close()
            self._handle = landlock.ruleset(self._access)
            self._made_of = now
        return self._handle

    def close(self) -> None:
        """Let go of the rules; those who have put them on keep them."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle, self._made_of = None, []


def _identity(name: str) -> _Identity:
    try:
        status = os.stat(name)  # noqa: PTH116
    except OSError:
        return None
    return status.st_dev, status.st_ino
