"""The JSON Schema of a note, from the table that the reader uses, for editors to complete from."""

from __future__ import annotations

import json

from paper_notes.notes.fields import PAPER


def paper_schema() -> dict[str, object]:
    """The schema (draft 2020-12) of papers/<id>.yaml.

    It is a little laxer than the reader where an editor sees another type than we do: YAML 1.2
    makes `arxiv: 1803.08494` a number, and the reader a string.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A paper's note",
        "description": "One paper: six questions answered in two languages, and what was verified.",
        **PAPER.schema,
    }


def schema_text() -> str:
    """The schema as the text of docs/schema/paper.json."""
    return json.dumps(paper_schema(), ensure_ascii=False, indent=2) + "\n"
