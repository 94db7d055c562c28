"""A paper in a sentence or two, for previews, search engines and the map."""

from __future__ import annotations

from paper_notes.notes.model import Paper
from paper_notes.pages.markdown import one_line
from paper_notes.pages.sentences import opening


def summary(paper: Paper, language: str) -> str:
    """How the first answer begins, in that language if there is one, as plain text."""
    return one_line(opening(paper.what.best(language)[0]).replace("$", ""))
