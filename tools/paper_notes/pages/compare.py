"""Papers side by side: each topic's in full, and any choice of papers by a small script."""

from __future__ import annotations

from collections.abc import Iterator

from paper_notes.notes.model import QUESTIONS, Paper
from paper_notes.pages.context import Context
from paper_notes.pages.groups import by_topic
from paper_notes.pages.page import Page
from paper_notes.pages.paging import Part, parts
from paper_notes.pages.words import WORDS

ON_A_PAGE = 12  # columns


def compare_pages(context: Context, language: str) -> Iterator[Page]:
    """The page that shows chosen papers, then a table for each topic that has papers."""
    base = f"{language}/compare/"
    groups = {topic: papers for topic, papers in by_topic(context).items() if papers}
    yield _choice(context, language, base, {topic: len(found) for topic, found in groups.items()})
    for topic, papers in groups.items():
        for part in parts(f"{base}{topic}/", papers, ON_A_PAGE):
            yield _table(context, language, topic, papers, part)


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
    context: Context, language: str, topic: str, papers: list[Paper], part: Part[Paper]
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
