"""Blocks of postings, packed: they wait on a shelf until those of all papers are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import msgspec

from paper_notes.storage.shelf import Shelf

_KANJI = 0x3400  # and above; fewer tokens begin with one of these than with a letter


@dataclass(frozen=True, slots=True)
class Block:
    """What some papers say of tokens that begin alike. Numbers have four bytes."""

    tokens: bytes  # sorted, a line each
    numbers: bytes  # how many papers each token stands in
    postings: bytes  # the best of the first token, then of the next


class Blocks:
    """The blocks of all papers; they take no memory."""

    def __init__(self) -> None:
        self._shelf = Shelf(msgspec.msgpack.Decoder(Block).decode)

    def put(self, source: int, blocks: Mapping[str, Block]) -> None:
        """Put away what came of some papers, by what its tokens begin with."""
        for start, block in blocks.items():
            self._shelf.put(f"{start}{source}", block, msgspec.msgpack.encode(block))

    def __iter__(self) -> Iterator[list[Block]]:
        """Those whose tokens begin alike, in the order of tokens."""
        for _, names in groupby(self._shelf, key=lambda name: name[0]):
            yield [self._shelf[name] for name in names]


def beginning(token: str) -> str:
    """One character that tokens have in common which are put away together; sorts as they do."""
    first = ord(token[0])
    return chr(first & ~0xFF if first >= _KANJI else first)
