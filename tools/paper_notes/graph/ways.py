"""The shortest sensible way from one paper to another.

On the page of ways the browser computes the same (site/assets/way.js); a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush

from paper_notes.graph.model import Edge, Graph, Node


class Direction(StrEnum):
    """Where a step leads, seen from the paper before it."""

    ON = "on"  # to a paper that comes after it
    BESIDE = "beside"  # to an alternative
    BACK = "back"  # to a paper that comes before it


# Reading on is the point of a way; going back is for where two papers share only their roots.
COSTS = {Direction.ON: 2, Direction.BESIDE: 3, Direction.BACK: 6}
NOT_HERE = 1  # a paper without notes is less of a help


@dataclass(frozen=True)
class Step:
    """One step of a way: the paper it leads to, and the next read that is its reason."""

    node: Node
    direction: Direction
    edge: Edge


def shortest_way(graph: Graph, start: str, end: str) -> tuple[Step, ...] | None:
    """The steps from start to end, none where they are the same; None where there is no way.

    Takes the keys of two nodes. Of equally short ways always the same one is found.
    """
    came: dict[str, Step] = {}
    best = {start: 0}
    number = {key: index for index, key in enumerate(graph.nodes)}
    done: set[str] = set()
    todo = [(0, number[start], start)]
    while todo:
        cost, _, key = heappop(todo)
        if key == end:
            return _walked(came, start, end)
        if key in done:
            continue
        done.add(key)
        for step in steps_from(graph, key):
            there = step.node.key
            total = cost + COSTS[step.direction] + (0 if step.node.here else NOT_HERE)
            if total < best.get(there, total + 1):
                best[there] = total
                came[there] = step
                heappush(todo, (total, number[there], there))
    return None


def steps_from(graph: Graph, key: str) -> Iterator[Step]:
    """Every step that can be taken from a node: what its note says first, then what others say."""
    for edge in graph.outgoing[key]:
        yield Step(graph.nodes[edge.target], _direction(edge, key), edge)
    for edge in graph.incoming[key]:
        yield Step(graph.nodes[edge.source], _direction(edge, key), edge)


def _direction(edge: Edge, start: str) -> Direction:
    if edge.order is None:
        return Direction.BESIDE
    return Direction.ON if edge.order[0] == start else Direction.BACK


def _walked(came: dict[str, Step], start: str, end: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    key = end
    while key != start:
        step = came[key]
        steps.append(step)
        key = step.edge.source if step.edge.target == key else step.edge.target
    return tuple(reversed(steps))
