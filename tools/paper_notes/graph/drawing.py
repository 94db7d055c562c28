"""Where everything in a drawing of a neighbourhood stands: boxes, lines and labels, in pixels.

There are two drawings: a wide one that reads from left to right, and a narrow one for phones that
reads from top to bottom and keeps to the nearest papers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from paper_notes.graph.around import Around, Column
from paper_notes.graph.lettering import wrapped
from paper_notes.graph.model import Edge, Node
from paper_notes.notes.model import Relation

BOX_WIDTH, BOX_HEIGHT = 208, 46
GAP, AISLE = 14, 56  # between boxes of a column, between columns
HEADING, SHELF, NARROW = 26, 22, 320  # SHELF: for the heading between a paper and its alternatives
RAIL, NARROW_GAP = 22, 8
ARROW = 6  # room for an arrow's head
FONT = 13
ROOM = (BOX_WIDTH - 20) / FONT
NARROW_ROOM = (NARROW - RAIL - 20) / FONT


@dataclass(frozen=True)
class Box:
    """One paper: the left upper corner, the size, and its title on lines."""

    node: Node
    x: int
    y: int
    width: int
    lines: tuple[str, ...]
    height: int = BOX_HEIGHT

    @property
    def middle(self) -> int:
        """Where lines reach it."""
        return self.y + self.height // 2

    @property
    def baselines(self) -> tuple[int, ...]:
        """Where each line of its title stands."""
        first = self.middle + 5 - 8 * (len(self.lines) - 1)
        return tuple(first + 16 * number for number in range(len(self.lines)))


@dataclass(frozen=True)
class Line:
    """A link, as an SVG path."""

    path: str
    relation: Relation


@dataclass(frozen=True)
class Label:
    """A heading over some boxes, by the name of its word, or how many papers were left out."""

    word: str
    x: int
    y: int
    left_out: int = 0


@dataclass(frozen=True)
class Drawing:
    """Everything to draw."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()


def draw_wide(around: Around) -> Drawing:
    """Columns from left to right: two of what comes before, the paper, two of what comes after."""
    columns = [
        ("around_far_before", around.far_before),
        ("around_before", around.before),
        ("around_here", Column((around.centre,))),
        ("around_after", around.after),
        ("around_far_after", around.far_after),
    ]
    columns = [(word, column) for word, column in columns if column.nodes]
    shelf = _tall(around.beside) + SHELF + GAP if around.beside.nodes else 0
    tallest = max(BOX_HEIGHT + shelf, *(_tall(column) for _, column in columns))
    boxes: list[Box] = []
    labels: list[Label] = []
    for number, (word, column) in enumerate(columns):
        x = number * (BOX_WIDTH + AISLE)
        is_middle = word == "around_here"
        top = HEADING + (tallest - _tall(column) - (shelf if is_middle else 0)) // 2
        _stack(word, column, x, top, boxes, labels)
        if is_middle and shelf:
            below = top + BOX_HEIGHT + GAP + SHELF
            _stack("around_beside", around.beside, x, below, boxes, labels)
    width = len(columns) * (BOX_WIDTH + AISLE) - AISLE
    lines = tuple(_curves(around, {box.node.key: box for box in boxes}))
    return Drawing(width, HEADING + tallest, tuple(boxes), lines, tuple(labels))


def draw_narrow(around: Around) -> Drawing:
    """The same from top to bottom, along a rail on the left, without what is two links away."""
    groups = [
        ("around_before", around.before),
        ("around_here", Column((around.centre,))),
        ("around_beside", around.beside),
        ("around_after", around.after),
    ]
    boxes: list[Box] = []
    labels: list[Label] = []
    y = 0
    for word, column in groups:
        if not column.nodes:
            continue
        labels.append(Label(word, RAIL, y + 14))
        y += 22
        for node in column.nodes:
            title = wrapped(node.title, NARROW_ROOM, 2)
            boxes.append(Box(node, RAIL, y, NARROW - RAIL, title))
            y += BOX_HEIGHT + NARROW_GAP
        if column.left_out:
            labels.append(Label("around_more", RAIL, y + 9, column.left_out))
            y += 20
        y += 6
    lines = tuple(_rail(around, {box.node.key: box for box in boxes}))
    return Drawing(NARROW, y, tuple(boxes), lines, tuple(labels))


def _tall(column: Column) -> int:
    return len(column.nodes) * (BOX_HEIGHT + GAP) - GAP + (24 if column.left_out else 0)


def _stack(
    word: str, column: Column, x: int, top: int, boxes: list[Box], labels: list[Label]
) -> None:
    """Add a column of boxes from `top` down, its heading and what was left out of it."""
    labels.append(Label(word, x, top - 10))
    for number, node in enumerate(column.nodes):
        y = top + number * (BOX_HEIGHT + GAP)
        boxes.append(Box(node, x, y, BOX_WIDTH, wrapped(node.title, ROOM, 2)))
    if column.left_out:
        y = top + len(column.nodes) * (BOX_HEIGHT + GAP) + 4
        labels.append(Label("around_more", x, y, column.left_out))


def _curves(around: Around, boxes: Mapping[str, Box]) -> Iterator[Line]:
    """Curves in the aisles between columns; what is beside the paper hangs on a line below it."""
    for edge in around.edges:
        left, right = (boxes[key] for key in edge.order or (edge.source, edge.target))
        if left.x != right.x:
            start, end = left.x + BOX_WIDTH, right.x - ARROW
            half, y = (start + end) // 2, right.middle
            curve = f"M{start} {left.middle}C{half} {left.middle} {half} {y} {end} {y}"
            yield Line(curve, edge.relation)
    for upper, lower in pairwise([around.centre, *around.beside.nodes]):
        x = boxes[upper.key].x + BOX_WIDTH - 12
        top, bottom = boxes[upper.key].y + BOX_HEIGHT, boxes[lower.key].y
        yield Line(f"M{x} {top}V{bottom}", Relation.ALTERNATIVE)


def _rail(around: Around, boxes: Mapping[str, Box]) -> Iterator[Line]:
    """From each paper before this one to it, and from it to each after it, left of the boxes."""
    key = around.centre.key
    links = {_other(edge, key): edge for edge in around.edges if key in (edge.source, edge.target)}
    centre = boxes[around.centre.key].middle
    for node in around.before.nodes:
        path = f"M{RAIL} {boxes[node.key].middle}H8V{centre}H{RAIL - ARROW}"
        yield Line(path, links[node.key].relation)
    for node in (*around.beside.nodes, *around.after.nodes):
        path = f"M{RAIL} {centre}H8V{boxes[node.key].middle}H{RAIL - ARROW}"
        yield Line(path, links[node.key].relation)


def _other(edge: Edge, key: str) -> str:
    return edge.target if edge.source == key else edge.source
