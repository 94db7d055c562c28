"""The page of one snippet: the method, what it prints and draws, and its tests in full."""

from __future__ import annotations

from paper_notes.pages.context import Context
from paper_notes.pages.figure import drawing
from paper_notes.pages.page import Page
from paper_notes.pages.proof import mutation
from paper_notes.pages.words import WORDS
from paper_notes.snippets.model import Snippet


def snippet_page(context: Context, snippet: Snippet, language: str) -> Page:
    """The page of this snippet in that language."""
    url = f"{language}/snippets/{snippet.id}/"
    run = context.runs.get(snippet.id)
    body = context.render(
        "snippet.html",
        url,
        language,
        snippet=snippet,
        paper=context.library.papers.get(snippet.id),
        code=context.highlight(snippet.code, "python"),
        tests=_with_places(context.highlight(snippet.tests_source, "python"), snippet),
        run=run,
        mutation=mutation(context, [snippet.id]),
        drawing=drawing(run),
        path=str(snippet.path),
        edit=context.source_address(str(snippet.path)),
        colab=context.colab_address(snippet.id),
    )
    title = f"{snippet.title.rstrip('.')} – {WORDS[language]['code']}"
    return Page(
        url=url,
        language=language,
        title=title,
        description=f"{snippet.title} {WORDS[language]['tagline']}",
        body=body,
        kind="snippet",
        math='class="katex' in body,
    )


def _with_places(highlighted: str, snippet: Snippet) -> str:
    """The tests' code with an id on each test's name, so that a claim can point at its test."""
    for test in dict.fromkeys(test.name for test in snippet.tests):
        name = f'<span class="nf">{test}</span>'
        place = f'<span class="nf" id="{test}">{test}</span>'
        highlighted = highlighted.replace(name, place, 1)
    return highlighted
