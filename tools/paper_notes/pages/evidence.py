"""Every claim of the base with how we know it: totals first, then a table for each topic.

The tables are pages of their own, so that none grows with the base; the script on the first page
reads them when a reader filters.
"""

from __future__ import annotations

from collections.abc import Iterator

from paper_notes.notes.model import Paper
from paper_notes.pages.context import Context
from paper_notes.pages.groups import by_topic
from paper_notes.pages.page import Page
from paper_notes.pages.paging import Part, parts
from paper_notes.pages.proof import mutation, proof
from paper_notes.pages.words import WORDS

ON_A_PAGE = 25  # papers; some 200 claims


def evidence_pages(context: Context, language: str) -> Iterator[Page]:
    """The totals, then the claims of each topic that has papers, paper by paper."""
    base = f"{language}/evidence/"
    groups = {topic: papers for topic, papers in by_topic(context).items() if papers}
    tables = {
        topic: parts(f"{base}{topic}/", papers, ON_A_PAGE) for topic, papers in groups.items()
    }
    pages = [
        _table(context, language, topic, part) for topic, found in tables.items() for part in found
    ]
    yield _totals(context, language, base, tables, any(page.math for page in pages))
    yield from pages


def _totals(
    context: Context, language: str, base: str, tables: dict[str, list[Part[Paper]]], math: bool
) -> Page:
    words = WORDS[language]
    papers = {topic: [p for part in found for p in part.items] for topic, found in tables.items()}
    body = context.render(
        "evidence.html",
        base,
        language,
        proof=proof(context, context.library.papers.values()),
        proofs={topic: proof(context, members) for topic, members in papers.items()},
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


def _table(context: Context, language: str, topic: str, part: Part[Paper]) -> Page:
    words = WORDS[language]
    title = f"{words['evidence']}: {context.topic_name(topic, language)}"
    body = context.render(
        "evidence_topic.html",
        part.url,
        language,
        title=title,
        topic=topic,
        part=part,
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
