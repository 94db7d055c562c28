"""When files last changed, from git."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from paper_notes.site.history import last_changes, newest, newest_commit

FIRST, SECOND = "2026-01-02T03:04:05+09:00", "2026-02-03T00:00:00Z"


def git(folder: Path, *arguments: str, date: str = FIRST) -> None:
    nobody = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER")
              for what in ("NAME", "EMAIL")}  # fmt: skip
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    environment = {**os.environ, **nobody, **dates, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(
        ("git", *arguments), cwd=folder, env=environment, check=True, capture_output=True
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: the second changes one file of the two."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "a.yaml").write_text("1")
    (folder / "論文.yaml").write_text("1")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    (folder / "a.yaml").write_text("2")
    git(folder, "commit", "-qam", "second", date=SECOND)
    return folder


def test_each_file_has_the_time_of_its_last_commit(repository: Path) -> None:
    assert last_changes(repository) == {
        "a.yaml": datetime.fromisoformat(SECOND),
        "論文.yaml": datetime.fromisoformat(FIRST),
    }


def test_an_edit_that_is_not_committed_changes_nothing(repository: Path) -> None:
    before = last_changes(repository)
    (repository / "a.yaml").write_text("3")
    assert last_changes(repository) == before


def test_a_base_below_the_repository_sees_its_own_paths(repository: Path) -> None:
    (repository / "base").mkdir()
    (repository / "base/b.yaml").write_text("1")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "third")
    assert set(last_changes(repository / "base")) == {"b.yaml"}


def test_a_shallow_clone_says_nothing(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "shallow")
    assert last_changes(tmp_path / "shallow") == {}


def test_without_a_repository_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert last_changes(tmp_path) == {}


def test_without_git_nothing_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert last_changes(repository) == {}


def test_the_newest_commit_is_known_in_a_shallow_clone_too(
    repository: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "shallow")
    assert newest_commit(repository) == datetime.fromisoformat(SECOND)
    assert newest_commit(tmp_path / "shallow") == datetime.fromisoformat(SECOND)


def test_a_repository_without_commits_has_no_newest(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert newest_commit(tmp_path) is None
    assert last_changes(tmp_path) == {}


def test_the_newest_of_some_files() -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    changes = {"a": early, "b": late}
    assert newest(changes, ["a", "b", "c"]) == late
    assert newest(changes, ["c"]) is None
