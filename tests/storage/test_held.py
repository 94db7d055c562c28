"""What is held is somebody's; what nobody holds was left behind."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

import pytest

from paper_notes.storage.held import (
    ScratchFolder,
    alone,
    alone_at_once,
    held_file,
    take_away,
    together,
)

if sys.platform == "win32":
    pytest.skip("there are no such locks", allow_module_level=True)


def test_a_file_that_is_held_is_not_taken_away_and_goes_by_itself(tmp_path: Path) -> None:
    with held_file(tmp_path, b"content", ".x.", ".part") as path:
        assert not take_away(path)
        assert path.read_bytes() == b"content"
    assert list(tmp_path.iterdir()) == []


def test_a_file_or_folder_that_nobody_holds_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("left")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").write_text("left")
    assert take_away(tmp_path / "file")
    assert take_away(tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "link").symlink_to("precious")
    assert not take_away(tmp_path / "link")
    assert (tmp_path / "precious").read_text() == "kept"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert not take_away(tmp_path / "pipe")


def test_what_is_not_there_is_not_taken_away(tmp_path: Path) -> None:
    assert not take_away(tmp_path / "nothing")


def test_a_scratch_folder_is_held_until_it_is_cleaned_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ScratchFolder() as name:
        assert not take_away(Path(name))
        assert Path(name).is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_file_taken_in_the_moment_before_it_is_held_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, made = tempfile.mkstemp, []

    def taken_at_once(**arguments: str) -> tuple[int, str]:
        handle, name = make(**arguments)
        made.append(name)
        if len(made) == 1:
            assert take_away(Path(name))
        return handle, name

    monkeypatch.setattr(tempfile, "mkstemp", taken_at_once)
    with held_file(tmp_path, b"content", ".x.", ".part") as path:
        assert path.read_bytes() == b"content"
        assert len(made) == 2


def test_two_processes_are_alone_one_after_the_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with alone(tmp_path):
        other = context.Process(target=_append, args=(tmp_path,))
        other.start()
        other.join(1.0)
        assert not (tmp_path / "log").exists()
    other.join()
    assert (tmp_path / "log").read_text() == "x"


def _append(folder: Path) -> None:
    with alone(folder):
        (folder / "log").write_text("x")


def test_one_is_alone_at_once_or_not_at_all(tmp_path: Path) -> None:
    for others in (alone, together):
        with others(tmp_path), alone_at_once(tmp_path) as held:
            assert not held
    with together(tmp_path), together(tmp_path):
        pass
    with alone_at_once(tmp_path) as held:
        assert held


def test_nobody_is_alone_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with alone_at_once(tmp_path / "nowhere") as held:
        assert not held
