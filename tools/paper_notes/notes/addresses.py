"""Where papers are on the web."""

from __future__ import annotations

from paper_notes.notes.model import NextRead, Paper


def arxiv_address(id: str) -> str:
    """The page of an arXiv id."""
    return f"https://arxiv.org/abs/{id}"


def doi_address(doi: str) -> str:
    """The address that leads to whatever has this DOI."""
    return f"https://doi.org/{doi}"


def addresses(reference: Paper | NextRead) -> tuple[str, ...]:
    """All addresses of a paper, the freest to read first."""
    found = []
    if reference.arxiv:
        found.append(arxiv_address(reference.arxiv))
    if reference.doi:
        found.append(doi_address(reference.doi))
    if reference.url:
        found.append(reference.url)
    return tuple(found)
