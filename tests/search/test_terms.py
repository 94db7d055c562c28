"""Text to tokens as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.search.terms import Terms
from paper_notes.search.tokens import fold, pairs, parts, word_tokens


def tokens(text: str, *, grammar: bool = True) -> list[str]:
    terms = Terms()
    return terms.names(terms.of(text, grammar=grammar))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pix2pix", ["pix2pix"]),
        ("f-AnoGAN", ["f", "anogan", "fanogan"]),
        ("1803.08494", ["1803", "08494", "180308494"]),
        ("GANs", ["gan"]),
        ("normalisation", ["normalization"]),
        ("正規化", ["正規", "規化"]),
        ("図", ["図"]),
        ("3D畳み込み", ["3d", "畳み", "み込", "込み"]),
        ("...?!", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_a_long_text_is_searched_without_its_grammar() -> None:
    assert tokens("画像から、もの", grammar=False) == ["画像", "像か"]


def test_a_token_has_one_number_wherever_it_comes_from() -> None:
    terms = Terms()
    tokens = ["3d", "畳み", "み込", "込み"]
    assert [terms.number(token) for token in tokens] == list(terms.of("3D畳み込み"))


def test_a_token_that_is_not_of_a_text_has_a_number_too() -> None:
    terms = Terms()
    terms.of("3D畳み込み")
    tokens = ["#gan", "=畳み込み", "図", "畳み"]
    assert terms.names([terms.number(token) for token in tokens]) == tokens


@given(st.text())
def test_whatever_is_asked_for_a_text_is_in_its_index(text: str) -> None:
    assert set(tokens(text, grammar=False)) <= set(tokens(text))


@given(st.text(st.sampled_from("aB-1 々〆ぁゖあァヺーア一畳込鿿、。😀")))
def test_whatever_a_query_asks_for_is_in_the_index_of_its_text(text: str) -> None:
    asked = parts(fold(text))
    looked_up = [pairs(part) if japanese else word_tokens(part) for part, japanese in asked]
    assert {token for found in looked_up for token in found} <= set(tokens(text))
