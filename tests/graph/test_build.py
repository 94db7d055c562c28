"""Next reads become edges, whichever way they name their paper."""

from __future__ import annotations

import pytest

from paper_notes.graph.build import build_graph
from paper_notes.graph.model import Graph
from paper_notes.library import Library
from paper_notes.notes.model import NextRead, Relation, Text
from tests.graph.conftest import graph_of, paper

WHY = Text("Why.", "理由。")


def outside(title: str, **names: str) -> NextRead:
    return NextRead(Relation.FOLLOW_UP, WHY, title=title, **names)


def graph(*reads: NextRead, **of_b: object) -> Graph:
    """Papers a and b; a names the reads."""
    return build_graph({"a": paper("a", *reads), "b": paper("b", **of_b)})


def targets(graph: Graph) -> list[str]:
    return [edge.target for edge in graph.edges]


def test_an_id_leads_to_its_note() -> None:
    assert targets(graph_of(a=">b", b="")) == ["b"]


def test_an_arxiv_id_leads_to_the_note_that_has_it() -> None:
    assert targets(graph(outside("Other words", arxiv="2001.00001"), arxiv="2001.00001")) == ["b"]


def test_a_doi_leads_to_the_note_that_has_it_in_any_case() -> None:
    assert targets(graph(outside("Other words", doi="10.9999/ab"), doi="10.9999/AB")) == ["b"]


def test_arxivs_own_doi_is_the_arxiv_id() -> None:
    reads = outside("Other words", doi="10.48550/arXiv.2001.00001")
    assert targets(graph(reads, arxiv="2001.00001")) == ["b"]


def test_an_equal_title_leads_to_the_note_where_there_is_no_identifier() -> None:
    reads = outside("TITLE of b!", url="https://example.org/b")
    assert targets(graph(reads, arxiv="2001.00001")) == ["b"]


def test_an_equal_title_with_another_identifier_is_another_paper() -> None:
    reads = outside("Title of b", arxiv="2002.00002")
    assert targets(graph(reads, arxiv="2001.00001")) == ["arxiv:2002.00002"]


def test_a_paper_that_is_not_here_is_a_node_with_its_address() -> None:
    made = graph(outside("Elsewhere", arxiv="1502.03167"))
    [node] = made.missing
    assert (node.key, node.title, node.here) == ("arxiv:1502.03167", "Elsewhere", False)
    assert (node.year, node.address) == (2015, "https://arxiv.org/abs/1502.03167")


def test_two_notes_that_name_the_same_missing_paper_name_one_node() -> None:
    made = build_graph(
        {
            "a": paper("a", outside("Far", arxiv="2001.00001")),
            "b": paper("b", outside("far", doi="10.9999/far")),
            "c": paper("c", outside("Another title", doi="10.9999/far")),
        }
    )
    assert targets(made) == ["arxiv:2001.00001"] * 3
    assert [edge.source for edge in made.incoming["arxiv:2001.00001"]] == ["a", "b", "c"]


def test_adding_a_note_connects_the_links_that_were_there_before() -> None:
    reader = paper("a", outside("Far", arxiv="2001.00001"))
    before = build_graph({"a": reader})
    after = build_graph({"a": reader, "far": paper("far", arxiv="2001.00001")})
    assert (targets(before), targets(after)) == (["arxiv:2001.00001"], ["far"])
    assert after.missing == ()


def test_a_next_read_of_no_note_and_one_of_itself_are_left_out() -> None:
    assert graph_of(a=">a >gone").edges == ()


@pytest.mark.parametrize(
    ("sign", "order"),
    [("<", ("b", "a")), ("+", ("b", "a")), (">", ("a", "b")), ("=", None)],
)
def test_a_relation_says_which_paper_comes_first(sign: str, order: object) -> None:
    [edge] = graph_of(a=f"{sign}b", b="").edges
    assert edge.order == order


@pytest.mark.parametrize(
    ("arxiv", "year"), [("1312.6114", 2013), ("hep-th/9901001", 1999), ("cs/0112017", 2001)]
)
def test_an_arxiv_id_tells_the_year(arxiv: str, year: int) -> None:
    [node] = graph(outside("Far", arxiv=arxiv)).missing
    assert node.year == year


def test_a_paper_without_arxiv_id_and_note_has_no_year() -> None:
    [node] = graph(outside("Far", doi="10.9999/far")).missing
    assert (node.year, node.address) == (None, "https://doi.org/10.9999/far")


def test_the_invented_base_as_a_graph(invented: Library) -> None:
    made = build_graph(invented.papers)
    assert list(made.nodes) == [
        "folded_words",
        "slow_pooling",
        "tidy_scale",
        "title:anaddressonly",
        "doi:10.9999/untidy.1",
    ]
    assert len(made.edges) == 6


@pytest.mark.hostile(42)
def test_a_chain_of_a_hundred_thousand_papers_is_built() -> None:
    chain = {f"p{i}": f"<p{i + 1}" for i in range(100_000)}
    made = graph_of(**chain)
    assert len(made.nodes) == 100_000
    assert len(made.edges) == 99_999
