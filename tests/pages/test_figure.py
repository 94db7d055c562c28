"""A snippet's drawing as a file of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paper_notes.pages.figure import Drawing, drawing
from paper_notes.snippets.report import SnippetResult

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {size}><path d="M0 0" fill="currentColor"/></svg>'
RUN = SnippetResult(
    id="a", key="0", status="passed", seconds=1, checked="2026-01-31", python="3", torch="2",
    figure="0" * 32,
)  # fmt: skip


def drawn(size: str) -> Drawing | None:
    """The drawing of a run whose figure has this size."""
    return drawing(RUN, {"0" * 32: SVG.format(size=size)}.get)


def test_a_run_that_drew_nothing_has_no_drawing() -> None:
    assert drawing(None, {}.get) is None
    assert drawing(replace(RUN, figure=None), {}.get) is None


def test_a_figure_that_is_lost_is_not_shown() -> None:
    assert drawing(RUN, {}.get) is None


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ('width="72pt" height="36pt"', (96, 48)),
        ('width="10" height="20px"', (10, 20)),
        ('width="100%"', (0, 0)),
    ],
)
def test_its_size_is_in_pixels(size: str, shown: tuple[int, int]) -> None:
    figure = drawn(size)
    assert figure
    assert (figure.width, figure.height) == shown


def test_one_file_has_the_ink_of_both_schemes() -> None:
    figure = drawn('width="72pt"')
    assert figure
    text = figure.content.decode()
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert 'id="dark"' in text
    assert "#dark:target{color:" in text


def test_its_address_changes_with_its_content() -> None:
    one, other = drawn('width="2"'), drawn('width="1"')
    assert one
    assert other
    assert one.path == other.path == "figures/a.svg"
    assert one.address != other.address
