"""The order in which some papers are best read: what another one rests on comes before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from paper_notes.graph.model import Graph
from paper_notes.notes.model import Paper


def reading_order(papers: Iterable[Paper], graph: Graph) -> list[Paper]:
    """The papers, each after those among them that come before it; else the older one first.

    Where papers stand in a circle, the oldest of them begins.
    """
    oldest_first = sorted(papers, key=_age)
    ids = {paper.id for paper in oldest_first}
    pairs = {edge.order for edge in graph.edges if edge.order}
    inside = sorted(pair for pair in pairs if ids.issuperset(pair))
    waits = Counter(after for _, after in inside)
    ready = [_age(paper) for paper in oldest_first if not waits[paper.id]]
    heapify(ready)
    following: dict[str, list[str]] = {}
    for before, after in inside:
        following.setdefault(before, []).append(after)
    by_id = {paper.id: paper for paper in oldest_first}
    in_circles = iter(oldest_first)
    order: dict[str, Paper] = {}
    while len(order) < len(by_id):
        id = heappop(ready)[-1] if ready else next(in_circles).id
        if id in order:
            continue
        order[id] = by_id[id]
        for after in following.get(id, ()):
            waits[after] -= 1
            if not waits[after]:
                heappush(ready, _age(by_id[after]))
    return list(order.values())


def _age(paper: Paper) -> tuple[int, str, str]:
    return paper.year, paper.title, paper.id
