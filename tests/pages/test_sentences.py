"""The opening of an answer, for lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.pages.sentences import opening


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One thing. Another.", "One thing."),
        ("層である。次の文。", "層である。"),
        ("Is it? It is.", "Is it?"),
        ("See Fig. 3 for it. Then go.", "See Fig. 3 for it."),
        ("Layers, e.g. one. Then go.", "Layers, e.g. one."),
        ("By 3.5 points. Then go.", "By 3.5 points."),
        ("Here $x = 1. Y$ holds. Then go.", "Here $x = 1. Y$ holds."),
        ("Call `a. B` now. Then go.", "Call `a. B` now."),
        ("No stop at all", "No stop at all"),
        ("One paragraph\n\nAnother. One.", "One paragraph"),
    ],
)
def test_the_first_sentence(text: str, shown: str) -> None:
    assert opening(text, least=1) == shown


def test_a_short_sentence_takes_the_next_one_along() -> None:
    text = "A remedy. It is described at length in this one. And more."
    assert opening(text, least=20) == "A remedy. It is described at length in this one."


def test_a_japanese_character_is_as_wide_as_two() -> None:
    assert opening("これは層である。次の文。", least=16) == "これは層である。"


@given(st.text(max_size=200), st.integers(0, 80))
def test_it_begins_the_text(text: str, least: int) -> None:
    assert text.strip().startswith(opening(text, least))
