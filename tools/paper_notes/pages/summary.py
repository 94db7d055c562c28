"""A paper in one sentence, for previews, search engines and the map."""

from __future__ import annotations

from paper_notes.notes.model import Paper


def first_sentence(paper: Paper, language: str) -> str:
    """The first sentence of the first answer, in that language if there is one, as plain text."""
    text = " ".join(paper.what.best(language)[0].replace("$", "").split())
    stop = "。" if "。" in text else ". "
    return text.partition(stop)[0] + stop.strip()
