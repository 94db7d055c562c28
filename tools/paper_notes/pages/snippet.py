"""The page of one snippet: the method, what it prints and draws, and its tests in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.context import Context
from paper_notes.pages.highlight import highlight
from paper_notes.pages.page import Page
from paper_notes.pages.proof import mutation
from paper_notes.pages.words import WORDS
from paper_notes.snippets.model import Snippet


def snippet_head(snippet: Snippet, language: str) -> Page:
    """The page without its body: what the sitemap needs of it."""
    words = WORDS[language]
    return Page(
        url=f"{language}/snippets/{snippet.id}/",
        language=language,
        title=f"{snippet.title.rstrip('.')} – {words['code']}",
        description=f"{snippet.title} {words['tagline']}",
        body=Markup(""),
        kind="snippet",
    )


def snippet_pages(context: Context, snippet: Snippet) -> Iterator[Page]:
    """The page of this snippet in each language."""
    values = _values(context, snippet)
    for language in LANGUAGES:
        page = snippet_head(snippet, language)
        body = context.render("snippet.html", page.url, language, **values)
        yield replace(page, body=body, math='class="katex' in body)


def _values(context: Context, snippet: Snippet) -> Mapping[str, Any]:
    """What is shown in whatever language."""
    run = context.runs.get(snippet.id)
    return {
        "snippet": snippet,
        "paper": context.library.papers.get(snippet.id),
        "code": highlight(snippet.code, "python"),
        "tests": _with_places(highlight(snippet.tests_source, "python"), snippet),
        "run": run,
        "mutation": mutation(context, [snippet.id]),
        "drawing": context.drawing(snippet.id),
        "path": str(snippet.path),
        "edit": context.source_address(str(snippet.path)),
        "colab": context.colab_address(snippet.id),
    }


def _with_places(highlighted: str, snippet: Snippet) -> str:
    """The tests' code with an id on each test's name, so that a claim can point at its test."""
    for test in dict.fromkeys(test.name for test in snippet.tests):
        name = f'<span class="nf">{test}</span>'
        place = f'<span class="nf" id="{test}">{test}</span>'
        highlighted = highlighted.replace(name, place, 1)
    return highlighted
