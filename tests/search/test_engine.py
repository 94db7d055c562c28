"""What queries find in the invented base."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paper_notes.library import Library
from paper_notes.search.command import engine_of
from paper_notes.search.engine import Engine
from tests.search.conftest import Search

QUERIES_THAT_FIND_NOTHING = [
    "",
    "   ",
    "???",
    ".*",
    "😀😀",
    "שלום",
    "مرحبا",
    "zzzzzz",
    "\x00",
    "ー" * 300,
]
HOSTILE = [
    "<script>alert(1)</script>",
    "(((((",
    "[a-",
    "\\",
    "constructor",
    "__proto__",
    "toString",
    "a" * 10_000,
    "正" * 10_000,
    "a b " * 5_000,
    "\u202etidy\u202c",
    "'; DROP TABLE",
]


@pytest.mark.parametrize(
    ("query", "id"),
    [
        ("tidy scale", "tidy_scale"),
        ("Tidy", "tidy_scale"),
        ("tid", "tidy_scale"),
        ("TS", "tidy_scale"),
        ("整頓スケール", "tidy_scale"),
        ("1801.00010", "tidy_scale"),
        ("Chiyo Example 2020", "folded_words"),
        ("架空のコーパス", "folded_words"),
        ("slow pooling considered gentle", "slow_pooling"),
        ("半分の長さ", "folded_words"),
    ],
)
def test_the_first_paper(find: Search, query: str, id: str) -> None:
    assert find(query)[0] == id


def test_a_name_comes_before_what_only_mentions_it(find: Search) -> None:
    assert find("tidy scale") == ["tidy_scale", "folded_words"]


def test_all_words_have_to_be_there(find: Search) -> None:
    assert find("invented pooling") == ["slow_pooling"]


def test_of_many_words_one_may_be_missing(find: Search) -> None:
    assert find("divides vector largest magnitude banana")[0] == "tidy_scale"


def test_where_no_paper_has_all_words_some_have_a_part(engine: Engine) -> None:
    found = engine.search("folded gentle")
    assert found.partial
    assert found.total == 2


@pytest.mark.parametrize(
    ("typed", "meant"), [("tidi", "tidy"), ("poolign", "pooling"), ("整頓スケル", "整頓スケール")]
)
def test_slips_are_mended_and_said(engine: Engine, typed: str, meant: str) -> None:
    found = engine.search(typed)
    assert found.corrections == [(typed, meant)]
    assert found.total


def test_short_words_are_not_mended(engine: Engine) -> None:
    assert engine.search("tsx").corrections == []


def test_near_words_are_offered_where_nothing_is_found(engine: Engine) -> None:
    found = engine.search("foldability")
    assert (found.total, found.near) == (0, ["folded", "folding"])


@pytest.mark.parametrize("query", QUERIES_THAT_FIND_NOTHING)
def test_nothing_found_is_an_answer(engine: Engine, query: str) -> None:
    found = engine.search(query)
    assert (found.total, list(found.keys)) == (0, [])


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_no_query_breaks_the_engine(engine: Engine, query: str) -> None:
    assert engine.search(query).total >= 0


def test_a_query_is_answered_from_few_files(engine: Engine) -> None:
    assert len(engine.search("敵対的生成ネットワークの正規化").loaded) <= 12


def test_the_limit_is_kept_and_the_total_told(engine: Engine) -> None:
    found = engine.search("example", limit=1)
    assert (len(found.keys), found.total) == (1, 3)


def test_synonyms_lead_from_one_language_to_the_other(invented: Library) -> None:
    known = replace(invented, synonyms=(("folding", "折りたたみ"), ("accuracy", "精度")))
    engine = engine_of(known)
    assert engine.search("折りたたみ").total == 1
    assert engine.search("精度").total == 1


def test_an_empty_base_is_searched_in_vain(invented: Library) -> None:
    assert engine_of(replace(invented, notes={})).search("tidy").total == 0
