"""A paper's card: what is shown of it in a list of results or beside a link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from paper_notes.evidence import Totals
from paper_notes.notes.topics import Topic
from paper_notes.search.fields import Source
from paper_notes.search.plain import opening

MOST_AUTHORS = 3


@dataclass(frozen=True)
class Card:
    """One paper in one language."""

    id: str
    title: str
    authors: str
    published: str
    topic: str
    opening: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    verified: int
    claims: int
    prose: Mapping[str, str]  # by field; a field that is not written in this language is not there

    def document(self) -> Mapping[str, object]:
        """The card as JSON takes it."""
        return vars(self)


def card(source: Source, topic: Topic | None, totals: Totals, language: str) -> Card:
    """The card of this paper in that language."""
    paper = source.paper
    other = "en" if language == "ja" else "ja"
    own = {field: text for field, text in source.prose[language].items() if text}
    name, year = paper.published
    return Card(
        id=paper.id,
        title=paper.title,
        authors=short_authors(paper.authors),
        published=f"{name} {year}",
        topic=topic.name.best(language)[0] if topic else paper.topic,
        opening=opening(own.get("what") or source.prose[other]["what"]),
        aliases=paper.aliases,
        tags=paper.tags,
        verified=totals.verified,
        claims=totals.claims,
        prose=own,
    )


def short_authors(authors: Iterable[str]) -> str:
    """The first authors of many."""
    first = list(authors)
    shown = ", ".join(first[:MOST_AUTHORS])
    return f"{shown}, et al." if len(first) > MOST_AUTHORS else shown
