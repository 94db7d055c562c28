"""Cycles are found wherever there are some, and only there."""

from graphlib import CycleError, TopologicalSorter

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.notes.cycles import cycles

NODES = st.sampled_from("abcdefg")
GRAPHS = st.dictionaries(NODES, st.lists(NODES, max_size=4))


@given(GRAPHS)
def test_what_is_found_are_cycles_of_the_graph(graph):
    for cycle in cycles(graph):
        for node, following in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            assert following in graph[node]
        assert cycle[0] == min(cycle)
        assert len(set(cycle)) == len(cycle)


@given(GRAPHS)
def test_a_cycle_is_found_just_where_there_is_one(graph):
    try:
        TopologicalSorter(graph).prepare()
        acyclic = True
    except CycleError:
        acyclic = False
    assert (list(cycles(graph)) == []) == acyclic


def test_a_diamond_has_none():
    assert list(cycles({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []})) == []
