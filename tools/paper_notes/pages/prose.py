"""Texts as pages show them: rendered once, however many pages show them.

A reason stands on the pages of both papers, an answer on its paper's page and in a table. What
differs is where a link to a note leads from each page, so that those are filled in last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from paper_notes.notes.model import Paper
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.page import href
from paper_notes.pages.sentences import opening

# Lines: those of some hundred papers, whose pages are made one after the other.
LINES = 2_000
# Blocks stand on few pages, and with formulas they are large: two thousand took 20 MB a process.
BLOCKS = 100

_PLACE = "note-of-this-base/"  # stands for the address of a note in what is remembered

Rendered = tuple[Markup, frozenset[str]]  # and the notes that it links to


@dataclass(frozen=True, slots=True)
class Passage:
    """A bilingual text on a page, in the language that it is really in."""

    html: Markup
    lang: str
    foreign: bool  # whether the page is in the other language

    def __html__(self) -> str:
        """One line of it in a sentence of the page."""
        lang = f' lang="{self.lang}"' if self.foreign else ""
        return f"<span{lang}>{self.html}</span>"


class Prose:
    """Renders texts, and remembers some of them."""

    def __init__(self, markdown: Markdown, paper_at: Callable[[str], Paper | None]) -> None:
        self._paper_at = paper_at
        self._block = lru_cache(BLOCKS)(lambda text: self._render(markdown.block, text))
        self._inline = lru_cache(LINES)(lambda text: self._render(markdown.inline, text))

    def block(self, text: str, url: str, language: str) -> Markup:
        """Paragraphs for the page at `url` in that language."""
        return _placed(self._block(text), url, language)

    def inline(self, text: str, url: str, language: str) -> Markup:
        """One line."""
        return _placed(self._inline(text), url, language)

    def lead(self, text: str, url: str, language: str) -> Markup:
        """How a text begins, on one line."""
        return self.inline(opening(text), url, language)

    def _render(self, render: Callable[..., Markup], text: str) -> Rendered:
        linked: set[str] = set()

        def resolve(destination: str) -> str | None:
            paper = self._paper_at(destination)
            if paper is None:
                return None
            linked.add(paper.id)
            return f"{_PLACE}{paper.id}"

        return render(text, resolve), frozenset(linked)


def _placed(rendered: Rendered, url: str, language: str) -> Markup:
    html, linked = rendered
    for id in sorted(linked):
        address = href(url, f"{language}/papers/{id}/")
        html = Markup(str(html).replace(f'href="{_PLACE}{id}"', f'href="{address}"'))
    return html
