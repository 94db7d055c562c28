"""Swapping a finished folder in."""

from __future__ import annotations

from pathlib import Path

import pytest

from paper_notes.site import swap
from paper_notes.site.swap import recover, swap_in


def folder(path: Path, content: str) -> Path:
    path.mkdir()
    (path / "index.html").write_text(content)
    return path


def content(path: Path) -> str:
    return (path / "index.html").read_text()


@pytest.fixture(params=["exchange", "two renames"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "two renames":
        monkeypatch.setattr(swap, "_exchange", lambda _one, _other: False)


@pytest.mark.usefixtures("_either_way")
def test_the_new_folder_takes_the_place_of_the_old(tmp_path: Path) -> None:
    new, site = folder(tmp_path / "new", "new"), folder(tmp_path / "site", "old")
    swap_in(new, site)
    assert content(site) == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_first_site_is_just_moved(tmp_path: Path) -> None:
    swap_in(folder(tmp_path / "new", "new"), tmp_path / "site")
    assert content(tmp_path / "site") == "new"


def test_a_failed_rename_puts_the_old_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, site = folder(tmp_path / "new", "new"), folder(tmp_path / "site", "old")
    rename = Path.rename

    def fail_for_new(self: Path, target: Path) -> Path:
        if self == new:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(swap, "_exchange", lambda _one, _other: False)
    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(OSError, match="Input/output error"):
        swap_in(new, site)
    assert content(site) == "old"


def test_a_swap_cut_off_between_two_renames_is_put_right(tmp_path: Path) -> None:
    folder(tmp_path / ".site.old", "old")
    assert recover(tmp_path / "site")
    assert content(tmp_path / "site") == "old"


def test_a_swap_cut_off_before_the_cleaning_keeps_the_new_site(tmp_path: Path) -> None:
    folder(tmp_path / ".site.old", "old")
    site = folder(tmp_path / "site", "new")
    assert recover(site)
    assert content(site) == "new"
    assert not (tmp_path / ".site.old").exists()


def test_where_nothing_was_cut_off_nothing_is_done(tmp_path: Path) -> None:
    assert not recover(folder(tmp_path / "site", "old"))
