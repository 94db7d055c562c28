"""From papers to their graph: every next read is resolved, by id, arXiv id, DOI or title."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from paper_notes.graph.model import Edge, Graph, Node
from paper_notes.notes.identity import Index, identities, plain_title
from paper_notes.notes.model import NextRead, Paper


def build_graph(papers: Mapping[str, Paper]) -> Graph:
    """The graph of these papers. Two next reads that mean the same paper lead to one node.

    A next read whose `paper` is not among the papers is left out: `check` reports it.
    """
    index = Index()
    nodes: dict[str, Node] = {}
    for id in sorted(papers):
        nodes[id] = node_of(papers[id])
        index.add(id, papers[id])
    edges = list(_edges(nodes, index))
    return Graph(nodes, tuple(edges), index)


def node_of(paper: Paper) -> Node:
    """The node of a note."""
    return Node(paper.id, paper.title, paper, paper.arxiv, paper.doi, paper.url)


def _edges(nodes: dict[str, Node], index: Index) -> Iterable[Edge]:
    for source, node in list(nodes.items()):
        for read in node.paper.next_read if node.paper else ():
            target = read.paper or _outside(read, nodes, index)
            if target in nodes and target != source:
                yield Edge(source, target, read.relation, read.why)


def _outside(read: NextRead, nodes: dict[str, Node], index: Index) -> str:
    """The key of a paper that is not named by id; one nobody has named before becomes a node."""
    key = index.find(read)
    if key is None:
        key = _key(read)
        nodes.setdefault(key, Node(key, read.title or key, None, read.arxiv, read.doi, read.url))
    index.add(key, read)
    return key


def _key(read: NextRead) -> str:
    for kind, value in identities(read):
        return f"{kind}:{value}"
    return f"title:{plain_title(read.title or '')}"
