"""KaTeX's fonts with only the characters that formulas show."""

from __future__ import annotations

import io

import pytest
from fontTools.ttLib import TTFont

from paper_notes.site.fonts import subset, woff2_only
from paper_notes.site.own_assets import own_asset

FONT = "katex/fonts/KaTeX_Main-Regular.woff2"


@pytest.fixture(scope="module")
def font() -> bytes:
    return own_asset(FONT)


def test_a_font_holds_the_characters_that_are_asked_for(font: bytes) -> None:
    small = TTFont(io.BytesIO(subset(font, frozenset("x+"), {})))
    assert set(small.getBestCmap()) == {ord("x"), ord("+")}


def test_a_font_without_any_of_them_is_nearly_empty(font: bytes) -> None:
    assert len(subset(font, frozenset("猫"), {})) < 1000


def test_the_same_characters_give_the_same_bytes(font: bytes) -> None:
    assert subset(font, frozenset("abc"), {}) == subset(font, frozenset("cba"), {})


def test_a_font_is_made_once(font: bytes) -> None:
    cache: dict[str, str] = {}
    first = subset(font, frozenset("a"), cache)
    assert len(cache) == 1
    assert subset(font, frozenset("a"), cache) == first
    assert len(cache) == 1


def test_the_style_sheet_names_only_fonts_that_are_there() -> None:
    css = woff2_only(own_asset("katex/katex.min.css").decode())
    assert ".woff2)" in css
    assert ".woff)" not in css
    assert ".ttf)" not in css
