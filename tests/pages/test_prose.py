"""Texts as pages show them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from markupsafe import Markup

from paper_notes.pages.context import Context
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.prose import Prose


class Counting(Markdown):
    """Counts what is rendered."""

    def __init__(self, markdown: Markdown) -> None:
        self.rendered: list[str] = []
        self._real = markdown

    def block(self, text: str, resolve: Callable[[str], str | None] | None = None) -> Markup:
        self.rendered.append(text)
        return self._real.block(text, resolve)

    def inline(self, text: str, resolve: Callable[[str], str | None] | None = None) -> Markup:
        self.rendered.append(text)
        return self._real.inline(text, resolve)


@pytest.fixture
def markdown(context: Context) -> Counting:
    return Counting(context.markdown)


@pytest.fixture
def prose(context: Context, markdown: Counting) -> Prose:
    return Prose(markdown, context.paper_at)


def test_a_text_on_two_pages_is_rendered_once(prose: Prose, markdown: Counting) -> None:
    for render in (prose.block, prose.inline):
        markdown.rendered.clear()
        assert render("some words", "en/", "en") == render("some words", "en/tags/x/", "en")
        assert markdown.rendered == ["some words"]


def test_a_link_to_a_note_leads_there_from_each_page(prose: Prose) -> None:
    text = "as [scales](paper:tidy_scale) do"
    assert 'href="papers/tidy_scale/"' in prose.inline(text, "en/", "en")
    assert 'href="../../papers/tidy_scale/"' in prose.inline(text, "en/tags/x/", "en")
    assert 'href="papers/tidy_scale/"' in prose.inline(text, "ja/", "ja")


def test_two_notes_in_one_text_are_told_apart(prose: Prose) -> None:
    html = prose.block("[a](paper:tidy_scale) [b](paper:folded_words)", "en/", "en")
    assert html.index('href="papers/tidy_scale/"') < html.index('href="papers/folded_words/"')


def test_a_list_shows_how_an_answer_begins(prose: Prose) -> None:
    first = "The first sentence is long enough to tell what the paper is."
    assert prose.lead(f"{first} The second says more.", "en/", "en") == first
