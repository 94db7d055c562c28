"""Where a paper itself can be found."""

from __future__ import annotations

from paper_notes.notes.model import NextRead, Paper


def addresses(paper: Paper) -> list[tuple[str, str]]:
    """The paper's places outside this base: label and address, the most lasting first."""
    links = []
    if paper.arxiv:
        links.append((f"arXiv:{paper.arxiv}", arxiv_address(paper.arxiv)))
    if paper.doi:
        links.append((f"doi:{paper.doi}", doi_address(paper.doi)))
    if paper.url:
        links.append((paper.url.split("//")[-1].split("/")[0], paper.url))
    return links


def read_address(read: NextRead) -> str | None:
    """Where a paper that is not in this base can be read, or None where nobody says."""
    if read.arxiv:
        return arxiv_address(read.arxiv)
    if read.doi:
        return doi_address(read.doi)
    return read.url


def arxiv_address(arxiv: str) -> str:
    """The abstract's page."""
    return f"https://arxiv.org/abs/{arxiv}"


def doi_address(doi: str) -> str:
    """The resolver's address."""
    return f"https://doi.org/{doi}"
