"""From what somebody typed to a paper's metadata."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from paper_notes.intake import arxiv, crossref
from paper_notes.intake.bibtex import read_bibtex
from paper_notes.intake.metadata import Metadata
from paper_notes.intake.source import Source, parse_source
from paper_notes.intake.web import Web, WebError
from paper_notes.problems import Place, Problem


@dataclass(frozen=True)
class Catalogues:
    """Where the catalogues answer."""

    arxiv: str = arxiv.ADDRESS
    crossref: str = crossref.ADDRESS


def look_up(
    text: str, catalogues: Catalogues, patience: float = 1.0
) -> tuple[Metadata | None, list[Problem]]:
    """The paper that the text names by arXiv id, DOI or address. Never raises for bad input."""
    source = parse_source(text)
    place = Place(PurePosixPath(text.replace("\n", " ")[:80] or "."))
    if source is None:
        message = "this is neither an arXiv id nor a DOI"
        hint = "give 1803.08494, arxiv:…, doi:10.…, an address of either, or a .bib file"
        return None, [Problem(place, "unknown-source", message, hint)]
    try:
        with Web.open(patience) as web:
            return _ask(web, source, catalogues, place)
    except WebError as error:
        return None, [Problem(place, error.code, error.message, error.hint)]


def from_bibtex(text: str, path: PurePosixPath) -> tuple[Metadata | None, list[Problem]]:
    """The one paper that a BibTeX text describes."""
    entries, problems = read_bibtex(text, path)
    if problems:
        return None, problems
    if len(entries) != 1:
        message = f"{len(entries)} BibTeX entries, where one is due"
        hint = "for many at once: paper-notes import refs.bib"
        return None, [Problem(Place(path), "bibtex-count", message, hint)]
    return entries[0].metadata, []


def _ask(
    web: Web, source: Source, catalogues: Catalogues, place: Place
) -> tuple[Metadata, list[Problem]]:
    if source.catalogue == "doi":
        return crossref.ask_crossref(web, source.id, catalogues.crossref), []
    found = arxiv.ask_arxiv(web, source.id, catalogues.arxiv)
    if found.doi is None:
        return found, []
    # arXiv knows the DOI of the published version, and Crossref where that is.
    try:
        published = crossref.ask_crossref(web, found.doi, catalogues.crossref)
    except WebError as error:
        hint = "write the venue by hand"
        return found, [Problem(place, error.code, error.message, hint, "warning")]
    return replace(found, venue=published.venue or found.venue), []
