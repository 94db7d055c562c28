"""Every page of the site, made from one context."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.compare import compare_pages
from paper_notes.pages.context import Context
from paper_notes.pages.entries import Entries
from paper_notes.pages.evidence import evidence_pages
from paper_notes.pages.format_reference import format_page
from paper_notes.pages.home import home_page
from paper_notes.pages.map import map_page
from paper_notes.pages.page import Page
from paper_notes.pages.paper import paper_head, paper_pages
from paper_notes.pages.papers import papers_page
from paper_notes.pages.paths import path_pages
from paper_notes.pages.search import search_page
from paper_notes.pages.snippet import snippet_head, snippet_pages
from paper_notes.pages.snippets import snippets_pages
from paper_notes.pages.tags import tag_pages
from paper_notes.pages.timeline import timeline_pages
from paper_notes.pages.topics import topic_pages
from paper_notes.pages.toread import to_read_pages


def every_page(context: Context) -> Iterator[Page]:
    """All pages in both languages, in a fixed order."""
    yield from list_pages(context)
    for id in every_id(context):
        yield from pages_about(context, id)


def list_pages(context: Context) -> Iterator[Page]:
    """The pages that are not about one paper: few, but each looks at many papers."""
    for make in lists(context):
        yield from make()


def lists(context: Context) -> Iterator[Callable[[], Iterator[Page]]]:
    """What makes the lists of each kind, one page after the other, in the order of `list_pages`."""
    for make in _LISTS:
        yield partial(_in_each_language, make, context)


def _in_each_language(
    make: Callable[[Context, str], Iterator[Page]], context: Context
) -> Iterator[Page]:
    """By the same process, since languages share what takes longest: formulas."""
    for language in LANGUAGES:
        yield from make(context, language)


def _pages_of_entries(context: Context, language: str) -> Iterator[Page]:
    entries = Entries(context, language)
    yield from topic_pages(context, language, entries)
    yield from tag_pages(context, language, entries)


def _single_pages(context: Context, language: str) -> Iterator[Page]:
    yield home_page(context, language)
    yield papers_page(context, language)
    yield map_page(context, language)
    yield search_page(context, language)
    yield format_page(context, language)


_LISTS = (  # those that take longest first, so that no process waits for the last one
    compare_pages,
    evidence_pages,
    _pages_of_entries,
    timeline_pages,
    to_read_pages,
    _single_pages,
    snippets_pages,
    path_pages,
)


def every_id(context: Context) -> list[str]:
    """The ids that have pages of their own, sorted."""
    return sorted({*context.library.papers, *context.library.snippets})


def pages_about(context: Context, id: str) -> Iterator[Page]:
    """The pages of one paper and of its snippet, as far as they are there."""
    paper, snippet = context.library.papers.get(id), context.library.snippets.get(id)
    if paper:
        yield from paper_pages(context, paper)
    if snippet:
        yield from snippet_pages(context, snippet)


def heads_about(context: Context, id: str) -> Iterator[Page]:
    """The same pages without their bodies, at next to no cost."""
    paper, snippet = context.library.papers.get(id), context.library.snippets.get(id)
    for language in LANGUAGES:
        if paper:
            yield paper_head(paper, language)
        if snippet:
            yield snippet_head(snippet, language)
