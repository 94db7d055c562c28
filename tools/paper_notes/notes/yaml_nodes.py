"""YAML as a tree of places and strings: the small, safe part of YAML that notes use.

Only the event stream of libyaml is used. Its parser and scanner keep their state on an explicit
stack with bounded look-ahead (a simple key has at most 1,024 characters), so events may be pulled
from any input; what overflows the C stack is libyaml's *composer*, which recurses. We build the
tree ourselves and stop pulling at depth 8, before libyaml's cost, quadratic in depth, shows.
The pure-Python parser gives the same events ten times slower, and serves where libyaml is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, TypeAlias

import yaml

from paper_notes.problems import Place, Problem
from paper_notes.storage.files import forbidden_character

MAX_DEPTH = 8
MAX_NODES = 10_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class File:
    """Where a tree comes from."""

    path: PurePosixPath
    lines: list[str]


# Nodes are made by the thousand and live as long as their file is read: not frozen, which is slow.
@dataclass(slots=True)
class _Placed:
    """What stands somewhere in a file; line and column count from 1."""

    file: File
    line: int
    column: int

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.file.path, self.line, self.column)


@dataclass(slots=True)
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


@dataclass(slots=True)
class Sequence(_Placed):
    """A list."""

    items: tuple[Node, ...]


@dataclass(slots=True)
class Mapping(_Placed):
    """Keys and values, in order, each key once."""

    entries: tuple[tuple[Scalar, Node], ...]


Node: TypeAlias = Scalar | Sequence | Mapping


class _RefusedError(Exception):
    """Carries the one problem after which reading further makes no sense."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def parse(text: str, path: PurePosixPath) -> tuple[Node | None, list[Problem]]:
    """The document's tree, and what is wrong with it as YAML.

    The tree is None where the text is not one document of plain YAML. Duplicate keys, tags and
    anchors are problems too, but the rest of the tree can still be checked.
    """
    builder = _Builder(File(path, text.split("\n")))
    try:
        events = yaml.parse(text, Loader=_LOADER)
        builder.build(events)
    except _RefusedError as refused:
        builder.problems.append(refused.problem)
        return None, builder.problems
    except yaml.YAMLError as error:
        return None, [*builder.problems, _syntax_problem(error, path, text)]
    return builder.root, builder.problems


@dataclass
class _Open:
    """A collection whose end has not come yet."""

    mark: Any
    is_mapping: bool
    nodes: list[Node]


class _Builder:
    """Turns events into a tree, with its own stack."""

    def __init__(self, file: File) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._file = file
        self._stack: list[_Open] = []
        self._nodes = 0

    def build(self, events: Iterable[Any]) -> None:
        documents = 0
        for event in events:  # the frequent kinds first
            if isinstance(event, yaml.ScalarEvent):
                self._decorations(event)
                self._add(self._scalar(event))
            elif isinstance(event, yaml.CollectionStartEvent):
                self._decorations(event)
                self._open(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._add(self._closed(self._stack.pop()))
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refused(event, "two-documents", "a second document begins here")
            elif isinstance(event, yaml.AliasEvent):
                raise self._refused(
                    event, "alias", "YAML aliases (*name) are not allowed", "write the value out"
                )
        if self.root is None:
            raise _RefusedError(Problem(Place(self._file.path), "empty", "the file holds nothing"))

    def _add(self, node: Node) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _RefusedError(
                Problem(node.place, "too-many-values", f"more than {MAX_NODES:,} values")
            )
        if not self._stack:
            self.root = node
            return
        self._stack[-1].nodes.append(node)

    def _open(self, event: Any) -> None:
        if len(self._stack) == MAX_DEPTH:
            raise self._refused(event, "too-deep", f"nested more than {MAX_DEPTH} levels deep")
        if self._stack and self._stack[-1].is_mapping and len(self._stack[-1].nodes) % 2 == 0:
            raise self._refused(event, "key", "a key must be a word, not a collection")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Open(event.start_mark, is_mapping, []))

    def _closed(self, done: _Open) -> Node:
        line, column = done.mark.line + 1, done.mark.column + 1
        if not done.is_mapping:
            return Sequence(self._file, line, column, tuple(done.nodes))
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(done.nodes[::2], done.nodes[1::2], strict=True):
            assert isinstance(key, Scalar)  # `_open` refuses any other
            if key.value == "<<" and key.plain:
                self.problems.append(
                    Problem(key.place, "merge-key", "YAML merge keys (<<) are not allowed")
                )
            elif key.value in entries:
                self.problems.append(_duplicate(key, entries[key.value][0]))
            else:
                entries[key.value] = (key, value)
        return Mapping(self._file, line, column, tuple(entries.values()))

    def _scalar(self, event: Any) -> Scalar:
        start, style = event.start_mark, event.style
        scalar = Scalar(
            self._file,
            self._line(event),
            start.column + 1,
            event.value,
            event.end_mark.line + 1,
            not style,
            style == "|",
        )
        # A double-quoted escape such as "\0" gets past the check of the file.
        forbidden = forbidden_character(scalar.value) if style == '"' else None
        if forbidden:
            message = f"an escape stands for {forbidden}"
            problem = Problem(scalar.place, "control-character", message, "delete the escape")
            self.problems.append(problem)
        return scalar

    def _decorations(self, event: Any) -> None:
        if event.anchor is None and event.tag is None:
            return
        for code, mark, value in (("anchor", "&", event.anchor), ("tag", "", event.tag)):
            if value is not None:
                self.problems.append(
                    Problem(
                        self._place(event),
                        code,
                        f"YAML {code}s are not allowed: {mark}{value[:40]}",
                        f"delete the {code}: a value is a string, and its key says what it means",
                    )
                )

    def _place(self, event: Any) -> Place:
        return Place(self._file.path, self._line(event), event.start_mark.column + 1)

    def _line(self, event: Any) -> int:
        # What is missing behind the last line begins on a line that is not there.
        return min(int(event.start_mark.line) + 1, len(self._file.lines))

    def _refused(self, event: Any, code: str, message: str, hint: str = "") -> _RefusedError:
        return _RefusedError(Problem(self._place(event), code, message, hint))


def _duplicate(again: Scalar, first: Scalar) -> Problem:
    return Problem(
        again.place,
        "duplicate-key",
        f"the key `{again.value[:40]}` stands on line {first.line} and again on line {again.line}",
        "keep one of them",
    )


def _syntax_problem(error: yaml.YAMLError, path: PurePosixPath, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    message = str(getattr(error, "problem", None) or "this is not YAML")
    if mark is None:
        return Problem(Place(path), "yaml", message)
    lines = text.rstrip().split("\n")
    if mark.line >= len(lines):  # at the end of the file: point at the last thing that is there
        end = Place(path, len(lines), len(lines[-1]) + 1)
        return Problem(end, "yaml", message, _syntax_hint(message))
    place = Place(path, mark.line + 1, mark.column + 1)
    line = lines[mark.line]
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation:
        tab = replace(place, column=indentation.index("\t") + 1)
        return Problem(tab, "tab", "a tab in the indentation", "indent with spaces")
    return Problem(place, "yaml", message, _syntax_hint(message))


def _syntax_hint(message: str) -> str:
    if "mapping values are not allowed" in message:
        return "put a text that holds `: ` in quotes, or write it as a | block"
    if "did not find expected" in message or "could not find expected" in message:
        return "look for a missing quote, bracket or colon, or a wrong indentation just above"
    return ""
