"""Papers that notes name as next reads and the base lacks, the most wanted first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paper_notes.graph.model import Edge, Graph, Node
from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.paging import parts
from paper_notes.pages.words import WORDS

ON_A_PAGE = 60
SHOWN = 6  # of the notes that name a paper


@dataclass(frozen=True)
class Wanted:
    """A paper that the base lacks, and what its notes say of it."""

    node: Node
    named_by: tuple[Edge, ...]

    @property
    def command(self) -> str | None:
        """What writes a first note of it; None where it has neither arXiv id nor DOI."""
        if self.node.arxiv:
            return f"paper-notes new arxiv:{self.node.arxiv}"
        return f"paper-notes new doi:{self.node.doi}" if self.node.doi else None


def wanted(graph: Graph) -> list[Wanted]:
    """The papers to read: those named most often first, then the older ones, then by title."""
    found = [Wanted(node, graph.incoming[node.key]) for node in graph.missing]
    return sorted(
        found,
        key=lambda item: (-len(item.named_by), item.node.year or 9999, item.node.title),
    )


def to_read_pages(context: Context, language: str) -> Iterator[Page]:
    """The list in that language, in parts."""
    words = WORDS[language]
    for part in parts(f"{language}/to-read/", wanted(context.graph), ON_A_PAGE):
        body = context.render(
            "to_read.html",
            part.url,
            language,
            part=part,
            papers=context.library.papers,
            most=SHOWN,
        )
        yield Page(
            url=part.url,
            language=language,
            title=part.title(words["to_read"]),
            description=words["to_read_way"],
            body=body,
            kind="list",
            math='class="katex' in body,
            styles=("assets/lists.css",),
        )
