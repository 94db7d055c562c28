"""Every page of the site, made from one context."""

from __future__ import annotations

from collections.abc import Iterator

from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.context import Context
from paper_notes.pages.lists import list_pages
from paper_notes.pages.page import Page
from paper_notes.pages.paper import paper_page
from paper_notes.pages.search import search_page
from paper_notes.pages.snippet import snippet_page


def every_page(context: Context) -> Iterator[Page]:
    """All pages in both languages, in a fixed order."""
    for language in LANGUAGES:
        yield from list_pages(context, language)
        yield search_page(context, language)
        for paper in context.library.papers.values():
            yield paper_page(context, paper, language)
        for id in sorted(context.library.snippets):
            yield snippet_page(context, context.library.snippets[id], language)
