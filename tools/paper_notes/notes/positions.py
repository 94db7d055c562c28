"""Where each field of a note stands, kept small: asked for only where something is wrong."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

Keys: TypeAlias = tuple[str | int, ...]

_KNOWN = msgspec.msgpack.Decoder(dict[Keys, tuple[int, int]])


@dataclass(frozen=True, slots=True)
class Positions:
    """Lines and columns by the keys that lead to a field, packed into one string of bytes."""

    packed: bytes

    def nearest(self, *keys: str | int) -> tuple[int, int]:
        """Line and column of a field, or else of what is around it."""
        known = _KNOWN.decode(zlib.decompress(self.packed))
        while keys not in known:
            keys = keys[:-1]
        return known[keys]


def pack(known: Mapping[Keys, tuple[int, int]]) -> Positions:
    """The lines and columns of one file's fields, the whole document among them."""
    return Positions(zlib.compress(msgspec.msgpack.encode(known), 1))
