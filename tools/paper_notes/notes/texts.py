"""The bilingual texts of a note, and what each is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from paper_notes.notes.model import QUESTIONS, Paper, Text

Keys: TypeAlias = tuple[str | int, ...]  # that lead to a field of the note

LANGUAGE_NAMES = {"en": "English", "ja": "Japanese"}


def texts(paper: Paper) -> Iterator[tuple[Keys, Text]]:
    """Every text of the note in the order of its fields."""
    for question in QUESTIONS:
        yield (question,), paper.answer(question)
    for index, read in enumerate(paper.next_read):
        yield ("next_read", index, "why"), read.why
    for index, claim in enumerate(paper.claims):
        yield ("claims", index, "says"), claim.says
        if claim.reported:
            yield ("claims", index, "reported"), claim.reported


def field_name(keys: Keys) -> str:
    """A field in words: "claims 2 says"."""
    return " ".join(str(key + 1) if isinstance(key, int) else key for key in keys)
