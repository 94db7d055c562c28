"""Where papers are on the web."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Located(Protocol):
    """Whatever says where a paper is: a note, a next read, a node of the graph."""

    @property
    def arxiv(self) -> str | None: ...
    @property
    def doi(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...


def labelled_addresses(paper: Located) -> Iterator[tuple[str, str]]:
    """The paper's places: a label and the address of each, the freest to read first."""
    if paper.arxiv:
        yield f"arXiv:{paper.arxiv}", f"https://arxiv.org/abs/{paper.arxiv}"
    if paper.doi:
        yield f"doi:{paper.doi}", f"https://doi.org/{paper.doi}"
    if paper.url:
        yield paper.url.split("//")[-1].split("/")[0], paper.url


def addresses(paper: Located) -> tuple[str, ...]:
    """All addresses of a paper, the freest to read first."""
    return tuple(address for _, address in labelled_addresses(paper))
