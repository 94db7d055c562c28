"""A figure may draw, and nothing else."""

from __future__ import annotations

import pytest

from paper_notes.snippets.svg import INK, UnsafeSvgError, for_a_page

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


def test_a_drawing_stays():
    text = for_a_page(f'<?xml version="1.0"?>{OPEN}<g id="a"><path d="M 0 0"/></g></svg>')
    assert text.startswith("<svg")
    assert '<path d="M 0 0" />' in text


def test_style_and_metadata_go_because_a_style_would_hold_for_the_whole_page():
    text = for_a_page(f"{OPEN}<style>*{{color:red}}</style><metadata>x</metadata></svg>")
    assert "red" not in text
    assert "metadata" not in text


def test_the_ink_becomes_the_colour_of_the_page():
    assert "fill: currentColor" in for_a_page(f'{OPEN}<g style="fill: {INK}"/></svg>')


@pytest.mark.parametrize("href", ["#clip", "data:image/png;base64,iVBORw0K"])
def test_links_inside_the_drawing_stay(href):
    assert href in for_a_page(f'{OPEN}<use xlink:href="{href}"/></svg>')


@pytest.mark.parametrize(
    "content",
    [
        "<script>alert(1)</script>",
        "<foreignObject/>",
        "<a xlink:href='javascript:alert(1)'/>",
        "<use xlink:href='javascript:alert(1)'/>",
        "<use href='https://example.com/x.svg#a'/>",
        "<image href='data:image/svg+xml;base64,AAAA'/>",
        "<g onload='alert(1)'/>",
        "<g OnClick='alert(1)'/>",
        "<g style='background: url(https://example.com)'/>",
        "<g style='fill: url(\"//example.com\")'/>",
        "<set attributeName='href' to='javascript:alert(1)'/>",
        "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
        "<g x:onload='alert(1)' xmlns:x='http://www.w3.org/1999/xhtml'/>",
    ],
)
def test_what_could_act_or_reach_out_is_refused(content):
    with pytest.raises(UnsafeSvgError):
        for_a_page(f"{OPEN}{content}</svg>")


@pytest.mark.parametrize(
    "text", ["", "<svg", "<html/>", '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>']
)
def test_what_is_not_a_drawing_is_refused(text):
    with pytest.raises(UnsafeSvgError):
        for_a_page(text)
