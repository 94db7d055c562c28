"""Cycles of a directed graph, found without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def cycles(successors: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """One cycle for every edge that closes one in a depth-first walk, its least node first.

    Without such an edge there is no cycle at all. Takes time linear in the graph and the answer;
    nodes that are only named as successors count as ends.
    """
    done: set[str] = set()
    for start in sorted(successors):
        path = [start] if start not in done else []
        on_path = set(path)
        todo = [iter(successors[start])] if path else []
        while todo:
            following = next(todo[-1], None)
            if following is None:
                todo.pop()
                done.add(path[-1])
                on_path.discard(path.pop())
            elif following in on_path:
                yield _from_least(path[path.index(following) :])
            elif following not in done and following in successors:
                path.append(following)
                on_path.add(following)
                todo.append(iter(successors[following]))


def _from_least(cycle: Sequence[str]) -> tuple[str, ...]:
    least = cycle.index(min(cycle))
    return (*cycle[least:], *cycle[:least])
