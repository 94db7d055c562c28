"""Concepts: what the names of a synonym group have in common, as one token of the index.

A paper has the concept `#gan` where it has all the words of one of the group's names. A query for
one name then needs a single entry to find what the others name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

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


Signs: TypeAlias = Mapping[str, Sequence[tuple[str, frozenset[str]]]]


def signs(concepts: Iterable[Concept]) -> Signs:
    """The concepts' tokens and forms by one token of each form: without it, no need to look on."""
    found: defaultdict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for concept in concepts:
        for form in filter(None, concept.forms):
            found[max(form, key=lambda token: (len(token), token))].append((concept.token, form))
    return found


def shown(signs: Signs, counts: Mapping[str, int]) -> Mapping[str, int]:
    """How often each concept that a paper with these tokens has stands in it."""
    present = counts.keys()
    found: dict[str, int] = {}
    for sign in signs.keys() & present:
        for token, form in signs[sign]:
            if form <= present:
                times = min(map(counts.__getitem__, form))
                found[token] = max(times, found.get(token, 0))
    return found


def _forms(name: str) -> list[frozenset[str]]:
    together: list[str] = []  # f-anogan as one token
    apart: list[str] = []
    for part, japanese in parts(fold(name)):
        own = pairs(part) if japanese else word_tokens(part)
        together += own if japanese else own[-1:]
        apart += own if japanese or len(own) == 1 else own[:-1]
    telling = all(len(token) >= _TELLING for token in apart if token.isascii())
    return [frozenset(together), *([frozenset(apart)] if telling else [])]
