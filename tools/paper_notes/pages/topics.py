"""What the field is made of: a map of the topics, and a page for each."""

from __future__ import annotations

from collections.abc import Iterator

from paper_notes.notes.model import Paper
from paper_notes.pages.context import Context
from paper_notes.pages.groups import by_topic
from paper_notes.pages.page import Page
from paper_notes.pages.paging import Part, parts
from paper_notes.pages.proof import Proof, proof
from paper_notes.pages.words import WORDS

ON_A_PAGE = 60


def topic_pages(context: Context, language: str) -> Iterator[Page]:
    """The map of topics, then every topic with its papers in reading order."""
    groups = by_topic(context)
    yield _map(context, language)
    for topic, papers in groups.items():
        if topic in context.library.topics:
            figures = proof(context, papers)
            for part in parts(f"{language}/topics/{topic}/", papers, ON_A_PAGE):
                yield _topic(context, topic, figures, part, language)


def _map(context: Context, language: str) -> Page:
    url = f"{language}/topics/"
    words = WORDS[language]
    groups = by_topic(context)
    proofs = {topic: proof(context, papers) for topic, papers in groups.items()}
    body = context.render("topics.html", url, language, groups=groups, proofs=proofs)
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


def _topic(context: Context, id: str, figures: Proof, part: Part[Paper], language: str) -> Page:
    topic = context.library.topics[id]
    name = context.topic_name(id, language)
    body = context.render(
        "topic.html",
        part.url,
        language,
        topic=topic,
        name=name,
        part=part,
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
