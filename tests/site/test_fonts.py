"""KaTeX's style sheet and fonts with only what formulas show."""

from __future__ import annotations

import io
from importlib.resources import files

import pytest
from fontTools.ttLib import TTFont

from paper_notes.pages.math import MathRenderer, shown_in
from paper_notes.site.fonts import fit, subset

KATEX = files("paper_notes.site").joinpath("assets/katex")
FONT = KATEX.joinpath("fonts/KaTeX_Main-Regular.woff2").read_bytes()


def test_a_font_holds_the_characters_that_are_asked_for() -> None:
    small = TTFont(io.BytesIO(subset(FONT, frozenset("x+"), {})))
    assert set(small.getBestCmap()) == {ord("x"), ord("+")}


def test_a_font_without_any_of_them_is_nearly_empty() -> None:
    assert len(subset(FONT, frozenset("猫"), {})) < 1000


def test_the_same_characters_give_the_same_bytes() -> None:
    assert subset(FONT, frozenset("abc"), {}) == subset(FONT, frozenset("cba"), {})


def test_a_font_is_made_once() -> None:
    cache: dict[str, str] = {}
    first = subset(FONT, frozenset("a"), cache)
    assert len(cache) == 1
    assert subset(FONT, frozenset("a"), cache) == first
    assert len(cache) == 1


@pytest.fixture(scope="module")
def fitted() -> dict[str, bytes]:
    """KaTeX's files for a base whose only formula is this one."""
    math = MathRenderer({})
    formula = math(r"\mathcal{L} = x^2", display=False)
    folder = KATEX.joinpath("fonts")
    fonts = {f"fonts/{font.name}": font.read_bytes() for font in folder.iterdir()}
    css = KATEX.joinpath("katex.min.css").read_text(encoding="utf-8")
    return dict(fit(css, fonts, shown_in(formula), {}))


def test_only_the_families_in_use_are_carried(fitted: dict[str, bytes]) -> None:
    families = {name.partition("-")[0] for name in fitted if name.endswith(".woff2")}
    assert families == {"fonts/KaTeX_Main", "fonts/KaTeX_Math", "fonts/KaTeX_Caligraphic"}


def test_the_style_sheet_names_no_font_that_is_not_there(fitted: dict[str, bytes]) -> None:
    css = fitted["katex.min.css"].decode()
    assert ".woff)" not in css
    assert ".ttf)" not in css
    assert all(name in css for name in fitted if name.endswith(".woff2"))


@pytest.mark.parametrize("character", "L=x2")
def test_every_character_of_the_formula_is_in_some_font(
    fitted: dict[str, bytes], character: str
) -> None:
    fonts = [data for name, data in fitted.items() if name.endswith(".woff2")]
    assert any(ord(character) in TTFont(io.BytesIO(data)).getBestCmap() for data in fonts)
