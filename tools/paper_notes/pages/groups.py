"""Papers in groups, by their ids: what lists know of all papers before they show some of them.

All papers are looked through once for every list there is. Whoever shows a paper looks it up then,
so that none is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from paper_notes.evidence import Totals
from paper_notes.notes.model import Paper

Ids = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Groups:
    """The ids of all papers in the orders that lists have, and how far each is proven."""

    topics: Ids  # every topic, in the order of the topics; its papers in reading order
    tags: Ids  # sorted; the papers in reading order
    years: Mapping[int, Sequence[str]]  # the newest year first, by title within
    newest: Sequence[str]  # what came last to the base first
    totals: Mapping[str, Totals]


def grouped(
    papers: Iterable[Paper],
    topics: Iterable[str],
    reading_order: Iterable[str],
    totals: Callable[[Paper], Totals],
) -> Groups:
    """Look through the papers, which come sorted by id, once."""
    topic_of: dict[str, str] = {}
    tags_of: dict[str, tuple[str, ...]] = {}
    ages: list[tuple[int, str, str]] = []
    added: list[tuple[str, int, str]] = []
    totals_of: dict[str, Totals] = {}
    for paper in papers:
        topic_of[paper.id] = paper.topic
        tags_of[paper.id] = paper.tags
        ages.append((-paper.year, paper.title, paper.id))
        added.append((str(paper.added or ""), paper.year, paper.id))
        totals_of[paper.id] = totals(paper)
    by_topic: dict[str, list[str]] = {topic: [] for topic in topics}
    by_tag: dict[str, list[str]] = {}
    for id in reading_order:
        by_topic.setdefault(topic_of[id], []).append(id)
        for tag in tags_of[id]:
            by_tag.setdefault(tag, []).append(id)
    by_year: dict[int, list[str]] = {}
    for age, _, id in sorted(ages):
        by_year.setdefault(-age, []).append(id)
    newest = sorted(added, key=lambda item: item[:2], reverse=True)
    return Groups(
        topics=by_topic,
        tags=dict(sorted(by_tag.items())),
        years=by_year,
        newest=[id for *_, id in newest],
        totals=totals_of,
    )
