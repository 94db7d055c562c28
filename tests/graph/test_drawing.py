"""In a drawing nothing lies on anything else, and every title fits its box."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.graph.around import look_around
from paper_notes.graph.build import build_graph
from paper_notes.graph.drawing import FONT, Box, Drawing, Label, draw_narrow, draw_wide
from paper_notes.graph.lettering import width
from tests.graph.conftest import graph_of, paper, read

DRAWS = [draw_wide, draw_narrow]
LABEL_HEIGHT = 14
KEYS = [f"p{i}" for i in range(30)]
LINKS = st.lists(st.tuples(st.sampled_from("<+=>"), st.sampled_from(KEYS)), max_size=40)
TITLES = st.text(max_size=120)


def rectangle(thing: Box | Label) -> tuple[float, float, float, float]:
    if isinstance(thing, Box):
        return thing.x, thing.y, thing.x + thing.width, thing.y + thing.height
    return thing.x, thing.y - LABEL_HEIGHT + 3, thing.x + 200, thing.y + 3


def overlap(one: Box | Label, other: Box | Label) -> bool:
    left, top, right, bottom = rectangle(one)
    x, y, x2, y2 = rectangle(other)
    return left < x2 and x < right and top < y2 and y < bottom


def drawing_of(draw: Callable[..., Drawing], links: list[tuple[str, str]], title: str) -> Drawing:
    """A paper with these links; each of those it names has one link of its own as well."""
    named = {key: sign for sign, key in links}
    papers = {
        key: paper(key, read(f"<p{(number + 7) % 30}"), title=f"{title} {key}")
        for number, key in enumerate(KEYS)
    }
    papers["it"] = paper("it", *(read(sign + key) for key, sign in named.items()), title=title)
    return draw(look_around(build_graph(papers), "it"))


@pytest.mark.parametrize("draw", DRAWS)
@given(links=LINKS, title=TITLES)
def test_boxes_and_labels_lie_beside_each_other_and_inside(
    draw: Callable[..., Drawing], links: list[tuple[str, str]], title: str
) -> None:
    drawing = drawing_of(draw, links, title)
    things = [*drawing.boxes, *drawing.labels]
    assert not [pair for pair in combinations(things, 2) if overlap(*pair)]
    for box in drawing.boxes:
        assert 0 <= box.x < box.x + box.width <= drawing.width
        assert 0 <= box.y < box.y + box.height <= drawing.height


@pytest.mark.parametrize("draw", DRAWS)
@given(links=LINKS, title=TITLES)
def test_titles_stay_inside_their_boxes(
    draw: Callable[..., Drawing], links: list[tuple[str, str]], title: str
) -> None:
    for box in drawing_of(draw, links, title).boxes:
        assert all(width(line) * FONT <= box.width - 20 for line in box.lines)
        assert all(box.y + FONT <= y <= box.y + box.height - 4 for y in box.baselines)


@pytest.mark.parametrize("draw", DRAWS)
def test_every_nearest_link_is_drawn(draw: Callable[..., Drawing]) -> None:
    drawing = draw(look_around(graph_of(a="<b +c =d >e", b="", c="", d="", e=""), "a"))
    assert sorted(line.relation.value for line in drawing.lines) == [
        "alternative",
        "builds_on",
        "follow_up",
        "prerequisite",
    ]


def test_before_is_left_and_after_is_right() -> None:
    drawing = draw_wide(look_around(graph_of(a="<b >c", b="", c=""), "a"))
    x = {box.node.key: box.x for box in drawing.boxes}
    assert x["b"] < x["a"] < x["c"]


def test_before_is_above_and_after_is_below_on_a_phone() -> None:
    drawing = draw_narrow(look_around(graph_of(a="<b >c", b="", c=""), "a"))
    y = {box.node.key: box.y for box in drawing.boxes}
    assert y["b"] < y["a"] < y["c"]


@pytest.mark.parametrize("draw", DRAWS)
def test_a_paper_that_nothing_links_to_stands_alone(draw: Callable[..., Drawing]) -> None:
    assert [box.node.key for box in draw(look_around(graph_of(a=""), "a")).boxes] == ["a"]
