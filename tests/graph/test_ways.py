"""A way is short, sensible, and says why each step is taken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.graph.build import build_graph
from paper_notes.graph.model import Graph
from paper_notes.graph.ways import Direction, shortest_way
from paper_notes.notes.model import NextRead, Relation, Text
from tests.graph.conftest import graph_of, paper, read


def way(graph: Graph, start: str, end: str) -> list[tuple[Direction, str]] | None:
    steps = shortest_way(graph, start, end)
    return None if steps is None else [(step.direction, step.node.key) for step in steps]


def test_a_way_leads_on_along_the_reading_order() -> None:
    graph = graph_of(a=">b", b="", c="<b")
    assert way(graph, "a", "c") == [(Direction.ON, "b"), (Direction.ON, "c")]


def test_a_way_may_lead_over_an_alternative() -> None:
    graph = graph_of(a="", b="=a >c", c="")
    assert way(graph, "a", "c") == [(Direction.BESIDE, "b"), (Direction.ON, "c")]


def test_a_longer_way_on_is_better_than_one_back() -> None:
    graph = graph_of(a="<root >b", b=">c", c=">d", d="", root=">d")
    assert way(graph, "a", "d") == [(Direction.ON, key) for key in "bcd"]


def test_papers_that_share_only_their_roots_meet_there() -> None:
    graph = graph_of(a="<root", b="<root", root="")
    assert way(graph, "a", "b") == [(Direction.BACK, "root"), (Direction.ON, "b")]


def test_of_two_ways_the_one_through_papers_that_are_here_is_taken() -> None:
    far = NextRead(Relation.FOLLOW_UP, Text("x"), title="Far", arxiv="2001.00001")
    graph = build_graph(
        {
            "a": paper("a", far, read(">here")),
            "b": paper("b", NextRead(Relation.PREREQUISITE, Text("x"), title="Far"), read("<here")),
            "here": paper("here"),
        }
    )
    assert way(graph, "a", "b") == [(Direction.ON, "here"), (Direction.ON, "b")]


def test_a_way_may_lead_through_a_paper_that_is_not_here() -> None:
    far = NextRead(Relation.FOLLOW_UP, Text("x"), title="Far", arxiv="2001.00001")
    back = NextRead(Relation.PREREQUISITE, Text("x"), title="Far", arxiv="2001.00001")
    graph = build_graph({"a": paper("a", far), "b": paper("b", back)})
    assert way(graph, "a", "b") == [(Direction.ON, "arxiv:2001.00001"), (Direction.ON, "b")]


def test_each_step_has_the_link_that_is_its_reason() -> None:
    [step] = shortest_way(graph_of(a=">b", b="<a"), "a", "b") or ()
    assert step.edge.why.en == "Why >b"


def test_there_is_nothing_to_walk_from_a_paper_to_itself() -> None:
    assert shortest_way(graph_of(a=""), "a", "a") == ()


def test_where_nothing_joins_two_papers_there_is_no_way() -> None:
    assert shortest_way(graph_of(a="", b=""), "a", "b") is None


READS = st.lists(st.tuples(st.sampled_from("<+=>"), st.sampled_from("abcdef")), max_size=3)
GRAPHS = st.dictionaries(st.sampled_from("abcdef"), READS, min_size=6, max_size=6)


@given(GRAPHS)
def test_every_step_begins_where_the_last_one_ended(
    reads: dict[str, list[tuple[str, str]]],
) -> None:
    graph = graph_of(
        **{id: " ".join(sign + to for sign, to in named) for id, named in reads.items()}
    )
    here = "a"
    for step in shortest_way(graph, "a", "f") or ():
        assert {step.edge.source, step.edge.target} == {here, step.node.key}
        here = step.node.key
    assert here == "f" or shortest_way(graph, "a", "f") is None


def test_a_long_chain_is_walked() -> None:
    graph = graph_of(**{f"p{i:05}": f">p{i + 1:05}" for i in range(10_000)}, p10000="")
    assert len(shortest_way(graph, "p00000", "p10000") or ()) == 10_000
