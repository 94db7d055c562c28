"""What the reading graph is: papers as nodes, next reads as typed edges between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from paper_notes.notes.addresses import addresses
from paper_notes.notes.identity import Index, Reference
from paper_notes.notes.model import Relation, Text


@dataclass(frozen=True, slots=True)
class Node:
    """One paper: a note of the base, or one that the base still lacks."""

    key: str  # the note's id, or an identifier such as "arxiv:1502.03167"
    title: str
    topic: str | None = None  # None where there is no note yet
    year: int | None = None
    aliases: tuple[str, ...] = ()
    arxiv: str | None = None
    doi: str | None = None
    url: str | None = None

    @property
    def here(self) -> bool:
        """Whether there is a note."""
        return self.topic is not None

    @property
    def address(self) -> str | None:
        """Where the paper itself can be read."""
        return next(iter(addresses(self)), None)


@dataclass(frozen=True, slots=True)
class Edge:
    """One next read: what the note of `source` says of `target`."""

    source: str
    target: str
    relation: Relation
    why: Text

    @property
    def order(self) -> tuple[str, str] | None:
        """The two papers in reading order, or None where neither comes before the other."""
        if self.relation is Relation.ALTERNATIVE:
            return None
        if self.relation is Relation.FOLLOW_UP:
            return self.source, self.target
        return self.target, self.source


@dataclass(frozen=True)
class Graph:
    """All papers that the base knows of, and what its notes say of each other.

    Nodes: the base's papers sorted by id, then the others in the order in which they are named.
    Edges: sorted by the naming paper's id, then as its note has them.
    """

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    index: Index

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Edge, ...]]:
        """For each node the edges that its own note states."""
        return _grouped(self.nodes, ((edge.source, edge) for edge in self.edges))

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Edge, ...]]:
        """For each node the edges by which others name it."""
        return _grouped(self.nodes, ((edge.target, edge) for edge in self.edges))

    @cached_property
    def earlier(self) -> Mapping[str, tuple[Edge, ...]]:
        """For each node the edges by which another comes before it, those of its own note first."""
        return self._ordered(1)

    @cached_property
    def later(self) -> Mapping[str, tuple[Edge, ...]]:
        """For each node the edges by which another comes after it, those of its own note first."""
        return self._ordered(0)

    @cached_property
    def missing(self) -> tuple[Node, ...]:
        """The papers that next reads name and the base lacks, in the order they are named."""
        return tuple(node for node in self.nodes.values() if not node.here)

    def find(self, reference: Reference) -> Node | None:
        """The node that a reference means, whoever made it; None where it is not in the graph."""
        key = self.index.find(reference)
        return None if key is None else self.nodes[key]

    def _ordered(self, end: int) -> Mapping[str, tuple[Edge, ...]]:
        ends = [(edge.order[end], edge) for edge in self.edges if edge.order]
        own = [pair for pair in ends if pair[0] == pair[1].source]
        return _grouped(self.nodes, [*own, *(pair for pair in ends if pair[0] != pair[1].source)])


def _grouped(
    nodes: Mapping[str, Node], pairs: Iterable[tuple[str, Edge]]
) -> Mapping[str, tuple[Edge, ...]]:
    found: dict[str, list[Edge]] = {key: [] for key in nodes}
    for key, edge in pairs:
        found[key].append(edge)
    return {key: tuple(edges) for key, edges in found.items()}
