"""The browser makes the same tokens and keys as the index."""

from __future__ import annotations

import json
from typing import Any

import pytest
import quickjs
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.search import tokens
from paper_notes.search.engine import context
from paper_notes.search.keys import keys_of

# What notes and queries are written with, and a little of everything else.
ALPHABETS = [
    st.characters(min_codepoint=0x20, max_codepoint=0x24F),
    st.sampled_from(
        "αβγΣςσωёשב-_.'‐–—−・ーヴァィデコキガｶﾞﾊﾟＡｂ１々〆畳み込学習のをéÅßøłæıİ①²ﬁ㌔😀"
    ),
    st.characters(min_codepoint=0x3041, max_codepoint=0x30FF),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF),
]
TEXT = st.text(st.one_of(ALPHABETS), max_size=40)


@pytest.fixture(scope="module")
def javascript() -> quickjs.Context:
    return context()


def call(javascript: quickjs.Context, function: str, argument: str) -> Any:
    source = f"JSON.stringify(paperNotesSearch.{function}({json.dumps(argument)}))"
    return json.loads(javascript.eval(source))


@given(text=TEXT)
def test_both_fold_alike(javascript: quickjs.Context, text: str) -> None:
    assert call(javascript, "fold", text) == tokens.fold(text)


@given(text=TEXT)
def test_both_find_the_same_parts(javascript: quickjs.Context, text: str) -> None:
    folded = tokens.fold(text)
    parts = [{"text": part, "japanese": japanese} for part, japanese in tokens.parts(folded)]
    assert call(javascript, "parts", folded) == parts


@given(text=TEXT)
def test_both_look_up_the_same_tokens(javascript: quickjs.Context, text: str) -> None:
    for part, japanese in tokens.parts(tokens.fold(text)):
        own = tokens.pairs(part) if japanese else list(tokens.word_tokens(part))
        assert call(javascript, "pairs" if japanese else "wordTokens", part) == own


@given(text=TEXT)
def test_both_write_names_alike(javascript: quickjs.Context, text: str) -> None:
    assert call(javascript, "compact", text) == tokens.compact(text)


@given(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True))
def test_both_give_a_paper_the_same_key(javascript: quickjs.Context, id: str) -> None:
    assert call(javascript, "keyOf", id) == keys_of([id])[id]
