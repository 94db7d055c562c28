"""What to read before a paper is bounded, ordered, and ends whatever the graph is like."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.graph.before import read_before
from paper_notes.graph.build import build_graph
from paper_notes.graph.model import Graph
from tests.graph.conftest import graph_of, paper, read

READS = st.lists(st.tuples(st.sampled_from("<+=>"), st.sampled_from("abcdef")), max_size=4)
GRAPHS = st.dictionaries(st.sampled_from("abcdef"), READS, min_size=6, max_size=6)


def made(reads: dict[str, list[tuple[str, str]]]) -> Graph:
    return graph_of(
        **{id: " ".join(sign + to for sign, to in named) for id, named in reads.items()}
    )


def before(graph: Graph, key: str, **options: int) -> list[str]:
    return [item.node.key for item in read_before(graph, key, **options)]


def test_prerequisites_come_in_order_the_first_to_read_first() -> None:
    assert before(graph_of(a="<b", b="<c", c=""), "a") == ["c", "b"]


def test_what_it_builds_on_and_what_names_it_as_a_follow_up_come_before_it() -> None:
    assert before(graph_of(a="+b", b="", c=">a"), "a") == ["b", "c"]


def test_alternatives_and_follow_ups_do_not() -> None:
    assert before(graph_of(a="=b >c", b="", c="<d", d=""), "a") == []


def test_the_nearest_are_chosen() -> None:
    assert before(graph_of(a="<b", b="<c", c="<d", d=""), "a", at_most=2) == ["c", "b"]


def test_a_prerequisite_is_nearer_than_what_it_builds_on() -> None:
    assert before(graph_of(a="+b <c", b="", c=""), "a", at_most=1) == ["c"]


def test_of_those_that_do_not_depend_on_each_other_the_older_comes_first() -> None:
    graph = build_graph(
        {
            "a": paper("a", read("<b"), read("<c")),
            "b": paper("b", year=2012),
            "c": paper("c", year=1986),
        }
    )
    assert before(graph, "a") == ["c", "b"]


def test_each_says_which_paper_needs_it() -> None:
    graph = graph_of(a="<b", b="", c=">b")
    assert {item.node.key: item.needed_for for item in read_before(graph, "a")} == {
        "b": "a",
        "c": "b",
    }


def test_a_circle_ends_with_each_paper_once() -> None:
    assert before(graph_of(a="<b", b="<c", c="<a"), "a") == ["c", "b"]


@given(GRAPHS)
def test_whatever_the_graph_no_paper_comes_twice_or_before_itself(
    reads: dict[str, list[tuple[str, str]]],
) -> None:
    found = before(made(reads), "a")
    assert len(set(found)) == len(found)
    assert "a" not in found


def test_a_long_chain_is_no_matter() -> None:
    graph = graph_of(**{f"p{i}": f"<p{i + 1}" for i in range(10_000)})
    assert before(graph, "p0") == ["p6", "p5", "p4", "p3", "p2", "p1"]
