"""Every claim of the base with how we know it: totals first, then a table for each topic.

The tables are pages of their own, so that none grows with the base; the script on the first page
reads them when a reader filters.
"""

from __future__ import annotations

from collections.abc import Iterator

from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.paging import Part, parts
from paper_notes.pages.proof import mutation, proof
from paper_notes.pages.words import WORDS

ON_A_PAGE = 25  # papers; some 200 claims


def evidence_pages(context: Context, language: str) -> Iterator[Page]:
    """The claims of each topic that has papers, paper by paper; then the totals."""
    base = f"{language}/evidence/"
    groups = {topic: ids for topic, ids in context.groups.topics.items() if ids}
    tables = {topic: parts(f"{base}{topic}/", ids, ON_A_PAGE) for topic, ids in groups.items()}
    math = False
    for topic, found in tables.items():
        for part in found:
            page = _table(context, language, topic, part)
            math |= page.math
            yield page
    yield _totals(context, language, base, tables, math)


def _totals(
    context: Context, language: str, base: str, tables: dict[str, list[Part[str]]], math: bool
) -> Page:
    words = WORDS[language]
    groups = context.groups
    body = context.render(
        "evidence.html",
        base,
        language,
        proof=proof(context, groups.totals.keys()),
        proofs={topic: proof(context, groups.topics[topic]) for topic in tables},
        tables=tables,
    )
    return Page(
        url=base,
        language=language,
        title=words["evidence"],
        description=words["evidence_way"],
        body=body,
        kind="list",
        math=math,  # the script shows rows of the tables here
        styles=("assets/lists.css",),
        scripts=("assets/evidence.js",),
    )


def _table(context: Context, language: str, topic: str, part: Part[str]) -> Page:
    words = WORDS[language]
    title = f"{words['evidence']}: {context.topic_name(topic, language)}"
    body = context.render(
        "evidence_topic.html",
        part.url,
        language,
        title=title,
        topic=topic,
        part=part,
        papers=context.papers(part.items),
        evidence=context.evidence,
        mutation_of=lambda paper: mutation(context, [paper.id]),
    )
    return Page(
        url=part.url,
        language=language,
        title=part.title(title),
        description=words["evidence_way"],
        body=body,
        kind="list",
        math='class="katex' in body,
        styles=("assets/lists.css",),
    )
