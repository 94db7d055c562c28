"""Where each field of a file stands, kept small: asked for only where something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

Keys: TypeAlias = tuple[str | int, ...]  # that lead to a field
Row: TypeAlias = tuple[int, str | int, int, int]
"""The row of what a field is in, its key there, its line and column. The document's comes first."""

_ROWS = msgspec.msgpack.Decoder(list[Row])


@dataclass(frozen=True, slots=True)
class Positions:
    """The rows of one file's fields, packed into one string of bytes."""

    packed: bytes

    def nearest(self, *keys: str | int) -> tuple[int, int]:
        """Line and column of a field, or else of what is around it."""
        rows = _ROWS.decode(self.packed)
        at = 0
        for key in keys:
            inside = (number for number, row in enumerate(rows) if row[:2] == (at, key))
            below = next(inside, None)
            if below is None:
                break
            at = below
        return rows[at][2:]


def document(line: int, column: int) -> Row:
    """The row of a whole document."""
    return -1, "", line, column


def pack(rows: list[Row]) -> Positions:
    """The rows of one file."""
    return Positions(msgspec.msgpack.encode(rows))


def by_keys(rows: Iterable[Row]) -> Mapping[Keys, tuple[int, int]]:
    """Lines and columns by the keys that lead there."""
    ways: list[Keys] = []
    known: dict[Keys, tuple[int, int]] = {}
    for around, key, line, column in rows:
        ways.append((*ways[around], key) if ways else ())
        known[ways[-1]] = line, column
    return known
