"""A paper is found by whatever people call it."""

from __future__ import annotations

import pytest

from paper_notes.graph.build import build_graph
from paper_notes.graph.find import find_node, near_ids
from paper_notes.notes.model import NextRead, Relation, Text
from tests.graph.conftest import paper

FAR = NextRead(Relation.PREREQUISITE, Text("x"), title="Far Away", doi="10.9999/far")
GRAPH = build_graph(
    {
        "tidy_scale": paper("tidy_scale", FAR, aliases=("TS", "整頓"), arxiv="1801.00010"),
        "ts": paper("ts"),
    }
)


@pytest.mark.parametrize(
    "name", ["tidy_scale", "Tidy-Scale", "整頓", "1801.00010", "title of tidy scale"]
)
def test_id_alias_title_and_identifier_find_it(name: str) -> None:
    assert find_node(GRAPH, name) is GRAPH.nodes["tidy_scale"]


def test_an_id_wins_over_another_papers_alias() -> None:
    assert find_node(GRAPH, "TS") is GRAPH.nodes["ts"]


@pytest.mark.parametrize("name", ["far away", "10.9999/far"])
def test_a_paper_that_is_not_here_is_found_too(name: str) -> None:
    assert find_node(GRAPH, name) is GRAPH.missing[0]


@pytest.mark.parametrize("name", ["", "?", "nothing like it", "x" * 100_000])
def test_what_nothing_is_called_is_not_found(name: str) -> None:
    assert find_node(GRAPH, name) is None


def test_the_nearest_ids_are_offered() -> None:
    assert near_ids(GRAPH, "tidyscal") == ["tidy_scale"]
