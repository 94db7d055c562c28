"""Small graphs from a line of text a paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from paper_notes.graph.build import build_graph
from paper_notes.graph.model import Graph
from paper_notes.notes.model import NextRead, Paper, Relation, Text

SIGNS = {
    "<": Relation.PREREQUISITE,
    "+": Relation.BUILDS_ON,
    "=": Relation.ALTERNATIVE,
    ">": Relation.FOLLOW_UP,
}


def paper(id: str, *reads: NextRead, **changes: object) -> Paper:
    """A paper of which only what a graph looks at is told."""
    text = Text("Words.", "言葉。")
    answers = dict.fromkeys(("what", "novelty", "key_idea", "validation", "discussion"), text)
    values: dict[str, object] = {
        "title": f"Title of {id}",
        "authors": ("Aiko Example",),
        "year": 2020,
        "topic": "training",
        "claims": (),
        **answers,
        **changes,
    }
    return Paper(id=id, next_read=reads, **values)  # type: ignore[arg-type]


def read(text: str) -> NextRead:
    """A next read of a paper of the base: its relation's sign before its id."""
    return NextRead(SIGNS[text[0]], Text(f"Why {text}", f"理由 {text}"), paper=text[1:])


def graph_of(**papers: str) -> Graph:
    """A graph: `graph_of(a="<b =c", b="", c="")` makes b a prerequisite of a."""
    made = {id: paper(id, *map(read, reads.split())) for id, reads in papers.items()}
    return build_graph(made)


@pytest.fixture(scope="session")
def graph() -> Callable[..., Graph]:
    return graph_of
