"""Finding a paper of the graph by what somebody calls it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from paper_notes.graph.model import Graph, Node
from paper_notes.notes.identity import plain_title


def find_node(graph: Graph, name: str) -> Node | None:
    """The paper with this id, alias, title, arXiv id or DOI, or None."""
    if name in graph.nodes:
        return graph.nodes[name]
    key = _by_name(graph).get(plain_title(name))
    return graph.nodes[key] if key else None


def near_ids(graph: Graph, name: str) -> list[str]:
    """Up to three ids that may have been meant, the nearest first."""
    names = _by_name(graph)
    near = get_close_matches(plain_title(name[:100]), names, 9, 0.5)
    return list(dict.fromkeys(names[each] for each in near))[:3]


def _by_name(graph: Graph) -> Mapping[str, str]:
    """The key of each paper by everything it is called; ids win over aliases and titles."""
    found: dict[str, str] = {}
    for names in (_ids, _aliases):
        for key, node in graph.nodes.items():
            for name in names(node):
                found.setdefault(plain_title(name), key)
    return found


def _ids(node: Node) -> Iterator[str]:
    yield node.key
    yield from (name for name in (node.arxiv, node.doi) if name)


def _aliases(node: Node) -> Iterator[str]:
    yield from node.aliases
    yield node.title
