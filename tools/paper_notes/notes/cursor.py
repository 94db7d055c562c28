"""A place in a note's tree together with the means to complain about it."""

from __future__ import annotations

from collections.abc import KeysView
from dataclasses import dataclass, field
from difflib import get_close_matches

import msgspec

from paper_notes.notes.positions import Row, document
from paper_notes.notes.yaml_nodes import Mapping, Node, Scalar, Sequence
from paper_notes.problems import Place, Problem, Severity

_NULLS = frozenset({"null", "Null", "NULL", "~"})
_KINDS = {Scalar: "a text", Sequence: "a list", Mapping: "a mapping with keys"}


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A link in a text to a note of this base, and where it stands."""

    id: str
    place: Place


@dataclass(slots=True)
class Found:
    """What reading one file gathers: problems, links to notes, and where each field stands."""

    problems: list[Problem] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    links: list[PaperLink] = field(default_factory=list)
    errors: int = 0  # among the problems


# Made as often as nodes, and so a structure as they are.
class Cursor(msgspec.Struct):
    """One node on the way through a tree. Its methods report what is wrong and return None."""

    node: Node
    found: Found
    row: int = 0  # of what was found, where the node stands
    key: Scalar | None = None

    @property
    def place(self) -> Place:
        """Where to point at: the key of a field, or else the value."""
        return (self.key or self.node).place

    @property
    def name(self) -> str:
        """What the message calls it: `next_read[0].why`."""
        parts: list[str] = []
        row = self.row
        while row:
            row, key, *_ = self.found.rows[row]
            parts.append(f"[{key + 1}]" if isinstance(key, int) else f".{key}")
        return "".join(reversed(parts)).lstrip(".")

    def report(
        self,
        code: str,
        message: str,
        hint: str = "",
        *,
        place: Place | None = None,
        severity: Severity = "error",
    ) -> None:
        """Note a problem, by default at the value."""
        found = Problem(place or self.node.place, code, message, hint, severity)
        self.found.problems.append(found)
        self.found.errors += severity == "error"

    def scalar(self) -> Scalar | None:
        """The node as a string that says something."""
        node = self.node
        if not isinstance(node, Scalar):
            self._wrong_kind(Scalar)
            return None
        value = node.value
        if not value or value.isspace() or (node.plain and value in _NULLS):
            self.report("empty", f"`{self.name}` is empty", "write something, or delete the key")
            return None
        return node

    def items(self) -> list[Cursor] | None:
        """The node as a list."""
        if not isinstance(self.node, Sequence):
            self._wrong_kind(Sequence)
            return None
        found, rows, items = self.found, self.found.rows, list[Cursor]()
        for index, item in enumerate(self.node.items):
            items.append(Cursor(item, found, len(rows)))
            rows.append((self.row, index, item.line, item.column))
        return items

    def entries(self) -> dict[str, Cursor] | None:
        """The node as a mapping."""
        if not isinstance(self.node, Mapping):
            self._wrong_kind(Mapping)
            return None
        found, rows, entries = self.found, self.found.rows, dict[str, Cursor]()
        for key, value in self.node.entries:
            name = key.value
            placed = value if isinstance(value, Scalar) else key
            entries[name] = Cursor(value, found, len(rows), key)
            rows.append((self.row, name, placed.line, placed.column))
        return entries

    def fields(self, known: KeysView[str], required: KeysView[str]) -> dict[str, Cursor] | None:
        """The node as a mapping with just these keys; what is unknown or missing is reported."""
        entries = self.entries()
        if entries is None or (required <= entries.keys() <= known):
            return entries
        meant: set[str] = set()
        for key in [key for key in entries if key not in known]:
            meant |= self._unknown(key, entries.pop(key), known)
        for key in [key for key in required if key not in entries and key not in meant]:
            where = f" of `{self.name}`" if self.row else ""
            place = self.node.place
            self.report("missing-key", f"the key `{key}`{where} is missing", place=place)
        return entries

    def _unknown(self, key: str, cursor: Cursor, known: KeysView[str]) -> set[str]:
        near = get_close_matches(key.lower().replace("-", "_")[:40], known, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
        cursor.report("unknown-key", f"unknown key `{key[:40]}`", hint, place=cursor.place)
        return set(near)

    def _wrong_kind(self, wanted: type[Node]) -> None:
        name = f"`{self.name}`" if self.row else "the note"
        if isinstance(self.node, Scalar) and not self.node.value:
            self.report("empty", f"{name} is empty; it must be {_KINDS[wanted]}")
            return
        hint = ""
        if wanted is Sequence and isinstance(self.node, Scalar):
            hint = "put it in brackets: [ … ]"
        message = f"{name} is {_KINDS[type(self.node)]}; it must be {_KINDS[wanted]}"
        self.report("wrong-kind", message, hint)


def top(tree: Node) -> Cursor:
    """A cursor on top of a document, which has found nothing yet."""
    return Cursor(tree, Found(rows=[document(tree.line, tree.column)]))
