"""All papers by topic; of a topic with many, the first ones and the way to the rest."""

from __future__ import annotations

from paper_notes.pages.context import Context
from paper_notes.pages.groups import by_topic
from paper_notes.pages.page import Page
from paper_notes.pages.words import WORDS

OF_A_TOPIC = 20


def papers_page(context: Context, language: str) -> Page:
    """The page of all papers in that language."""
    url = f"{language}/papers/"
    words = WORDS[language]
    body = context.render("papers.html", url, language, groups=by_topic(context), most=OF_A_TOPIC)
    return Page(
        url=url,
        language=language,
        title=words["papers"],
        description=words["tagline"],
        body=body,
        kind="list",
        styles=("assets/lists.css",),
    )
