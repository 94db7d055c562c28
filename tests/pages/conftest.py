"""What pages are made from: the invented base, as if every test had passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from paper_notes.library import Library
from paper_notes.pages.context import Context
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer
from paper_notes.snippets.report import SnippetResult
from tests.conftest import FIGURES


@pytest.fixture
def context(
    invented: Library, runs_of: Callable[[Library], Mapping[str, SnippetResult]]
) -> Context:
    markdown = Markdown(MathRenderer({}))
    return Context(
        *(invented, runs_of(invented), markdown, "https://example.org/repository"),
        read_figure=FIGURES.get,
    )
