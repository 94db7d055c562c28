"""What a paper rests on is read before it; age decides where nothing else does."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.graph.build import build_graph
from paper_notes.graph.reading_order import reading_order
from paper_notes.notes.model import NextRead, Paper, Relation, Text

TEXT = Text("x", "x")


def paper(id: str, year: int = 2000, **reads: str) -> Paper:
    """A paper that names others: paper("b", prerequisite="a")."""
    next_read = tuple(
        NextRead(Relation(relation), TEXT, target) for relation, target in reads.items()
    )
    return Paper(id, id, ("A",), year, "t", *[TEXT] * 5, next_read, ())


def order(*papers: Paper) -> list[str]:
    return reading_order(build_graph({paper.id: paper for paper in papers}))


def test_the_older_paper_comes_first() -> None:
    assert order(paper("a", 2010), paper("b", 2001)) == ["b", "a"]


def test_a_prerequisite_comes_first_whatever_its_year() -> None:
    assert order(paper("a", 2001, prerequisite="b"), paper("b", 2010)) == ["b", "a"]


def test_a_follow_up_comes_after() -> None:
    assert order(paper("a", 2010, follow_up="b"), paper("b", 2001)) == ["a", "b"]


def test_an_alternative_changes_nothing() -> None:
    assert order(paper("a", 2001, alternative="b"), paper("b", 2010)) == ["a", "b"]


def test_a_circle_begins_with_its_oldest_paper() -> None:
    a, b = paper("a", 2003, prerequisite="b"), paper("b", 2002, prerequisite="a")
    assert order(a, b) == ["b", "a"]


def test_papers_that_are_not_here_play_no_part() -> None:
    reads = NextRead(Relation.PREREQUISITE, TEXT, title="Elsewhere", arxiv="1502.03167")
    assert order(replace(paper("a"), next_read=(reads,)), paper("b")) == ["a", "b"]


def test_ten_thousand_papers_in_a_row_are_ordered() -> None:
    papers = [paper("p0")] + [paper(f"p{n}", prerequisite=f"p{n - 1}") for n in range(1, 10_000)]
    assert order(*reversed(papers)) == [f"p{n}" for n in range(10_000)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_every_paper_is_there_once_whatever_the_links(links: list[tuple[int, int]]) -> None:
    papers = {f"p{n}": paper(f"p{n}", 2000 + n) for n in range(10)}
    for before, after in links:
        reads = NextRead(Relation.PREREQUISITE, TEXT, f"p{before}")
        one = papers[f"p{after}"]
        papers[one.id] = replace(one, next_read=(*one.next_read, reads))
    found = order(*papers.values())
    assert sorted(found) == sorted(papers)
