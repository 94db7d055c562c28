"""A snippet as a Jupyter notebook: the method, its demo and its figure, each in a cell."""

from __future__ import annotations

import json
import re
from typing import Any

from paper_notes.export.inert import as_words, inert
from paper_notes.notes.model import Paper
from paper_notes.snippets.model import Snippet

_SETUP = (
    "# Needs torch; matplotlib for the figure; some load data from scikit-learn or scikit-image:\n"
    "# %pip install torch matplotlib scikit-learn scikit-image"
)

# From the beginning of a line to the end of the text, in which all else is indented or a comment.
_MAIN = re.compile(r"^if\b.*\b__name__\b.*:.*(?:\n(?:[ \t#].*)?+)*+\Z", re.MULTILINE)


def notebook(snippet: Snippet, paper: Paper | None) -> str:
    """The notebook (nbformat 4.5) as JSON; the same snippet gives the same bytes."""
    cells = [
        _cell("intro", "markdown", _introduction(snippet, paper)),
        _cell("setup", "code", _SETUP),
        _cell("method", "code", _without_main(snippet.code)),
    ]
    if snippet.has_demo:
        cells.append(_cell("demo", "code", "demo()"))
    if snippet.has_figure:
        cells.append(_cell("figure", "code", "figure()"))
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _introduction(snippet: Snippet, paper: Paper | None) -> str:
    parts = [f"# {inert(snippet.title.rstrip('.'))}"]
    if paper:
        venue, year = paper.published
        authors = ", ".join(paper.authors)
        parts.append(f"{as_words(authors)}: *{as_words(paper.title)}*. {as_words(venue)} {year}.")
    parts.append(inert(snippet.body))
    if snippet.shapes:
        parts.append(f"Shapes: {inert(snippet.shapes)}")
    if snippet.differs:
        parts.append(f"Differs from the paper: {inert(snippet.differs)}")
    return "\n\n".join(part for part in parts if part)


def _without_main(code: str) -> str:
    """The code without its last `if __name__ == "__main__":`, which a cell of its own replaces."""
    return _MAIN.sub("", code).rstrip()


def _cell(id: str, kind: str, source: str) -> dict[str, Any]:
    """A cell; the format wants the source as lines that keep their ends."""
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": id,
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}
