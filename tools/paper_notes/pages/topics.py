"""What the field is made of: a map of the topics, and a page for each."""

from __future__ import annotations

from collections.abc import Iterator

from paper_notes.pages.context import Context
from paper_notes.pages.entries import Entries
from paper_notes.pages.page import Page
from paper_notes.pages.paging import Part, parts
from paper_notes.pages.proof import Proof, proof
from paper_notes.pages.words import WORDS

ON_A_PAGE = 60
FIRSTS = 4  # papers of each topic on the map


def topic_pages(context: Context, language: str, entries: Entries) -> Iterator[Page]:
    """The map of topics, then every topic with its papers in reading order."""
    yield _map(context, language)
    for topic, ids in context.groups.topics.items():
        if topic in context.library.topics:
            figures = proof(context, ids)
            for part in parts(f"{language}/topics/{topic}/", ids, ON_A_PAGE):
                yield _topic(context, topic, figures, part, entries)


def _map(context: Context, language: str) -> Page:
    url = f"{language}/topics/"
    words = WORDS[language]
    groups = context.groups.topics
    proofs = {topic: proof(context, ids) for topic, ids in groups.items()}
    firsts = {topic: context.papers(ids[:FIRSTS]) for topic, ids in groups.items()}
    body = context.render("topics.html", url, language, firsts=firsts, proofs=proofs)
    return Page(
        url=url,
        language=language,
        title=words["topics"],
        description=words["topics_way"],
        body=body,
        kind="list",
        math='class="katex' in body,
        styles=("assets/lists.css",),
    )


def _topic(context: Context, id: str, figures: Proof, part: Part[str], entries: Entries) -> Page:
    topic, language = context.library.topics[id], entries.language
    name = context.topic_name(id, language)
    body = context.render(
        "topic.html",
        part.url,
        language,
        topic=topic,
        name=name,
        part=part,
        entries=entries.of(part),
        proof=figures,
    )
    return Page(
        url=part.url,
        language=language,
        title=part.title(name),
        description=topic.about.best(language)[0] if topic.about else name,
        body=body,
        kind="list",
        math='class="katex' in body,
        styles=("assets/lists.css",),
    )
