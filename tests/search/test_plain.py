"""Markdown with mathematics as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.search.plain import opening, plain


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("It needs **no** *statistics*.", "It needs no statistics."),
        ("See [the code](https://example.org/x).", "See the code."),
        ("`x.abs()` stays", "x.abs() stays"),
        ("two\nlines", "two lines"),
        ("日本語の\n二行", "日本語の二行"),
        ("日本語の \t\n  二行", "日本語の二行"),
        ("日本語の\n\n二段落", "日本語の 二段落"),
        ("日本語の\ntwo lines", "日本語の two lines"),
        ("- one\n- two", "one two"),
        ("1. first\n2. second", "first second"),
        ("```python\ny = 1\n```", "y = 1"),
        (r"$y = \frac{x_i}{\sigma}$", "y = x_i/σ"),
        (r"$\tfrac12 x$", "1/2 x"),
        (r"$\mathbb{E}_{x}[\log D(x)]$", "E_x[log D(x)]"),
        (r"$$ a \times b $$", "a × b"),
        (r"costs \$5", "costs $5"),
        ("D^* here and there*", "D^ here and there"),
        ("", ""),
    ],
)
def test_what_is_left_of_markup(markdown: str, text: str) -> None:
    assert plain(markdown) == text


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A layer that divides by the maximum. Fast.", "A layer that divides by the maximum."),
        ("As shown by them in Sec. 3 it works. Good.", "As shown by them in Sec. 3 it works."),
        ("It gains about 2.5 points anywhere. Good.", "It gains about 2.5 points anywhere."),
        ("Too short. So a second one follows. Third.", "Too short. So a second one follows."),
        ("絶対値の最大で割る層である。速い。", "絶対値の最大で割る層である。速い。"),
        ("No stop", "No stop"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_opening_of_a_text(text: str, first: str) -> None:
    assert opening(text) == first


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Z"]), max_size=200))
def test_any_text_becomes_one_line(text: str) -> None:
    assert "\n" not in plain(text)
