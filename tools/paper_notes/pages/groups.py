"""Papers in groups: by topic, year and tag."""

from __future__ import annotations

from collections.abc import Mapping

from paper_notes.notes.model import Paper
from paper_notes.pages.context import Context

Groups = Mapping[str, list[Paper]]


def by_topic(context: Context) -> Groups:
    """For every topic, in the order of the topics, its papers in reading order."""
    groups: dict[str, list[Paper]] = {topic: [] for topic in context.library.topics}
    for paper in map(context.library.papers.__getitem__, context.reading_order):
        groups.setdefault(paper.topic, []).append(paper)
    return groups


def by_year(context: Context) -> Mapping[int, list[Paper]]:
    """The papers of each year, the newest year first, by title within."""
    groups: dict[int, list[Paper]] = {}
    papers = context.library.papers.values()
    for paper in sorted(papers, key=lambda paper: (-paper.year, paper.title)):
        groups.setdefault(paper.year, []).append(paper)
    return groups


def by_tag(context: Context) -> Groups:
    """The papers that carry each tag, in reading order, tags sorted."""
    groups: dict[str, list[Paper]] = {}
    for paper in map(context.library.papers.__getitem__, context.reading_order):
        for tag in paper.tags:
            groups.setdefault(tag, []).append(paper)
    return dict(sorted(groups.items()))
