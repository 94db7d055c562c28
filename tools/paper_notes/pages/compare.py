"""Papers side by side: the best linked of each topic, and any choice by a small script.

Whoever reads side by side reads a few papers; tables of a topic's many hundreds would be half of a
large site and read by nobody (docs/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Iterator

from paper_notes.graph.layout import best_linked
from paper_notes.notes.model import QUESTIONS, Paper
from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.paging import Part, parts
from paper_notes.pages.words import WORDS

ON_A_PAGE = 12  # columns
OF_A_TOPIC = 60  # papers in tables


def compare_pages(context: Context, language: str) -> Iterator[Page]:
    """The page that shows chosen papers, then a table for each topic that has papers."""
    base = f"{language}/compare/"
    groups = {topic: ids for topic, ids in context.groups.topics.items() if ids}
    yield _choice(context, language, base, {topic: len(ids) for topic, ids in groups.items()})
    for topic, ids in groups.items():
        best = best_linked(context.graph, OF_A_TOPIC, ids)
        shown = context.papers(id for id in ids if id in best)
        for part in parts(f"{base}{topic}/", shown, ON_A_PAGE):
            yield _table(context, language, topic, shown, part, len(ids))


def _choice(context: Context, language: str, base: str, counts: dict[str, int]) -> Page:
    words = WORDS[language]
    body = context.render("compare.html", base, language, counts=counts)
    return Page(
        url=base,
        language=language,
        title=words["compare"],
        description=words["compare_way"],
        body=body,
        kind="compare",
        math=True,  # the script shows answers with formulas here
        styles=("assets/lists.css",),
        scripts=("assets/compare.js",),
    )


def _table(
    context: Context, language: str, topic: str, papers: list[Paper], part: Part[Paper], of: int
) -> Page:
    words = WORDS[language]
    title = f"{words['compare']}: {context.topic_name(topic, language)}"
    body = context.render(
        "compare_topic.html",
        part.url,
        language,
        title=title,
        topic=topic,
        all_papers=papers,
        of=of,
        part=part,
        questions=QUESTIONS,
        evidence=context.evidence,
    )
    return Page(
        url=part.url,
        language=language,
        title=part.title(title),
        description=words["compare_way"],
        body=body,
        kind="compare",
        math='class="katex' in body,
        styles=("assets/lists.css",),
    )
