"""A graph with one note changed is the graph that would be built anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.graph.build import build_graph
from paper_notes.graph.model import Graph
from paper_notes.graph.revise import revise
from paper_notes.notes.model import NextRead, Relation, Text
from tests.graph.conftest import SIGNS, paper, read

IDS = "abcde"
READS = st.lists(st.sampled_from([s + id for s in SIGNS for id in IDS]), max_size=6)
BASES = st.fixed_dictionaries(dict.fromkeys(IDS, READS))


def state(graph: Graph) -> object:
    return graph.nodes, graph.edges, graph.outgoing, graph.incoming, graph.earlier, graph.later


@given(BASES, st.sampled_from(IDS), READS)
def test_it_is_as_if_built_anew(base: dict[str, list[str]], id: str, reads: list[str]) -> None:
    papers = {each: paper(each, *map(read, base[each])) for each in IDS}
    changed = paper(id, *map(read, reads), year=1999)
    assert state(revise(build_graph(papers), changed)) == state(
        build_graph({**papers, id: changed})
    )


def test_a_paper_that_is_named_for_the_first_time_becomes_a_node() -> None:
    far = NextRead(Relation.PREREQUISITE, Text("Why.", None), title="Far", arxiv="2001.00001")
    graph = revise(build_graph({"a": paper("a"), "b": paper("b")}), paper("a", far))
    [edge] = graph.earlier["a"]
    assert (edge.target, graph.nodes[edge.target].title) == ("arxiv:2001.00001", "Far")
    assert graph.incoming["arxiv:2001.00001"] == (edge,)


def test_the_graph_that_was_there_stays_as_it_was() -> None:
    graph = build_graph({"a": paper("a", read("<b")), "b": paper("b")})
    before = state(graph)
    revise(graph, paper("a"))
    assert state(graph) == before
