"""The notes as one JSON document, with the schema that it keeps to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from paper_notes.notes.model import ID_PATTERN, Paper
from paper_notes.notes.schema import paper_schema

FORMAT = "paper-notes/1"


def collection_json(papers: Iterable[Paper]) -> str:
    """Every field of every note under its own name; what is empty is left out."""
    document = {"format": FORMAT, "papers": [_plain(paper) for paper in papers]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def collection_schema() -> dict[str, object]:
    """The JSON Schema of that document: notes as the editor knows them, each with its id."""
    note = paper_schema()
    own = {"type": "string", "pattern": ID_PATTERN, "description": "The note's file name."}
    properties: Any = note["properties"]
    required: Any = note["required"]
    return {
        "$schema": note["$schema"],
        "title": "A collection of notes",
        "type": "object",
        "additionalProperties": False,
        "required": ["format", "papers"],
        "properties": {
            "format": {"const": FORMAT},
            "papers": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["id", *required],
                    "properties": {"id": own, **properties},
                },
            },
        },
    }


def _plain(value: Any) -> Any:
    """The value as JSON can hold it, without what is empty."""
    if is_dataclass(value):
        pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _plain(part) for name, part in pairs if part not in (None, (), {})}
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
