"""What lists know of all papers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from paper_notes.evidence import Totals, together
from paper_notes.notes.model import Paper
from paper_notes.pages.context import Context
from paper_notes.pages.groups import Groups, grouped


def groups_of(papers: Iterable[Paper]) -> Groups:
    """The groups of these papers, to be read from the last to the first; nothing is proven."""
    known = sorted(papers, key=lambda paper: paper.id)
    order = [paper.id for paper in known][::-1]
    return grouped(known, ["unused"], order, lambda _paper: Totals(0, 0, 0, 0))


def invented(context: Context, **changes: dict[str, object]) -> list[Paper]:
    """Papers with these ids, each changed so."""
    paper = next(iter(context.library.papers.values()))
    papers = [replace(paper, id=id, tags=(), topic="a_topic") for id in changes]
    return [replace(paper, **changes[paper.id]) for paper in papers]  # type: ignore[arg-type]


def test_papers_of_a_topic_stand_in_reading_order(context: Context) -> None:
    groups = groups_of(invented(context, a={}, b={}))
    assert groups.topics["a_topic"] == ["b", "a"]


def test_a_topic_without_papers_is_there(context: Context) -> None:
    groups = groups_of(invented(context, a={}))
    assert groups.topics["unused"] == []


def test_tags_are_sorted_and_their_papers_stand_in_reading_order(context: Context) -> None:
    papers = invented(context, a={"tags": ("y", "x")}, b={"tags": ("y",)})
    assert list(groups_of(papers).tags.items()) == [("x", ["a"]), ("y", ["b", "a"])]


def test_the_newest_year_comes_first_and_titles_are_sorted_in_it(context: Context) -> None:
    papers = invented(
        context,
        a={"year": 2001, "title": "Z"},
        b={"year": 2002, "title": "Y"},
        c={"year": 2001, "title": "X"},
    )
    assert list(groups_of(papers).years.items()) == [(2002, ["b"]), (2001, ["c", "a"])]


def test_what_was_added_last_is_the_newest_and_of_one_day_what_is_from_the_last_year(
    context: Context,
) -> None:
    papers = invented(
        context,
        a={"added": None, "year": 2009},
        b={"added": date(2026, 1, 1), "year": 2001},
        c={"added": date(2026, 1, 1), "year": 2002},
        d={"added": date(2026, 1, 2), "year": 2000},
    )
    assert groups_of(papers).newest == ["d", "c", "b", "a"]


def test_totals_add_up() -> None:
    assert together([Totals(1, 2, 3, 4), Totals(10, 20, 30, 40)]) == Totals(11, 22, 33, 44)
    assert together([]) == Totals(0, 0, 0, 0)


def test_the_totals_of_a_paper_are_those_of_its_evidence(context: Context) -> None:
    for id, paper in context.library.papers.items():
        assert context.groups.totals[id] == context.totals([paper])
