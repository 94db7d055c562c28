"""The data that scripts fetch, and the search for ways that the browser does with it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
import quickjs
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.graph.model import Graph
from paper_notes.graph.ways import shortest_way
from paper_notes.pages.context import Context
from paper_notes.pages.data import data_files, graph_numbers
from tests.graph.conftest import graph_of

KEYS = "abcdefgh"
READS = st.lists(st.tuples(st.sampled_from("<+=>"), st.sampled_from(KEYS)), max_size=3)
GRAPHS = st.dictionaries(st.sampled_from(KEYS), READS, min_size=8, max_size=8)


@pytest.fixture
def data(context: Context) -> dict[str, Any]:
    return {path: json.loads(content) for path, content in data_files(context)}


def test_papers_of_the_base_come_first(data: dict[str, Any]) -> None:
    graph = data["data/graph.json"]
    assert [node[0] for node in graph["nodes"][: graph["here"]]] == [
        "folded_words",
        "slow_pooling",
        "tidy_scale",
    ]


def test_an_edge_is_three_numbers(data: dict[str, Any]) -> None:
    graph = data["data/graph.json"]
    first = graph["edges"][:3]
    assert [graph["nodes"][first[0]][0], graph["nodes"][first[1]][0]] == [
        "folded_words",
        "tidy_scale",
    ]
    assert graph["relations"][first[2]] == "prerequisite"


def test_there_is_a_reason_for_each_edge_in_each_language(data: dict[str, Any]) -> None:
    edges = len(data["data/graph.json"]["edges"]) // 3
    assert len(data["data/en/why.json"]) == len(data["data/ja/why.json"]) == edges
    assert data["data/ja/why.json"][0] == "たたむ前の層。"


def test_there_is_one_sentence_on_each_paper(data: dict[str, Any]) -> None:
    assert len(data["data/en/what.json"]) == data["data/graph.json"]["here"]


def browser_way(graph: Graph, start: str, end: str) -> list[tuple[str, str]] | None:
    """The way as the browser's script finds it, in QuickJS."""
    keys = list(graph.nodes)
    script = files("paper_notes.site").joinpath("assets/shortest.js").read_text(encoding="utf-8")
    context = quickjs.Context()
    context.eval(script)
    context.eval(
        "function way(graph, a, b) { return JSON.stringify(shortestWay(JSON.parse(graph), a, b)); }"
    )
    numbers = json.dumps(graph_numbers(graph))
    found = json.loads(context.get("way")(numbers, keys.index(start), keys.index(end)))
    return found and [(step["direction"], keys[step["to"]]) for step in found]


@given(GRAPHS)
def test_the_browser_finds_the_same_way(reads: dict[str, list[tuple[str, str]]]) -> None:
    graph = graph_of(
        **{id: " ".join(sign + to for sign, to in named) for id, named in reads.items()}
    )
    steps = shortest_way(graph, "a", "h")
    ours = None if steps is None else [(step.direction.value, step.node.key) for step in steps]
    assert (browser_way(graph, "a", "h") or None) == (ours or None)
