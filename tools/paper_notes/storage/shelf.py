"""Many values of which few are looked at at a time, put away packed and unpacked one by one.

As Python values ten thousand notes take 250 MB, and as much again in each process forked to look
through them, since that counts references in all of them. Packed in a file they take nothing.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

_RECENT = 64  # values kept as they are: pages about one paper look at it again and again


class Shelf(Mapping[str, T], Generic[T]):
    """Values by name, sorted by it. One that was put away is made anew when it is asked for."""

    def __init__(self, unpack: Callable[[bytes], T]) -> None:
        self._drawer = drawer = _Drawer()
        self._places: dict[str, tuple[int, int]] = {}  # where in the drawer, and how many bytes
        self._at_hand: dict[str, T] = {}
        places = self._places  # and not `self`, which would then never go by itself
        self._take = lru_cache(_RECENT)(lambda name: unpack(drawer.get(*places[name])))

    def put(self, name: str, value: T, packed: bytes | None) -> None:
        """Put away a new value, packed; it stays at hand where it is not packed or has no room."""
        if packed is not None:
            with suppress(OSError):
                self._places[name] = self._drawer.put(packed), len(packed)
                return
        self._at_hand[name] = value

    def __getitem__(self, name: str) -> T:
        """The value. Raises KeyError where there is none of that name."""
        return self._at_hand[name] if name in self._at_hand else self._take(name)

    def __contains__(self, name: object) -> bool:
        return name in self._places or name in self._at_hand

    def __iter__(self) -> Iterator[str]:
        return iter(sorted([*self._places, *self._at_hand]))

    def __len__(self) -> int:
        return len(self._places) + len(self._at_hand)


class _Drawer:
    """A file without a name, which goes with the last who knows of it.

    Processes that are forked later read it as well. Raises OSError where there is no room.
    """

    def __init__(self) -> None:
        self._file = -1
        self._end = 0

    def put(self, content: bytes) -> int:
        """Put it at the end; where that is."""
        if self._file < 0:
            self._open()
        start, left = self._end, memoryview(content)
        while left:
            written = os.pwrite(self._file, left, self._end)
            self._end += written
            left = left[written:]
        return start

    def get(self, place: int, length: int) -> bytes:
        """What lies there."""
        return os.pread(self._file, length, place)

    def _open(self) -> None:
        with tempfile.TemporaryFile() as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
