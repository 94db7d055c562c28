"""The order in which some papers are best read: what another one rests on comes before it."""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush

from paper_notes.graph.model import Graph, Node


def reading_order(graph: Graph) -> list[str]:
    """The ids of the base's papers, each after those among them that come before it.

    Otherwise the older one is first. Where papers stand in a circle, the oldest of them begins.
    """
    here = [node for node in graph.nodes.values() if node.here]
    ages = {node.key: _age(node) for node in sorted(here, key=_age)}
    pairs = {edge.order for edge in graph.edges if edge.order}
    inside = sorted(pair for pair in pairs if ages.keys() >= set(pair))
    waits = Counter(after for _, after in inside)
    ready = [age for id, age in ages.items() if not waits[id]]
    heapify(ready)
    following: dict[str, list[str]] = {}
    for before, after in inside:
        following.setdefault(before, []).append(after)
    in_circles = iter(ages)
    order: dict[str, None] = {}
    while len(order) < len(ages):
        id = heappop(ready)[-1] if ready else next(in_circles)
        if id in order:
            continue
        order[id] = None
        for after in following.get(id, ()):
            waits[after] -= 1
            if not waits[after]:
                heappush(ready, ages[after])
    return list(order)


def _age(node: Node) -> tuple[int, str, str]:
    return node.year or 0, node.title, node.key
