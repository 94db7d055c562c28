"""From papers to their graph: every next read is resolved, by id, arXiv id, DOI or title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from paper_notes.graph.model import Edge, Graph, Node
from paper_notes.notes.identity import Index, identities, index_of, plain_title
from paper_notes.notes.model import NextRead, Paper
from paper_notes.notes.paths import PathStep

_ARXIV_YEAR = re.compile(r"(?:[a-z.-]+/)?(\d\d)", re.IGNORECASE)


def build_graph(papers: Mapping[str, Paper]) -> Graph:
    """The graph of these papers. Two next reads that mean the same paper lead to one node.

    A next read whose `paper` is not among the papers is left out: `check` reports it.
    """
    nodes = {id: node_of(papers[id]) for id in sorted(papers)}
    index = index_of(nodes)
    edges = [edge for id in list(nodes) for edge in edges_of(papers[id], nodes, index)]
    return Graph(nodes, tuple(edges), index)


def edges_of(paper: Paper, nodes: dict[str, Node], index: Index) -> Iterator[Edge]:
    """The edges of one note; papers that it is the first to name are put among the nodes."""
    for read in paper.next_read:
        target = read.paper or _outside(read, nodes, index)
        if target in nodes and target != paper.id:
            yield Edge(paper.id, nodes[target].key, read.relation, read.why)


def node_of(paper: Paper) -> Node:
    """The node of a note."""
    return Node(
        *(paper.id, paper.title, paper.topic, paper.year, paper.aliases),
        *(paper.arxiv, paper.doi, paper.url),
    )


def node_of_step(graph: Graph, step: PathStep) -> Node:
    """The node that a step of a learning path means; one of its own where no note names it."""
    if step.paper and step.paper in graph.nodes:
        return graph.nodes[step.paper]
    return graph.find(step) or _outside_node(_key(step), step)


def _outside(read: NextRead, nodes: dict[str, Node], index: Index) -> str:
    """The key of a paper that is not named by id; one nobody has named before becomes a node."""
    key = index.find(read)
    if key is None:
        key = _key(read)
        nodes.setdefault(key, _outside_node(key, read))
    index.add(key, read)
    return key


def _outside_node(key: str, named: NextRead | PathStep) -> Node:
    year = _year_of(named.arxiv or "")
    return Node(key, named.title or key, None, year, (), named.arxiv, named.doi, named.url)


def _year_of(arxiv: str) -> int | None:
    """The year that an arXiv id tells."""
    match = _ARXIV_YEAR.match(arxiv)
    if match is None:
        return None
    short = int(match[1])
    return short + (1900 if short > 90 else 2000)  # arXiv began in 1991


def _key(named: NextRead | PathStep) -> str:
    for kind, value in identities(named):
        return f"{kind}:{value}"
    return f"title:{plain_title(named.title or '')}"
