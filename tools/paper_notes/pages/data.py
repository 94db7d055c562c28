"""What scripts fetch: the graph as numbers, and its words in each language. Made for 10,000 papers.

Nodes are numbered, the base's papers first; an edge is three numbers in a row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from paper_notes.graph.model import Edge, Graph
from paper_notes.notes.model import LANGUAGES, Relation
from paper_notes.pages.context import Context
from paper_notes.pages.map_data import MAP, map_data
from paper_notes.pages.summary import summary

GRAPH = "data/graph.json"
RELATIONS = [relation.value for relation in Relation]


def data_files(context: Context) -> Iterator[tuple[str, bytes]]:
    """Each file by its path in the site."""
    yield GRAPH, _json(graph_numbers(context.graph))
    yield MAP, _json(map_data(context))
    for language in LANGUAGES:
        papers = context.library.papers.values()
        yield f"data/{language}/what.json", _json([summary(p, language) for p in papers])
        whys = [_why(context, edge, language) for edge in context.graph.edges]
        yield f"data/{language}/why.json", _json(whys)


def graph_numbers(graph: Graph) -> dict[str, object]:
    """The graph's nodes (key, title, year, address), and its edges (from, to, relation)."""
    number = {key: index for index, key in enumerate(graph.nodes)}
    nodes = [[node.key, node.title, node.year, node.address] for node in graph.nodes.values()]
    edges = [
        value
        for edge in graph.edges
        for value in (number[edge.source], number[edge.target], RELATIONS.index(edge.relation))
    ]
    here = len(nodes) - len(graph.missing)
    return {"here": here, "relations": RELATIONS, "nodes": nodes, "edges": edges}


def _why(context: Context, edge: Edge, language: str) -> str:
    text, actual = edge.why.best(language)
    html = str(context.markdown.inline(text))
    return html if actual == language else f'<span lang="{actual}">{html}</span>'


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
