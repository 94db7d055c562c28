"""Writing a file whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from paper_notes.storage.whole import make_folder, write_generated, write_whole


def test_the_file_holds_the_content_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "folder" / "file", b"new")
    assert (tmp_path / "folder" / "file").read_bytes() == b"new"
    assert len(list((tmp_path / "folder").iterdir())) == 1


def test_a_folder_in_place_of_a_generated_file_gives_way(tmp_path: Path) -> None:
    (tmp_path / "file/folder").mkdir(parents=True)
    write_generated(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


@pytest.mark.parametrize("name", ["cache", "cache/readings", "cache/readings/01"])
@pytest.mark.parametrize("kind", ["link", "dangling link", "file"])
def test_nothing_is_generated_through_a_link_below_build(
    tmp_path: Path, name: str, kind: str
) -> None:
    elsewhere, place = tmp_path / "elsewhere", tmp_path / "build" / name
    place.parent.mkdir(parents=True)
    if kind == "file":
        place.write_bytes(b"in the way")
    else:
        place.symlink_to(elsewhere)
    if kind == "link":
        (elsewhere / "readings").mkdir(parents=True)
    file = tmp_path / "build/cache/readings/01"
    write_generated(file, b"new")
    assert file.read_bytes() == b"new"
    assert not [path for path in elsewhere.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["cache", "cache/matplotlib"])
def test_a_folder_is_made_where_a_link_or_a_file_was(tmp_path: Path, name: str) -> None:
    elsewhere, place = tmp_path / "elsewhere", tmp_path / "build" / name
    elsewhere.mkdir()
    place.parent.mkdir(parents=True)
    for way in (lambda: place.symlink_to(elsewhere), lambda: place.write_bytes(b"in the way")):
        way()
        make_folder(tmp_path / "build/cache/matplotlib")
        assert (tmp_path / "build/cache/matplotlib").is_dir()
        assert not list(elsewhere.iterdir())
        shutil.rmtree(place)


def test_build_itself_may_lead_to_another_disk(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "build").symlink_to(tmp_path / "disk")
    write_generated(tmp_path / "build/cache/file", b"new")
    assert (tmp_path / "disk/cache/file").read_bytes() == b"new"


def test_others_may_read_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", b"new")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644


def test_a_failure_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"old")

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "file", b"new")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
