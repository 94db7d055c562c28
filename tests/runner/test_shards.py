"""Several machines share a run, and their reports become one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paper_notes.snippets import run
from paper_notes.snippets.command import merge as merge_reports
from paper_notes.snippets.figures import FIGURES, FigureFolder
from paper_notes.snippets.report import Report, SnippetResult, read_report, write_report
from paper_notes.snippets.run import REPORT
from paper_notes.snippets.shards import Shard, merge, parse, share
from tests.runner.conftest import write_base

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


def test_the_merged_report_replaces_the_report_and_says_what_is_missing(tmp_path):
    root = write_base(tmp_path / "base", dict.fromkeys("abc", "x = 1\n"), {})
    paths = [tmp_path / "1.json", tmp_path / "2.json"]
    for id, path in zip("ab", paths, strict=True):
        write_report(path, Report({id: result(id)}))
    status, said = merge_reports(root, paths)
    assert (status, said) == (1, "snippets/c.py: in none of the reports\n2 of 3 passed")
    assert list(read_report(root / REPORT).results) == ["a", "b"]


@pytest.fixture
def drawn(tmp_path):
    """A base, and the reports of two shards of it with a figure each."""
    root = write_base(tmp_path / "base", dict.fromkeys("ab", "x = 1\n"), {})
    paths = [tmp_path / id / "report.json" for id in "ab"]
    for id, path in zip("ab", paths, strict=True):
        figure = FigureFolder.beside(path).keep(f"<svg>{id}</svg>")
        write_report(path, Report({id: replace(result(id), figure=figure)}))
    return root, paths


def test_figures_travel_with_their_reports(drawn):
    root, paths = drawn
    old = FigureFolder(root / FIGURES).keep("<svg>of an older report</svg>")
    assert merge_reports(root, paths) == (0, "2 of 2 passed")
    read = FigureFolder(root / FIGURES).read
    results = read_report(root / REPORT).results.values()
    assert [read(result.figure) for result in results] == ["<svg>a</svg>", "<svg>b</svg>"]
    assert read(old) is None


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("<svg>x</svg>")])
def test_a_figure_that_did_not_come_whole_is_named_and_not_taken(drawn, damage):
    root, paths = drawn
    (figure,) = (paths[1].parent / "figures").iterdir()
    damage(figure)
    said = "snippets/b.py: its figure is not beside the report, or damaged\n2 of 2 passed"
    assert merge_reports(root, paths) == (1, said)
    assert FigureFolder(root / FIGURES).read(figure.stem) is None


def test_a_damaged_report_is_not_merged(tmp_path):
    path = tmp_path / "1.json"
    path.write_text("{")
    assert merge_reports(tmp_path, [path]) == (1, f"{path}: no report, or a damaged one")
    assert not (tmp_path / REPORT).exists()


def test_a_shard_reports_only_on_its_own(tmp_path, monkeypatch):
    root = write_base(tmp_path / "base", dict.fromkeys("ab", "x = 1\n"), {})
    write_report(root / REPORT, Report({id: result(id) for id in "ab"}))
    monkeypatch.setattr(run, "_run", lambda *_: None)
    report, _ = run.run_snippets(root, ["b"], run.Options(alone=True))
    assert list(report.results) == ["b"]
    assert read_report(root / REPORT) == report
