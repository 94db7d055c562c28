"""Translations that stayed as they were while their originals changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from paper_notes.notes.model import LANGUAGES, Paper
from paper_notes.notes.texts import field_name, texts


@dataclass(frozen=True, order=True)
class LeftBehind:
    """A text that changed in one language only."""

    id: str  # the paper's
    field: str  # "key_idea", "claims 2 says"
    language: str  # the one in which it stayed


def left_behind(before: Paper, after: Paper) -> Iterator[LeftBehind]:
    """The texts that say what they said in one language, and something else in the other.

    A text is known by its words, so that claims and next reads may change their order.
    """
    for language in LANGUAGES:
        beside: defaultdict[str | None, set[str | None]] = defaultdict(set)
        (other,) = (each for each in LANGUAGES if each != language)
        for _, text in texts(before):
            beside[text.get(language)].add(text.get(other))
        for keys, text in texts(after):
            own, theirs = text.get(language), text.get(other)
            known = beside.get(own, set())
            if None not in (own, theirs) and known and not known & {None, theirs}:
                yield LeftBehind(after.id, field_name(keys), language)
