"""Concepts: what the names of a synonym group have in common, as one token of the index.

A paper has the concept `#gan` where it has all the words of one of the group's names. A query for
one name then needs a single entry to find what the others name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paper_notes.notes.synonyms import Synonyms
from paper_notes.search.tokens import compact, fold, pairs, parts, word_tokens

_TELLING = 3  # letters; the parts of U-Net stand in many texts that are not about it


@dataclass(frozen=True)
class Concept:
    """A concept's token, and the sets of tokens that each show it."""

    token: str
    forms: Sequence[frozenset[str]]


def concepts(synonyms: Synonyms) -> Sequence[Concept]:
    """The concept of each group, named after the group's first name."""
    return [
        Concept(f"#{compact(group[0])}", sorted({form for name in group for form in _forms(name)},
                                               key=sorted))
        for group in synonyms
    ]  # fmt: skip


def _forms(name: str) -> list[frozenset[str]]:
    together: list[str] = []  # f-anogan as one token
    apart: list[str] = []
    for part, japanese in parts(fold(name)):
        own = pairs(part) if japanese else word_tokens(part)
        together += own if japanese else own[-1:]
        apart += own if japanese or len(own) == 1 else own[:-1]
    telling = all(len(token) >= _TELLING for token in apart if token.isascii())
    return [frozenset(together), *([frozenset(apart)] if telling else [])]
