"""Each paper of a neighbourhood stands once, where it belongs, and there are never too many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.graph.around import Around, Column, look_around
from tests.graph.conftest import graph_of

READS = st.lists(st.tuples(st.sampled_from("<+=>"), st.sampled_from("abcdefgh")), max_size=5)
GRAPHS = st.dictionaries(st.sampled_from("abcdefgh"), READS, min_size=8, max_size=8)


def columns(around: Around) -> list[Column]:
    return [around.far_before, around.before, around.beside, around.after, around.far_after]


def keys(column: Column) -> list[str]:
    return [node.key for node in column.nodes]


def test_before_beside_after_and_what_is_two_links_away() -> None:
    around = look_around(
        graph_of(a="<b +c =d >e", b="<f", c="", d="<x", e=">g", f="", g="", x=""), "a"
    )
    assert [keys(column) for column in columns(around)] == [["f"], ["b", "c"], ["d"], ["e"], ["g"]]


def test_links_that_others_state_count_as_well() -> None:
    around = look_around(graph_of(a="", b="<a", c=">a", d="=a"), "a")
    assert [keys(column) for column in columns(around)] == [[], ["c"], ["d"], ["b"], []]


def test_a_hub_keeps_the_best_linked_papers_and_counts_the_others() -> None:
    many = {f"p{i:02}": "<hub" for i in range(30)} | {"p29": "<hub =p28", "p28": "<hub"}
    around = look_around(graph_of(hub="", **many), "hub")
    assert len(around.after.nodes) == 9
    assert around.after.left_out == 21
    assert {"p28", "p29"} <= set(keys(around.after))


@given(GRAPHS)
def test_no_paper_stands_twice_and_every_link_joins_two_that_stand(
    reads: dict[str, list[tuple[str, str]]],
) -> None:
    graph = graph_of(
        **{id: " ".join(sign + to for sign, to in named) for id, named in reads.items()}
    )
    around = look_around(graph, "a")
    shown = ["a", *(key for column in columns(around) for key in keys(column))]
    assert len(shown) == len(set(shown)) <= 60
    assert all({edge.source, edge.target} <= set(shown) for edge in around.edges)
    pairs = [frozenset((edge.source, edge.target)) for edge in around.edges]
    assert len(pairs) <= 2 * len(set(pairs))
