"""Where each paper stands on the map: years from left to right, topics from top to bottom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from paper_notes.graph.model import Graph, Node

COLUMN, ROW = 196, 30  # room for a dot and its label
MARGIN = 16
BETWEEN_LANES = 34  # with the topic's name in it


@dataclass(frozen=True)
class Spot:
    """A paper's place, and the topic whose lane it stands in."""

    node: Node
    topic: str
    year: int
    x: int
    y: int


@dataclass(frozen=True)
class Map:
    """All places, and the axes: where each year and each topic's lane begins."""

    spots: tuple[Spot, ...]  # in the order of the graph's nodes
    years: Mapping[int, int]
    lanes: Mapping[str, int]
    width: int
    height: int


def lay_out(graph: Graph, topics: Sequence[str], keys: Collection[str] | None = None) -> Map:
    """Give every node, or only those at `keys`, a place of its own.

    A year or topic without papers takes no room. Of a paper that the base lacks, the topic is that
    of the first paper that names it, and so is the year where its arXiv id does not tell it.
    """
    nodes = [node for key, node in graph.nodes.items() if keys is None or key in keys]
    homes = {node.key: _home(graph, node) for node in nodes}
    order = [*topics, *sorted({topic for topic, _ in homes.values()} - set(topics))]
    years = {year: MARGIN + number * COLUMN for number, year in enumerate(_years(homes))}
    rows, tallest = _rows(nodes, homes)
    lanes: dict[str, int] = {}
    height = MARGIN
    for topic in (topic for topic in order if topic in tallest):
        lanes[topic] = height
        height += BETWEEN_LANES + ROW * tallest[topic]
    spots = []
    for node in nodes:
        topic, year = homes[node.key]
        y = lanes[topic] + BETWEEN_LANES + ROW * rows[node.key]
        spots.append(Spot(node, topic, year, years[year], y))
    return Map(tuple(spots), years, lanes, MARGIN + COLUMN * len(years), height + MARGIN)


def _rows(
    nodes: Sequence[Node], homes: Mapping[str, tuple[str, int]]
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """The row of each paper among those of its topic and year, and how many rows a topic needs."""
    filled: dict[tuple[str, int], int] = {}
    rows: dict[str, int] = {}
    tallest: dict[str, int] = {}
    for node in sorted(nodes, key=lambda node: (not node.here, node.title)):
        home = homes[node.key]
        rows[node.key] = filled.get(home, 0)
        filled[home] = rows[node.key] + 1
        tallest[home[0]] = max(tallest.get(home[0], 0), filled[home])
    return rows, tallest


def best_linked(graph: Graph, at_most: int, keys: Iterable[str] | None = None) -> set[str]:
    """The keys of the papers to show where there is no room for all, or for all of `keys`."""
    nodes = [graph.nodes[key] for key in (graph.nodes if keys is None else keys)]

    def rank(node: Node) -> tuple[bool, int]:
        return not node.here, -len(graph.outgoing[node.key]) - len(graph.incoming[node.key])

    ranked = sorted(nodes, key=rank)
    return {node.key for node in ranked[:at_most]}


def _home(graph: Graph, node: Node) -> tuple[str, int]:
    by = node if node.here else graph.nodes[graph.incoming[node.key][0].source]
    assert by.topic and by.year, "only notes name papers"
    return by.topic, node.year or by.year


def _years(homes: Mapping[str, tuple[str, int]]) -> list[int]:
    return sorted({year for _, year in homes.values()})
