"""Kinds of value: each knows how to read itself from a note and how a JSON Schema says it.

The two stand together so that the editor, which knows the schema, and `check`, which reads, say
the same. A kind's `read` reports what is wrong at the cursor and then returns None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from paper_notes.notes.cursor import Cursor
from paper_notes.notes.placeholders import TODO

Schema = Mapping[str, object]


@dataclass(frozen=True)
class Kind:
    """How a value is read, and what the JSON Schema says about it."""

    read: Callable[[Cursor], Any]
    schema: Schema


def shown(value: str) -> str:
    """A value for a message: short, whatever it is."""
    return value if len(value) <= 40 else value[:40] + "…"


def _read_line(cursor: Cursor) -> str | None:
    scalar = cursor.scalar()
    if scalar is None:
        return None
    if "\n" in scalar.value or scalar.value != scalar.value.strip():
        cursor.report(
            "not-one-line",
            f"`{cursor.name}` must be one line without blanks around it",
            "write it behind the colon, without |",
        )
        return None
    if scalar.value == TODO:
        cursor.report("placeholder", f"`{cursor.name}` is still {TODO}", "fill it in")
        return None
    return scalar.value


_ONE_LINE = {"type": "string", "pattern": r"^\S(?:.*\S)?$", "not": {"const": TODO}}
LINE = Kind(_read_line, _ONE_LINE)
NUMBER_OR_LINE = Kind(_read_line, {"anyOf": [_ONE_LINE, {"type": "number"}]})


def matching(
    pattern: str, code: str, what: str, hint: str = "", *, also: Schema | None = None
) -> Kind:
    """A line of a given form. `also` is what a YAML 1.2 editor may take such a value for."""
    compiled = re.compile(pattern, re.ASCII)

    def read(cursor: Cursor) -> str | None:
        value = _read_line(cursor)
        if value is None or compiled.fullmatch(value):
            return value
        narrow = unicodedata.normalize("NFKC", value) if len(value) < 200 else value
        if narrow != value and compiled.fullmatch(narrow):
            cursor.report(
                "full-width",
                f"{shown(value)} is written with full-width characters",
                f"write {narrow}",
            )
        else:
            cursor.report(code, f"{shown(value)} is not {what}", hint)
        return None

    schema: Schema = {"type": "string", "pattern": pattern}
    return Kind(read, {"anyOf": [schema, also]} if also else schema)


def converted(kind: Kind, convert: Callable[[str], Any], code: str, what: str) -> Kind:
    """The kind's text made into another value; a ValueError of `convert` is a problem."""

    def read(cursor: Cursor) -> Any:
        value = kind.read(cursor)
        try:
            return None if value is None else convert(value)
        except ValueError:
            cursor.report(code, f"{shown(value)} is not {what}")
            return None

    return Kind(read, kind.schema)


def one_of(choices: type[StrEnum]) -> Kind:
    """One word of a fixed set."""
    words = [choice.value for choice in choices]

    def read(cursor: Cursor) -> StrEnum | None:
        value = _read_line(cursor)
        if value is None or value in words:
            return None if value is None else choices(value)
        near = [word for word in words if word[:4] == value.lower()[:4]]
        hint = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(words)}"
        cursor.report(choices.__name__.lower(), f"unknown word {shown(value)}", hint)
        return None

    return Kind(read, {"enum": words})


def listing(item: Kind, least: int = 0, most: int | None = None, *, unique: bool = False) -> Kind:
    """A list with so many items; where unique, no text twice."""

    def read(cursor: Cursor) -> tuple[Any, ...] | None:
        items = cursor.items()
        if items is None:
            return None
        if len(items) < least or (most is not None and len(items) > most):
            wanted = f"{least} to {most}" if most is not None else f"at least {least}"
            message = f"`{cursor.name}` has {len(items)} items; {wanted} are due"
            cursor.report("item-count", message, place=cursor.place)
        values = [item.read(one) for one in items]
        if unique:
            _report_repeats(items, values)
        return tuple(value for value in values if value is not None)

    schema: dict[str, object] = {"type": "array", "items": item.schema, "minItems": least}
    if most is not None:
        schema["maxItems"] = most
    if unique:
        schema["uniqueItems"] = True
    return Kind(read, schema)


def _report_repeats(items: list[Cursor], values: list[Any]) -> None:
    first: dict[Any, Cursor] = {}
    for cursor, value in zip(items, values, strict=True):
        if value is not None and value in first:
            line = first[value].node.place.line
            cursor.report("repeated", f"{shown(value)} stands here already, on line {line}")
        first.setdefault(value, cursor)


def _read_words(cursor: Cursor) -> dict[str, str] | None:
    entries = cursor.entries()
    if entries is None:
        return None
    values = {key: _read_line(value) for key, value in entries.items()}
    return {key: value for key, value in values.items() if value is not None}


WORDS = Kind(_read_words, {"type": "object", "additionalProperties": NUMBER_OR_LINE.schema})


def record(
    cls: type,
    kinds: Mapping[str, Kind],
    check: Callable[[Cursor, Mapping[str, Cursor]], None] | None = None,
    rules: Schema | None = None,
    build: Callable[..., Any] | None = None,
) -> Kind:
    """A mapping that becomes a dataclass: its fields say which keys there are and must be.

    `check` looks at keys that depend on each other, and `rules` says the same to the schema.
    `build` makes the value where the class needs more than the mapping has.
    """
    own = [field for field in fields(cls) if field.name in kinds]
    required = [f.name for f in own if f.default is MISSING and f.default_factory is MISSING]
    known, due = kinds.keys(), dict.fromkeys(required).keys()

    def read(cursor: Cursor) -> Any:
        before = cursor.found.errors
        entries = cursor.fields(known, due)
        if entries is None:
            return None
        values = {key: kinds[key].read(value) for key, value in entries.items()}
        if check:
            check(cursor, entries)
        if cursor.found.errors > before:
            return None
        return (build or cls)(**values)

    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {field.name: _described(field, kinds[field.name]) for field in own},
        **(rules or {}),
    }
    return Kind(read, schema)


def _described(field: Any, kind: Kind) -> Schema:
    example = field.metadata.get("example")
    examples = {} if example is None else {"examples": [example]}
    return {"description": field.metadata["doc"].both, **kind.schema, **examples}


_DATE = matching(
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "date", "a date", "write it as 2026-11-21 (year-month-day)"
)
DATE = converted(_DATE, date.fromisoformat, "date", "a day of the calendar")
