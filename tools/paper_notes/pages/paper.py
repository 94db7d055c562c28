"""The page of one paper: six answers, claims with their evidence, code beside the notes."""

from __future__ import annotations

import re
from typing import Any

from paper_notes.evidence import count
from paper_notes.export.bibtex import bibtex
from paper_notes.export.identifiers import addresses, read_address
from paper_notes.notes.model import QUESTIONS, NextRead, Paper
from paper_notes.pages.context import Context
from paper_notes.pages.figure import drawing
from paper_notes.pages.markdown import one_line
from paper_notes.pages.page import Page

_SHORTEST, _LONGEST = 50, 160  # characters that say something, and that search engines show
_SENTENCE = re.compile(r".+?(?:[.?!](?=\s|$)|[。?!]|$)\s*")


def paper_page(context: Context, paper: Paper, language: str) -> Page:
    """The page of this paper in that language."""
    url = f"{language}/papers/{paper.id}/"
    evidence = context.evidence[paper.id]
    snippet = context.library.snippets.get(paper.id)
    path = f"papers/{paper.id}.yaml"
    citation = bibtex(paper)
    body = context.render(
        "paper.html",
        url,
        language,
        paper=paper,
        questions=QUESTIONS,
        evidence=evidence,
        totals=count(evidence),
        snippet=snippet,
        code=context.highlight(snippet.code, "python") if snippet else "",
        run=context.runs.get(paper.id),
        drawing=drawing(context.runs.get(paper.id)),
        reads=[_read(context, read, language) for read in paper.next_read],
        back_links=context.back_links[paper.id],
        bibtex=context.highlight(citation, "bibtex"),
        links=addresses(paper),
        path=path,
        edit=context.source_address(path),
    )
    return Page(
        url=url,
        language=language,
        title=paper.title,
        description=_summary(paper, language),
        body=body,
        kind="paper",
        about=paper.id,
        math='class="katex' in body,
    )


def _summary(paper: Paper, language: str) -> str:
    """The first sentences of the first answer, for search engines and previews."""
    text = one_line(paper.what.best(language)[0].replace("$", ""))
    summary = ""
    for sentence in _SENTENCE.findall(text):
        if len(summary) >= _SHORTEST and len(summary) + len(sentence) > _LONGEST:
            break
        summary += sentence
    return summary.strip()


def _read(context: Context, read: NextRead, language: str) -> dict[str, Any]:
    """A next read with its title, its address and whether it is in the base."""
    target = context.library.papers.get(read.paper or "")
    if target is not None:
        address = f"{language}/papers/{target.id}/"
        return {"read": read, "title": target.title, "year": target.year, "page": address}
    return {"read": read, "title": read.title or read.paper, "year": None, "page": None,
            "address": read_address(read)}  # fmt: skip
