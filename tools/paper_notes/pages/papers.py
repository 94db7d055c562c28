"""All papers by topic; of a topic with many, the first ones and the way to the rest."""

from __future__ import annotations

from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.words import WORDS

OF_A_TOPIC = 20


def papers_page(context: Context, language: str) -> Page:
    """The page of all papers in that language."""
    url = f"{language}/papers/"
    words = WORDS[language]
    groups = {topic: ids for topic, ids in context.groups.topics.items() if ids}
    body = context.render(
        "papers.html",
        url,
        language,
        groups={topic: context.papers(ids[:OF_A_TOPIC]) for topic, ids in groups.items()},
        counts={topic: len(ids) for topic, ids in groups.items()},
    )
    return Page(
        url=url,
        language=language,
        title=words["papers"],
        description=words["tagline"],
        body=body,
        kind="list",
        styles=("assets/lists.css",),
    )
