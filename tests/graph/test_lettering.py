"""Words are wrapped and cut so that they fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paper_notes.graph.lettering import width, wrapped


def test_words_go_to_the_next_line_whole() -> None:
    assert wrapped("Deep Residual Learning", 10, 2) == ("Deep Residual", "Learning")


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert wrapped("Deep Residual Learning for Image Recognition", 10, 2)[1].endswith("…")


def test_a_word_that_fits_no_line_is_broken() -> None:
    assert wrapped("x" * 20, 8, 3) == ("x" * 12, "x" * 8)


def test_japanese_is_broken_where_the_line_ends() -> None:
    assert wrapped("敵対的生成ネットワーク", 6, 2) == ("敵対的生成ネ", "ットワーク")


@given(st.text(max_size=80), st.integers(3, 20), st.integers(1, 3))
def test_no_line_is_wider_than_its_room(text: str, room: int, lines: int) -> None:
    found = wrapped(text, room, lines)
    assert len(found) <= lines
    assert all(width(line) <= room for line in found)
    assert (
        not found
        or found[-1].endswith("…")
        or "".join("".join(found).split()) == "".join(text.split())
    )
