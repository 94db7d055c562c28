"""Several machines share a run, and their reports become one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.snippets.report import Report, SnippetResult
from paper_notes.snippets.shards import Shard, merge, parse, share

IDS = st.lists(st.from_regex(r"[a-z]{1,4}", fullmatch=True), unique=True)


def result(id: str, seconds: float = 1.0) -> SnippetResult:
    return SnippetResult(id, "0" * 32, "passed", seconds, "2026-01-31", "3.11.0", "2.13.0")


@given(IDS, st.integers(1, 5))
def test_every_snippet_is_run_by_exactly_one_shard(ids, count):
    parts = [share(ids, {}, Shard(i, count)) for i in range(1, count + 1)]
    assert sorted(id for part in parts for id in part) == sorted(ids)


def test_shards_take_the_same_time():
    results = {id: result(id, seconds) for id, seconds in zip("abcd", (6, 3, 2, 1), strict=True)}
    parts = [share(results, results, Shard(i, 2)) for i in (1, 2)]
    assert parts == [["a"], ["b", "c", "d"]]


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", ""])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(ValueError, match="is no shard"):
        parse(text)


def test_merged_reports_hold_all_results():
    reports = [Report({id: result(id)}, {"files": how}) for id, how in (("b", "x"), ("a", "y"))]
    whole = merge(reports)
    assert list(whole.results) == ["a", "b"]
    assert whole.sandbox == {"files": "x; or y"}
