"""What killed commands have left is removed; what is in use is not."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from paper_notes.storage.held import SCRATCH, ScratchFolder, held_file
from paper_notes.storage.recovery import put_right
from paper_notes.storage.whole import PART


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize(
    "folder",
    [
        "papers",
        "snippets",
        "tests/snippets",
        "build",
        "build/cache",
        "build/cache/readings",
        "build/figures",
    ],
)
def test_what_is_half_written_is_removed(tmp_path: Path, folder: str) -> None:
    left = tmp_path / folder / f".a.yaml.abc{PART}"
    left.parent.mkdir(parents=True)
    left.write_text("ha")
    assert put_right(tmp_path) == [f"removed {left}: half written"]
    assert not left.exists()


def test_what_is_being_written_stays(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    with held_file(tmp_path / "papers", b"", ".a.yaml.", PART):
        assert put_right(tmp_path) == []


def test_half_of_an_output_elsewhere_is_removed(tmp_path: Path) -> None:
    left = tmp_path / f".papers.bib.abc{PART}"
    left.write_text("ha")
    assert put_right(tmp_path / "base", [tmp_path / "papers.bib"])
    assert not left.exists()


def test_a_scratch_folder_that_nobody_holds_is_removed(tmp_path: Path, temporary: Path) -> None:
    left = temporary / f"{SCRATCH}abc"
    left.mkdir()
    with ScratchFolder() as used:
        assert put_right(tmp_path) == [f"removed {left}: nobody's any more"]
        assert Path(used).is_dir()


def test_what_is_not_ours_stays(tmp_path: Path, temporary: Path) -> None:
    (temporary / "paper-notes").mkdir()
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers/.movie.part").write_text("")
    assert put_right(tmp_path) == []
    assert (temporary / "paper-notes").is_dir()
    assert (tmp_path / "papers/.movie.part").exists()
