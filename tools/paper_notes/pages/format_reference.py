"""The reference of a note's format, made from the model that reader and schema share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from typing import Any

from paper_notes.notes.fields import PAPER_KINDS
from paper_notes.notes.model import Claim, NextRead, Paper, Relation, Result
from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.words import WORDS

# Which record each list of a note holds.
_PARTS: tuple[tuple[str, type], ...] = (
    ("next_read", NextRead),
    ("claims", Claim),
    ("results", Result),
)


@dataclass(frozen=True)
class Row:
    """One key: what it holds, whether it must be there, and an example as YAML has it."""

    name: str
    doc: str
    required: bool
    example: str


def format_page(context: Context, language: str) -> Page:
    """Every key of a note with what it holds, in the order in which `fmt` writes them."""
    url = f"{language}/format/"
    order = {name: index for index, name in enumerate(PAPER_KINDS)}
    note = sorted(_rows(Paper, language), key=lambda row: order.get(row.name, -1))
    tables = {"": [row for row in note if row.name in order]}
    tables |= {name: list(_rows(cls, language)) for name, cls in _PARTS}
    body = context.render("format.html", url, language, tables=tables, relations=list(Relation))
    words = WORDS[language]
    return Page(url, language, words["format"], words["format_lead"], body, "list")


def _rows(cls: type, language: str) -> Iterator[Row]:
    for field in fields(cls):
        doc = field.metadata.get("doc")
        if doc is not None:
            required = field.default is MISSING and field.default_factory is MISSING
            yield Row(field.name, getattr(doc, language), required, _example(field.metadata))


def _example(metadata: Any) -> str:
    example = metadata["example"]
    if example is None or isinstance(example, str | int):
        return "" if example is None else str(example)
    return json.dumps(example, ensure_ascii=False).replace('"', "")
