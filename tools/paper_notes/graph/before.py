"""What to read before a paper: the nearest and most needed, in an order to read them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from paper_notes.graph.model import Edge, Graph, Node
from paper_notes.notes.model import Relation

AT_MOST = 8  # nobody works through a longer list
FARTHEST = 6

# A prerequisite is asked for in so many words; the other relations only imply the order.
_COSTS = {Relation.PREREQUISITE: 1, Relation.BUILDS_ON: 2, Relation.FOLLOW_UP: 2}


@dataclass(frozen=True)
class Before:
    """A paper to read first, and the next read that asks for it."""

    node: Node
    edge: Edge

    @property
    def needed_for(self) -> str:
        """The key of the paper that it prepares for."""
        return self.edge.source if self.edge.target == self.node.key else self.edge.target


def read_before(graph: Graph, key: str, at_most: int = AT_MOST) -> tuple[Before, ...]:
    """Up to so many papers that come before the one at `key`, in reading order.

    The nearest are chosen. Where papers come before each other in a circle, the oldest is first.
    """
    chosen = _nearest(graph, key, at_most)
    return tuple(chosen[each] for each in _in_order(graph, chosen))


def _nearest(graph: Graph, key: str, at_most: int) -> Mapping[str, Before]:
    chosen: dict[str, Before] = {}
    done: set[str] = set()
    ticket = count()  # of equally near papers the one that is named first
    todo: list[tuple[int, int, str, Edge | None]] = [(0, next(ticket), key, None)]
    while todo and len(chosen) < at_most:
        cost, _, here, edge = heappop(todo)
        if here in done:
            continue
        done.add(here)
        if edge is not None:
            chosen[here] = Before(graph.nodes[here], edge)
        for link in graph.earlier[here]:
            total = cost + _COSTS[link.relation]
            if link.order and total <= FARTHEST:
                heappush(todo, (total, next(ticket), link.order[0], link))
    return chosen


def _in_order(graph: Graph, keys: Iterable[str]) -> Iterator[str]:
    """The keys so that each comes after those before it; few keys, so no need to be clever."""
    left = set(keys)
    needs = {key: {edge.order[0] for edge in graph.earlier[key] if edge.order} for key in left}
    while left:
        ready = [key for key in left if not needs[key] & left]
        first = min(ready or left, key=lambda key: (graph.nodes[key].year or 0, key))
        left.remove(first)
        yield first
