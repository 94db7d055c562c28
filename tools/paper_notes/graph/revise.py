"""The graph after one note has changed, without working out the rest again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

from paper_notes.graph.build import edges_of, node_of
from paper_notes.graph.model import Edge, Graph
from paper_notes.notes.model import Paper
from paper_notes.prefilled import prefilled

_Groups = Mapping[str, tuple[Edge, ...]]


def revise(graph: Graph, paper: Paper) -> Graph:
    """The graph in which this paper's note has taken the place of the one that was there.

    Its title, arXiv id and DOI must be as before, because the links of other notes are resolved by
    them. A paper that the base lacks and that nobody names any more stays, without links.
    """
    nodes = {**graph.nodes, paper.id: node_of(paper)}
    own = tuple(edges_of(paper, nodes, graph.index))
    start = bisect_left(graph.edges, paper.id, key=_source)
    end = bisect_right(graph.edges, paper.id, key=_source)
    edges = (*graph.edges[:start], *own, *graph.edges[end:])
    touched = {paper.id, *(edge.target for edge in (*graph.edges[start:end], *own))}
    outgoing = {**dict.fromkeys(touched, ()), **graph.outgoing, paper.id: own}
    incoming = {**graph.incoming, **{key: _incoming(graph, key, paper.id, own) for key in touched}}
    return prefilled(
        Graph(nodes, edges, graph.index),
        outgoing=outgoing,
        incoming=incoming,
        earlier={**graph.earlier, **_ordered(touched, outgoing, incoming, 1)},
        later={**graph.later, **_ordered(touched, outgoing, incoming, 0)},
    )


def _source(edge: Edge) -> str:
    return edge.source


def _incoming(graph: Graph, key: str, id: str, own: tuple[Edge, ...]) -> tuple[Edge, ...]:
    others = (edge for edge in graph.incoming.get(key, ()) if edge.source != id)
    return tuple(sorted((*others, *(edge for edge in own if edge.target == key)), key=_source))


def _ordered(keys: set[str], outgoing: _Groups, incoming: _Groups, end: int) -> _Groups:
    """For each key the edges with it at that end of the reading order, its own note's first."""

    def there(key: str) -> Iterator[Edge]:
        for edge in (*outgoing[key], *incoming[key]):
            if edge.order and edge.order[end] == key:
                yield edge

    return {key: tuple(there(key)) for key in keys}
