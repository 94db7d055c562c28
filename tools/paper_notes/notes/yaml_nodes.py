"""What a YAML file is read as: strings, lists and mappings that know where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeAlias

import msgspec

from paper_notes.problems import Place


@dataclass(frozen=True)
class File:
    """Where a tree comes from."""

    path: PurePosixPath
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines, without their ends."""
        return self.text.split("\n")


# Nodes are made by the million in a large base: msgspec's structures are made in C.
class _Placed(msgspec.Struct):
    """What stands somewhere in a file; line and column count from 1."""

    file: File
    line: int
    column: int

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.file.path, self.line, self.column)


class Scalar(_Placed):
    """A string and where it stands. Every YAML scalar is one: `no`, `1e3`, `2020-01-01` too."""

    value: str
    end: int  # the last line
    plain: bool = False  # written without quotes, so that `null` may mean nothing
    literal: bool = False  # written as a `|` block, so that its lines are the file's lines

    @property
    def source(self) -> list[str]:
        """The file's lines from its first to its last."""
        return self.file.lines[self.line - 1 : self.end]

    def at(self, offset: int, length: int = 1) -> Place:
        """The place in the file of a part of the value; the scalar's start where it is unclear."""
        if self.literal:
            before = self.value[:offset]
            row = before.count("\n")
            line = self.value.split("\n")[row]
            source = self.source
            written = source[row + 1].rstrip("\r") if row + 1 < len(source) else line
            column = len(written) - len(line) + offset - (before.rfind("\n") + 1)
            return Place(self.file.path, self.line + row + 1, column + 1)
        wanted = self.value[offset : offset + length]
        skipped = self.value.count(wanted, 0, offset)
        return self._nth_in_source(wanted, skipped) or self.place

    def _nth_in_source(self, wanted: str, skipped: int) -> Place | None:
        for row, line in enumerate(self.source):
            start = self.column - 1 if row == 0 else 0
            while (found := line.find(wanted, start)) >= 0:
                if skipped == 0:
                    return Place(self.file.path, self.line + row, found + 1)
                skipped -= 1
                start = found + 1
        return None


class Sequence(_Placed):
    """A list."""

    items: tuple[Node, ...]


class Mapping(_Placed):
    """Keys and values, in order, each key once."""

    entries: tuple[tuple[Scalar, Node], ...]


Node: TypeAlias = Scalar | Sequence | Mapping
