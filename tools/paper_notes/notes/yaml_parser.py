"""YAML as a tree of places and strings: the small, safe part of YAML that notes use.

Only the event stream of libyaml is used. Its parser and scanner keep their state on an explicit
stack with bounded look-ahead (a simple key has at most 1,024 characters), so events may be pulled
from any input; what overflows the C stack is libyaml's *composer*, which recurses. We build the
tree ourselves and stop pulling at depth 8, before libyaml's cost, quadratic in depth, shows; so
our own calls nest no deeper either.
The pure-Python parser gives the same events ten times slower, and serves where libyaml is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from paper_notes.notes.yaml_nodes import File, Mapping, Node, Scalar, Sequence
from paper_notes.problems import Place, Problem
from paper_notes.storage.files import forbidden_character

MAX_DEPTH = 8
MAX_NODES = 10_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    file = File(path, text)
    problems: list[Problem] = []
    try:
        loader = _LOADER(text)
        try:
            return _Builder(file, loader.get_event, problems).document(), problems
        finally:
            loader.dispose()
    except _RefusedError as refused:
        return None, [*problems, refused.problem]
    except yaml.YAMLError as error:
        return None, [*problems, _syntax_problem(error, path, text)]


class _Builder:
    """Turns events into a tree. `pull` gives the next event, and None behind the last."""

    def __init__(self, file: File, pull: Callable[[], Any], problems: list[Problem]) -> None:
        self._file = file
        self._last = file.text.count("\n") + 1
        self._pull = pull
        self._problems = problems
        self._nodes = 0

    def document(self) -> Node:
        """The tree of the only document. Raises _RefusedError where there is no such thing."""
        root: Node | None = None
        while event := self._pull():
            if type(event) is DocumentStartEvent:
                if root is not None:
                    raise self._refused(event, "two-documents", "a second document begins here")
                root = self._node(self._pull(), 0)
        if root is None:
            raise _RefusedError(Problem(Place(self._file.path), "empty", "the file holds nothing"))
        return root

    def _node(self, event: Any, depth: int) -> Node:
        if type(event) is ScalarEvent:
            return self._scalar(event)
        self._refuse(event, depth)
        if type(event) is SequenceStartEvent:
            return self._sequence(event.start_mark, depth + 1)
        return self._mapping(event.start_mark, depth + 1)

    def _sequence(self, mark: Any, depth: int) -> Node:
        items: list[Node] = []
        while type(event := self._pull()) is not SequenceEndEvent:
            items.append(self._node(event, depth))
        return self._counted(Sequence(self._file, mark.line + 1, mark.column + 1, tuple(items)))

    def _mapping(self, mark: Any, depth: int) -> Node:
        pairs: list[tuple[Scalar, Node]] = []
        while type(event := self._pull()) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                self._refuse(event, depth)
                raise self._refused(event, "key", "a key must be a word, not a collection")
            pairs.append((self._scalar(event), self._node(self._pull(), depth)))
        keys = {key.value for key, _ in pairs}
        entries = pairs if len(keys) == len(pairs) and "<<" not in keys else self._distinct(pairs)
        return self._counted(Mapping(self._file, mark.line + 1, mark.column + 1, tuple(entries)))

    def _distinct(self, pairs: list[tuple[Scalar, Node]]) -> Iterable[tuple[Scalar, Node]]:
        """The entries that count: the first of each key, and no merge keys."""
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in pairs:
            if key.value == "<<" and key.plain:
                self._problems.append(
                    Problem(key.place, "merge-key", "YAML merge keys (<<) are not allowed")
                )
            elif key.value in entries:
                self._problems.append(_duplicate(key, entries[key.value][0]))
            else:
                entries[key.value] = (key, value)
        return entries.values()

    def _scalar(self, event: Any) -> Scalar:
        if event.anchor is not None or event.tag is not None:
            self._decorations(event)
        start, style = event.start_mark, event.style
        scalar = Scalar(
            self._file,
            self._line(start),
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
            self._problems.append(problem)
        self._counted(scalar)
        return scalar

    def _counted(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _RefusedError(
                Problem(node.place, "too-many-values", f"more than {MAX_NODES:,} values")
            )
        return node

    def _refuse(self, event: Any, depth: int) -> None:
        """Raise _RefusedError where what begins here is an alias, or one collection too deep."""
        if type(event) is AliasEvent:
            raise self._refused(
                event, "alias", "YAML aliases (*name) are not allowed", "write the value out"
            )
        self._decorations(event)
        if depth == MAX_DEPTH:
            raise self._refused(event, "too-deep", f"nested more than {MAX_DEPTH} levels deep")

    def _decorations(self, event: Any) -> None:
        for code, mark, value in (("anchor", "&", event.anchor), ("tag", "", event.tag)):
            if value is not None:
                self._problems.append(
                    Problem(
                        self._place(event),
                        code,
                        f"YAML {code}s are not allowed: {mark}{value[:40]}",
                        f"delete the {code}: a value is a string, and its key says what it means",
                    )
                )

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self._file.path, self._line(mark), mark.column + 1)

    def _line(self, mark: Any) -> int:
        # What is missing behind the last line begins on a line that is not there.
        line: int = mark.line + 1
        return line if line <= self._last else self._last

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
