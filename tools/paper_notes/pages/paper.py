"""The page of one paper: six answers, claims with their evidence, code beside the notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from paper_notes.evidence import count
from paper_notes.export.bibtex import bibtex
from paper_notes.graph.around import look_around
from paper_notes.graph.before import read_before
from paper_notes.graph.drawing import draw_narrow, draw_wide
from paper_notes.notes.addresses import labelled_addresses
from paper_notes.notes.model import LANGUAGES, QUESTIONS, Paper
from paper_notes.pages.context import Context
from paper_notes.pages.highlight import highlight
from paper_notes.pages.page import Page
from paper_notes.pages.proof import mutation
from paper_notes.pages.summary import summary


def paper_head(paper: Paper, language: str) -> Page:
    """The page without its body: what lists, feeds and sitemap need of it."""
    return Page(
        url=f"{language}/papers/{paper.id}/",
        language=language,
        title=paper.title,
        description=summary(paper, language),
        body=Markup(""),
        kind="paper",
        about=paper.id,
        styles=("assets/graph.css",),
    )


def paper_pages(context: Context, paper: Paper) -> Iterator[Page]:
    """The page of this paper in each language."""
    values = _values(context, paper)
    for language in LANGUAGES:
        page = paper_head(paper, language)
        body = context.render("paper.html", page.url, language, **values)
        yield replace(page, body=body, math='class="katex' in body)


def _values(context: Context, paper: Paper) -> Mapping[str, Any]:
    """What is shown in whatever language."""
    evidence = context.evidence[paper.id]
    graph = context.graph
    around = look_around(graph, paper.id)
    snippet = context.library.snippets.get(paper.id)
    path = f"papers/{paper.id}.yaml"
    citation = bibtex(paper)
    return {
        "paper": paper,
        "questions": QUESTIONS,
        "evidence": evidence,
        "totals": count(evidence),
        "snippet": snippet,
        "code": highlight(snippet.code, "python") if snippet else "",
        "run": context.runs.get(paper.id),
        "nodes": graph.nodes,
        "reads": graph.outgoing[paper.id],
        "back_links": graph.incoming[paper.id],
        "before": read_before(graph, paper.id),
        "paths": context.paths_through[paper.id],
        "drawings": {"wide": draw_wide(around), "narrow": draw_narrow(around)},
        "mutation": mutation(context, [paper.id]),
        "drawing": context.drawing(paper.id),
        "bibtex": highlight(citation, "bibtex"),
        "links": list(labelled_addresses(paper)),
        "path": path,
        "edit": context.source_address(path),
        "colab": context.colab_address(paper.id),
    }
