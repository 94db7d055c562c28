"""Which moment a build is of."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from paper_notes.library import Library
from paper_notes.site.build import build_site
from paper_notes.site.source_date import VARIABLE, BadSourceDateError, source_date
from paper_notes.snippets.report import SnippetResult
from tests.conftest import load
from tests.site.test_history import git

Runs = Callable[[Library], Mapping[str, SnippetResult]]
FIRST = datetime.fromtimestamp(0, UTC)
COMMIT = "2026-01-02T03:04:05+09:00"


@pytest.fixture(autouse=True)
def unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_the_environment_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1767225600")
    assert source_date(tmp_path) == datetime(2026, 1, 1, tzinfo=UTC)


def test_nought_is_a_moment_and_not_its_absence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "--allow-empty", "-qm", "first", date=COMMIT)
    monkeypatch.setenv(VARIABLE, "0")
    assert source_date(tmp_path) == FIRST


def test_else_it_is_that_of_the_newest_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "--allow-empty", "-qm", "first", date=COMMIT)
    assert source_date(tmp_path) == datetime.fromisoformat(COMMIT)


def test_without_history_it_is_no_day_that_anyone_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert source_date(tmp_path) == FIRST


BAD = ["", "yesterday", "-1", "1.5", " 1", "１２", "9" * 12, "9" * 5000]


@pytest.mark.parametrize("said", BAD, ids=lambda said: said[:12])
def test_anything_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv(VARIABLE, said)
    with pytest.raises(BadSourceDateError):
        source_date(tmp_path)


def test_a_build_with_a_bad_one_is_a_problem_not_a_traceback(
    root: Path, runs_of: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "yesterday")
    library = load(root)
    (problem,) = build_site(library, runs_of(library)).problems
    assert problem.code == "bad-source-date"
    assert not (root / "site").exists()


def test_a_theme_that_shows_the_day_of_the_build_shows_that_of_the_sources(
    root: Path, runs_of: Runs
) -> None:
    git(root, "init", "-q")
    git(root, "commit", "--allow-empty", "-qm", "first", date=COMMIT)
    theme = root / "theme"
    theme.mkdir()
    (theme / "404.html").write_text("<p>{{ build_date_utc }}</p>")
    settings = root / "mkdocs.yml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    settings.write_text(
        "\n".join("  custom_dir: theme" if "custom_dir" in line else line for line in lines),
        encoding="utf-8",
    )
    (theme / "main.html").write_text(
        "<html><head></head><body>{{ page.content }}</body></html>", encoding="utf-8"
    )
    library = load(root)
    build_site(library, runs_of(library))
    shown = (root / "site/404.html").read_text(encoding="utf-8")
    assert shown == "<p>2026-01-01 18:04:05+00:00</p>"
    assert VARIABLE not in os.environ
