"""Papers that notes and learning paths name and the base lacks, the most wanted first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from paper_notes.graph.build import node_of_step
from paper_notes.graph.model import Edge, Graph, Node
from paper_notes.notes.identity import Index
from paper_notes.notes.model import Text
from paper_notes.notes.paths import LearningPath
from paper_notes.pages.context import Context
from paper_notes.pages.page import Page
from paper_notes.pages.paging import parts
from paper_notes.pages.words import WORDS

ON_A_PAGE = 60
SHOWN = 6  # of the notes and paths that name a paper


@dataclass(frozen=True)
class Stop:
    """A learning path on which a paper stands, and why it does."""

    path: LearningPath
    why: Text


@dataclass(frozen=True)
class Wanted:
    """A paper that the base lacks, and who asks for it."""

    node: Node
    named_by: tuple[Edge, ...]
    stops: tuple[Stop, ...]

    @property
    def asked(self) -> int:
        """How many notes and paths ask for it."""
        return len(self.named_by) + len(self.stops)

    @property
    def command(self) -> str | None:
        """What writes a first note of it; None where it has neither arXiv id nor DOI."""
        if self.node.arxiv:
            return f"paper-notes new arxiv:{self.node.arxiv}"
        return f"paper-notes new doi:{self.node.doi}" if self.node.doi else None


def wanted(graph: Graph, paths: Iterable[LearningPath] = ()) -> list[Wanted]:
    """The papers to read: the most asked for first, then the older ones, then by title."""
    nodes = {node.key: node for node in graph.missing}
    stops = _stops(graph, paths, nodes)
    found = [
        Wanted(node, graph.incoming.get(key, ()), tuple(stops.get(key, ())))
        for key, node in nodes.items()
    ]
    return sorted(found, key=lambda item: (-item.asked, item.node.year or 9999, item.node.title))


def _stops(
    graph: Graph, paths: Iterable[LearningPath], nodes: dict[str, Node]
) -> dict[str, list[Stop]]:
    """The stops at each paper that the base lacks; what only paths name is added to the nodes."""
    index = Index()  # two paths may name a paper that no note names, each in its own way
    stops: dict[str, list[Stop]] = {}
    for path in paths:
        for step in path.steps:
            node = node_of_step(graph, step)
            if node.here:
                continue
            key = node.key if node.key in nodes else index.find(step) or node.key
            index.add(key, step)
            nodes.setdefault(key, node)
            stops.setdefault(key, []).append(Stop(path, step.why))
    return stops


def to_read_pages(context: Context, language: str) -> Iterator[Page]:
    """The list in that language, in parts."""
    words = WORDS[language]
    found = wanted(context.graph, context.library.paths.values())
    for part in parts(f"{language}/to-read/", found, ON_A_PAGE):
        body = context.render(
            "to_read.html",
            part.url,
            language,
            part=part,
            nodes=context.graph.nodes,
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
