"""A snippet's drawing as a file of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paper_notes.pages.figure import drawing
from paper_notes.snippets.report import SnippetResult

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {size}><path d="M0 0" fill="currentColor"/></svg>'
RUN = SnippetResult(
    id="a", key="0", status="passed", seconds=1, checked="2026-01-31", python="3", torch="2",
    figure=SVG.format(size='width="72pt" height="36pt"'),
)  # fmt: skip


def test_a_run_that_drew_nothing_has_no_drawing() -> None:
    assert drawing(None) is None
    assert drawing(replace(RUN, figure=None)) is None


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ('width="72pt" height="36pt"', (96, 48)),
        ('width="10" height="20px"', (10, 20)),
        ('width="100%"', (0, 0)),
    ],
)
def test_its_size_is_in_pixels(size: str, shown: tuple[int, int]) -> None:
    figure = drawing(replace(RUN, figure=SVG.format(size=size)))
    assert figure
    assert (figure.width, figure.height) == shown


def test_one_file_has_the_ink_of_both_schemes() -> None:
    figure = drawing(RUN)
    assert figure
    text = figure.content.decode()
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert 'id="dark"' in text
    assert "#dark:target{color:" in text


def test_its_address_changes_with_its_content() -> None:
    one, other = drawing(RUN), drawing(replace(RUN, figure=SVG.format(size='width="1"')))
    assert one
    assert other
    assert one.path == other.path == "figures/a.svg"
    assert one.address != other.address
