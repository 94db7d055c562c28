"""A place in a note's tree together with the means to complain about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches

from paper_notes.notes.positions import Keys
from paper_notes.notes.yaml_nodes import Mapping, Node, Scalar, Sequence
from paper_notes.problems import Place, Problem, Severity

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
    positions: dict[Keys, tuple[int, int]] = field(default_factory=dict)  # lines and columns
    links: list[PaperLink] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many errors there are so far."""
        return sum(problem.severity == "error" for problem in self.problems)


@dataclass(slots=True)
class Cursor:
    """One node on the way through a tree. Its methods report what is wrong and return None."""

    node: Node
    found: Found
    keys: Keys = ()
    key: Scalar | None = None

    def __post_init__(self) -> None:
        node = self.node if isinstance(self.node, Scalar) else self.key or self.node
        self.found.positions[self.keys] = (node.line, node.column)

    @property
    def place(self) -> Place:
        """Where to point at: the key of a field, or else the value."""
        return (self.key or self.node).place

    @property
    def name(self) -> str:
        """What the message calls it: `next_read[0].why`."""
        parts = (f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in self.keys)
        return "".join(parts).lstrip(".")

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

    def scalar(self) -> Scalar | None:
        """The node as a string that says something."""
        if not isinstance(self.node, Scalar):
            self._wrong_kind(Scalar)
            return None
        value = self.node.value
        if not value.strip() or (self.node.plain and value in ("null", "Null", "NULL", "~")):
            self.report("empty", f"`{self.name}` is empty", "write something, or delete the key")
            return None
        return self.node

    def items(self) -> list[Cursor] | None:
        """The node as a list."""
        if not isinstance(self.node, Sequence):
            self._wrong_kind(Sequence)
            return None
        return [
            Cursor(item, self.found, (*self.keys, index))
            for index, item in enumerate(self.node.items)
        ]

    def entries(self) -> dict[str, Cursor] | None:
        """The node as a mapping."""
        if not isinstance(self.node, Mapping):
            self._wrong_kind(Mapping)
            return None
        return {
            key.value: Cursor(value, self.found, (*self.keys, key.value), key)
            for key, value in self.node.entries
        }

    def fields(self, known: Collection[str], required: Collection[str]) -> dict[str, Cursor] | None:
        """The node as a mapping with just these keys; what is unknown or missing is reported."""
        entries = self.entries()
        if entries is None:
            return None
        meant: set[str] = set()
        for key in [key for key in entries if key not in known]:
            meant |= self._unknown(key, entries.pop(key), known)
        for key in [key for key in required if key not in entries and key not in meant]:
            where = f" of `{self.name}`" if self.keys else ""
            place = self.node.place
            self.report("missing-key", f"the key `{key}`{where} is missing", place=place)
        return entries

    def _unknown(self, key: str, cursor: Cursor, known: Collection[str]) -> set[str]:
        near = get_close_matches(key.lower().replace("-", "_")[:40], known, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
        cursor.report("unknown-key", f"unknown key `{key[:40]}`", hint, place=cursor.place)
        return set(near)

    def _wrong_kind(self, wanted: type) -> None:
        name = f"`{self.name}`" if self.keys else "the note"
        if isinstance(self.node, Scalar) and not self.node.value:
            self.report("empty", f"{name} is empty; it must be {_KINDS[wanted]}")
            return
        hint = ""
        if wanted is Sequence and isinstance(self.node, Scalar):
            hint = "put it in brackets: [ … ]"
        message = f"{name} is {_KINDS[type(self.node)]}; it must be {_KINDS[wanted]}"
        self.report("wrong-kind", message, hint)
