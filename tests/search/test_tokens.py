"""Text to tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.search.tokens import compact, fold, name_key, pairs, stem


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＧＡＮ", "gan"),
        ("ｸﾞﾙｰﾌﾟ", "グループ"),
        ("Hervé Jégou", "herve jegou"),
        ("Søren Łukasz", "soren lukasz"),
        ("β-VAE", "beta-vae"),
        ("x²", "x2"),
        ("Straße", "strasse"),
        ("semi‐supervised", "semi-supervised"),
        ("デコーダー", "デコーダ"),
        ("キー", "キー"),
        ("ニューラル・ネットワーク", "ニューラルネットワーク"),
        ("ヴェクトル", "ベクトル"),
    ],
)
def test_spellings_become_one(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_run_is_looked_up_without_its_grammar_unless_it_has_nothing_else() -> None:
    assert pairs("畳み込み") == ["畳み", "込み"]
    assert pairs("もつれ") == ["もつ", "つれ"]


@pytest.mark.parametrize("word", ["loss", "bias", "analysis", "gas", "bus"])
def test_some_words_keep_their_s(word: str) -> None:
    assert stem(word) in (word, word[:-1])
    assert stem("loss") == "loss"
    assert stem("analysis") == "analysis"


def test_a_name_is_one_word_however_it_is_spaced() -> None:
    assert compact("Group Normalization") == compact("group-normalization") == "groupnormalization"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_name_with_and_without_its_last_long_vowel_is_one_name() -> None:
    assert name_key("変分オートエンコーダー") == name_key("変分オートエンコーダ")
    assert name_key("Batch Norm") == "batchnorm"
