"""The search page: a form with its results, and all papers by title for whoever has no script."""

from __future__ import annotations

from paper_notes.notes.model import Paper
from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.words import WORDS

MOST_TITLES = 300  # more would make a page that nobody can use


def search_page(context: Context, language: str) -> Page:
    """The search page in that language."""
    url = f"{language}/search/"
    body = context.render(
        "search.html",
        url,
        language,
        papers=_by_title(context),
    )
    return Page(
        url=url,
        language=language,
        title=WORDS[language]["search"],
        description=WORDS[language]["search_label"],
        body=body,
        kind="search",
        styles=("assets/lists.css", "search/client.css"),
        scripts=("search/client.js",),
    )


def _by_title(context: Context) -> list[Paper]:
    """All papers where the page has room for them, or none."""
    papers = context.library.papers
    if len(papers) > MOST_TITLES:
        return []
    return sorted(papers.values(), key=lambda paper: paper.title.casefold())
