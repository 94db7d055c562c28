"""Addresses that depend on where the repository is."""

from __future__ import annotations

import pytest

from paper_notes.library import Library
from paper_notes.pages.context import Context
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer


def colab(library: Library, repository: str | None) -> str | None:
    markdown = Markdown(MathRenderer({}))
    return Context(library, {}, markdown, repository).colab_address("tidy_scale")


@pytest.mark.parametrize(
    "repository",
    ["https://github.com/o/notes", "https://github.com/o/notes.git", "https://github.com/o/notes/"],
)
def test_colab_opens_the_notebook_that_is_published(invented: Library, repository: str) -> None:
    assert colab(invented, repository) == (
        "https://colab.research.google.com/github/o/notes/blob/gh-pages/notebooks/tidy_scale.ipynb"
    )


@pytest.mark.parametrize("repository", [None, "https://example.org/o/notes"])
def test_elsewhere_than_on_github_there_is_no_colab(
    invented: Library, repository: str | None
) -> None:
    assert colab(invented, repository) is None
