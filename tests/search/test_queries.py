"""What people type against the real base: recall and the first paper, as bars on the whole set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from paper_notes.library import load_library
from tests.conftest import REPOSITORY
from tests.search.conftest import Search

RECALL, FIRST = 0.99, 0.95


@dataclass(frozen=True)
class Query:
    """One query of the set, and the papers that it must find."""

    query: str
    finds: list[str]
    within: int = 10
    first: bool = True


def read_queries() -> list[Query]:
    items: list[dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("queries.yaml").read_text(encoding="utf-8")
    )
    return [Query(**item) for item in items]


QUERIES = read_queries()


def test_the_set_is_large_and_in_both_languages() -> None:
    japanese = [query for query in QUERIES if not query.query.isascii()]
    assert len(QUERIES) >= 60
    assert len(japanese) >= 30


def test_no_query_stands_twice() -> None:
    texts = [query.query for query in QUERIES]
    assert len(texts) == len(set(texts))


def test_the_papers_are_found(find_real: Search) -> None:
    due = sum(len(query.finds) for query in QUERIES)
    missed = {
        query.query: missing
        for query in QUERIES
        if (missing := set(query.finds) - set(find_real(query.query, query.within)))
    }
    assert 1 - sum(map(len, missed.values())) / due >= RECALL, missed


def test_the_first_paper_is_the_right_one(find_real: Search) -> None:
    asked = [query for query in QUERIES if query.first]
    wrong = {
        query.query: found
        for query in asked
        if (found := find_real(query.query, 1)) != query.finds[:1]
    }
    assert 1 - len(wrong) / len(asked) >= FIRST, wrong


def test_the_expected_papers_are_in_the_base() -> None:
    library, _ = load_library(REPOSITORY)
    assert {id for query in QUERIES for id in query.finds} <= set(library.papers)
