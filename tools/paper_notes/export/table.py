"""A table of papers as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from paper_notes.notes.model import LANGUAGES, QUESTIONS, Paper

_FACTS = ("id", "title", "authors", "year", "venue", "arxiv", "doi", "url", "topic", "tags")
COLUMNS = (*_FACTS, *(f"{question}_{language}" for question in QUESTIONS for language in LANGUAGES))
_FORMULA = tuple("=+-@＝＋－＠\t\r\n'")  # what makes a spreadsheet calculate


def csv_table(papers: Iterable[Paper]) -> str:
    """One row a paper, lists joined by `; `; UTF-8, RFC 4180."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows([[_safe(cell) for cell in _row(paper)] for paper in papers])
    return stream.getvalue()


def _row(paper: Paper) -> list[str]:
    facts = {
        **{name: getattr(paper, name) or "" for name in _FACTS},
        "authors": "; ".join(paper.authors),
        "tags": "; ".join(paper.tags),
    }
    texts = [paper.answer(q).get(language) or "" for q in QUESTIONS for language in LANGUAGES]
    return [*(str(facts[name]) for name in _FACTS), *texts]


def _safe(cell: str) -> str:
    """An apostrophe before what a spreadsheet would take for a formula, and before its like."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
