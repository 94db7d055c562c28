"""What stands around one paper: what comes before it, beside it and after it, two links far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from paper_notes.graph.model import Edge, Graph, Node

# Together with the paper itself at most 40 papers: more would be neither read nor light.
NEAR, BESIDE, FAR = 9, 7, 7


@dataclass(frozen=True)
class Column:
    """Papers that are drawn above each other, and how many more there were no room for."""

    nodes: tuple[Node, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Around:
    """A paper's neighbourhood, from left to right, and the links between neighbouring columns."""

    centre: Node
    far_before: Column
    before: Column
    beside: Column
    after: Column
    far_after: Column
    edges: tuple[Edge, ...]  # one for each linked pair


def look_around(graph: Graph, key: str) -> Around:
    """The neighbourhood of the node at `key`. A paper stands in one place, the nearest."""
    placed = {key}
    before = _by_year(_column(graph, _earlier(graph, [key]), placed, NEAR))
    after = _by_year(_column(graph, _later(graph, [key]), placed, NEAR))
    beside = _by_year(_column(graph, _others(graph, key), placed, BESIDE))
    far_before = _column(graph, _earlier(graph, _keys(before)), placed, FAR)
    far_after = _column(graph, _later(graph, _keys(after)), placed, FAR)
    columns = [far_before, before, Column((graph.nodes[key],)), after, far_after]
    edges = _between(graph, [_keys(column) for column in columns])
    beside_edges = _to_beside(graph, key, set(_keys(beside)))
    around = (far_before, before, beside, after, far_after)
    return Around(graph.nodes[key], *around, (*edges, *beside_edges))


def _keys(column: Column) -> list[str]:
    return [node.key for node in column.nodes]


def _links(graph: Graph, key: str) -> Iterator[Edge]:
    yield from graph.outgoing[key]
    yield from graph.incoming[key]


def _earlier(graph: Graph, keys: Iterable[str]) -> Iterator[str]:
    return (edge.order[0] for key in keys for edge in graph.earlier[key] if edge.order)


def _later(graph: Graph, keys: Iterable[str]) -> Iterator[str]:
    return (edge.order[1] for key in keys for edge in graph.later[key] if edge.order)


def _others(graph: Graph, key: str) -> Iterator[str]:
    for edge in _links(graph, key):
        yield edge.target if edge.source == key else edge.source


def _column(graph: Graph, keys: Iterable[str], placed: set[str], room: int) -> Column:
    """The most telling of these papers, in the order they come in; marks all as placed."""
    found = [graph.nodes[key] for key in dict.fromkeys(keys) if key not in placed]
    placed.update(node.key for node in found)
    telling = sorted(found, key=lambda node: (not node.here, -_degree(graph, node.key), node.key))
    kept = {node.key for node in telling[:room]}
    nodes = tuple(node for node in found if node.key in kept)
    return Column(nodes, len(found) - len(nodes))


def _by_year(column: Column) -> Column:
    """Near papers stand in the order of years; far ones beside the near ones they belong to."""
    nodes = sorted(column.nodes, key=lambda node: (node.year or 0, node.title))
    return Column(tuple(nodes), column.left_out)


def _degree(graph: Graph, key: str) -> int:
    return len(graph.outgoing[key]) + len(graph.incoming[key])


def _between(graph: Graph, columns: Sequence[Sequence[str]]) -> Iterator[Edge]:
    """For each pair in neighbouring columns that is linked in reading order, its first link."""
    seen: set[tuple[str, str]] = set()
    for left, right in pairwise(columns):
        there = set(right)
        for key in left:
            for edge in graph.later[key]:
                pair = edge.order
                if pair and pair[1] in there and pair not in seen:
                    seen.add(pair)
                    yield edge


def _to_beside(graph: Graph, key: str, beside: set[str]) -> Iterator[Edge]:
    seen: set[str] = set()
    for edge in _links(graph, key):
        other = edge.target if edge.source == key else edge.source
        if other in beside and other not in seen:
            seen.add(other)
            yield edge
