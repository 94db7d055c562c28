"""Saved files are told of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from queue import SimpleQueue

import pytest

from paper_notes.site.serving.watch import watching

PATIENCE = 60  # seconds; a busy machine may take its time
NOTE = PurePosixPath("papers/a.yaml")


@pytest.fixture
def told(tmp_path: Path) -> Iterator[SimpleQueue[PurePosixPath]]:
    for folder in ("papers", "docs/en", "build"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / NOTE).write_text("old")
    queue = SimpleQueue[PurePosixPath]()
    with watching(tmp_path, queue.put):
        yield queue


def wait_for(told: SimpleQueue[PurePosixPath], path: PurePosixPath) -> list[PurePosixPath]:
    """What was told of until this path was."""
    seen: list[PurePosixPath] = []
    while path not in seen:
        seen.append(told.get(timeout=PATIENCE))
    return seen


@pytest.mark.parametrize(
    "path", ["papers/b.yaml", "docs/en/new.md", "mkdocs.yml", "build/report.json"]
)
def test_a_file_that_is_written_is_told_of(
    tmp_path: Path, told: SimpleQueue[PurePosixPath], path: str
) -> None:
    (tmp_path / path).write_text("new")
    wait_for(told, PurePosixPath(path))


def test_a_file_that_was_renamed_over_is_told_of(
    tmp_path: Path, told: SimpleQueue[PurePosixPath]
) -> None:
    (tmp_path / ".part").write_text("new")
    (tmp_path / ".part").replace(tmp_path / NOTE)
    wait_for(told, NOTE)


def test_a_file_that_went_away_is_told_of(tmp_path: Path, told: SimpleQueue[PurePosixPath]) -> None:
    (tmp_path / NOTE).unlink()
    wait_for(told, NOTE)


def test_a_file_that_is_only_read_is_not_told_of(
    tmp_path: Path, told: SimpleQueue[PurePosixPath]
) -> None:
    (tmp_path / NOTE).read_text()
    (tmp_path / "mkdocs.yml").write_text("")
    assert NOTE not in wait_for(told, PurePosixPath("mkdocs.yml"))


def test_what_a_build_works_with_is_not_told_of(
    tmp_path: Path, told: SimpleQueue[PurePosixPath]
) -> None:
    (tmp_path / "build/docs").mkdir()
    (tmp_path / "build/docs/a.md").write_text("")
    (tmp_path / "mkdocs.yml").write_text("")
    seen = wait_for(told, PurePosixPath("mkdocs.yml"))
    assert PurePosixPath("build/docs/a.md") not in seen


def test_folders_that_are_not_there_are_no_hindrance(tmp_path: Path) -> None:
    with watching(tmp_path, print):
        pass
