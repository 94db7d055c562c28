"""All snippets with what became of their last run."""

from __future__ import annotations

from collections.abc import Iterator

from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.paging import parts
from paper_notes.pages.words import WORDS

ON_A_PAGE = 150


def snippets_pages(context: Context, language: str) -> Iterator[Page]:
    """The snippets sorted by id, in parts."""
    snippets = [context.library.snippets[id] for id in sorted(context.library.snippets)]
    for part in parts(f"{language}/snippets/", snippets, ON_A_PAGE):
        body = context.render(
            "snippets.html",
            part.url,
            language,
            part=part,
            nodes=context.graph.nodes,
            runs=context.runs,
        )
        words = WORDS[language]
        yield Page(
            url=part.url,
            language=language,
            title=part.title(words["snippets"]),
            description=words["snippets_way"],
            body=body,
            kind="list",
            styles=("assets/lists.css",),
        )
