"""On the map every paper has a place of its own: years rightwards, topics downwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.graph.build import build_graph
from paper_notes.graph.layout import COLUMN, ROW, best_linked, lay_out
from paper_notes.graph.lettering import short_title
from paper_notes.graph.model import Graph
from paper_notes.notes.model import NextRead, Relation, Text
from tests.graph.conftest import graph_of, paper

PAPERS = st.lists(
    st.tuples(st.sampled_from(["training", "language", "strange"]), st.integers(1990, 1995)),
    min_size=1,
    max_size=30,
)


def two(**changes: object) -> Graph:
    return build_graph({"a": paper("a", year=2001), "b": paper("b", **{"year": 2010, **changes})})


def test_later_papers_stand_further_right() -> None:
    first, second = lay_out(two(), ["training"]).spots
    assert (first.y, first.x + COLUMN) == (second.y, second.x)


def test_topics_lie_below_each_other_in_their_order() -> None:
    made = lay_out(two(topic="language"), ["language", "empty", "training"])
    assert list(made.lanes) == ["language", "training"]
    first, second = made.spots
    assert second.y < first.y


def test_a_paper_that_is_not_here_stands_with_the_one_that_names_it() -> None:
    known = NextRead(Relation.FOLLOW_UP, Text("x"), title="Known", arxiv="1502.03167")
    dark = NextRead(Relation.FOLLOW_UP, Text("x"), title="Dark", doi="10.9999/dark")
    graph = build_graph({"a": paper("a", known, dark, year=2013, topic="language")})
    spots = lay_out(graph, ["training", "language"]).spots
    assert [(spot.topic, spot.year) for spot in spots] == [
        ("language", 2013),
        ("language", 2015),
        ("language", 2013),
    ]


@given(PAPERS)
def test_no_two_papers_share_a_place_and_all_are_inside(papers: list[tuple[str, int]]) -> None:
    graph = build_graph(
        {
            f"p{number}": paper(f"p{number}", topic=topic, year=year)
            for number, (topic, year) in enumerate(papers)
        }
    )
    made = lay_out(graph, ["training", "language"])
    places = {(spot.x // COLUMN, spot.y // (ROW // 2)) for spot in made.spots}
    assert len(places) == len(papers)
    assert all(0 < spot.x <= made.width - COLUMN + 16 for spot in made.spots)
    assert all(0 < spot.y < made.height for spot in made.spots)


def test_where_there_is_no_room_the_best_linked_stay() -> None:
    graph = graph_of(hub="", a="<hub", b="<hub =a", c="")
    assert best_linked(graph, 3) == {"hub", "a", "b"}
    assert len(lay_out(graph, ["training"], {"hub", "a"}).spots) == 2


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("BERT: Pre-training of Deep Bidirectional Transformers", "BERT"),
        ("Group Normalization", "Group Normalization"),
        (f"{'Long ' * 10}: rest", f"{'Long ' * 10}: rest"),
    ],
)
def test_a_name_before_a_colon_is_title_enough(title: str, short: str) -> None:
    assert short_title(title) == short


def test_a_paper_of_the_base_with_a_long_title_is_called_by_its_id() -> None:
    title = "Deep Residual Learning for Image Recognition"
    assert short_title(title, "resnet") == "resnet"
    assert short_title("Group Normalization", "group_norm") == "Group Normalization"
