"""The invented base as it is about to be published."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from paper_notes.library import Library
from paper_notes.pages.context import Context
from paper_notes.pages.every import list_pages
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer
from paper_notes.site.heads import heads
from paper_notes.site.publication import Publication
from paper_notes.snippets.report import SnippetResult
from tests.conftest import FIGURES

ADDRESS = "https://notes.example.org/base/"


@pytest.fixture
def publication(
    invented: Library, runs_of: Callable[[Library], Mapping[str, SnippetResult]]
) -> Publication:
    """Its pages at a known address, without history."""
    markdown = Markdown(MathRenderer({}))
    context = Context(invented, runs_of(invented), markdown, None, read_figure=FIGURES.get)
    return Publication(context, heads([*list_pages(context)], context), ADDRESS, {})
