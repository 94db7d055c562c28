"""A staged site shares with the standing one what has not changed, and never changes that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paper_notes.site.manifest import Manifest, listing, read_manifest, write_manifest
from paper_notes.site.staging import UNKNOWN, Staging

CSS = "assets/a.css"
LATE = {CSS: "1234567890"}
PAGE = f'<link href="{CSS}?v={UNKNOWN}"><p>x</p>'


@pytest.fixture
def standing(tmp_path: Path) -> Staging:
    """A site of two files."""
    staging = Staging(tmp_path / "site", tmp_path / "none", Manifest())
    staging.write("a/index.html", PAGE)
    staging.write("b.json", "{}")
    staging.put_marks(LATE)
    return staging


@pytest.fixture
def staging(tmp_path: Path, standing: Staging) -> Staging:
    """The next one."""
    return Staging(tmp_path / "staged", standing.folder, standing.manifest)


def inode(staging: Staging, path: str) -> int:
    return (staging.folder / path).stat().st_ino


def page(staging: Staging) -> str:
    return (staging.folder / "a/index.html").read_text()


def test_a_page_gets_the_marks_that_were_not_known_when_it_was_written(standing: Staging) -> None:
    assert page(standing) == f'<link href="{CSS}?v=1234567890"><p>x</p>'


@pytest.mark.parametrize("path", ["a/index.html", "b.json"])
def test_what_has_not_changed_is_the_same_file(
    standing: Staging, staging: Staging, path: str
) -> None:
    staging.write("a/index.html", PAGE)
    staging.write("b.json", "{}")
    staging.put_marks(LATE)
    assert inode(staging, path) == inode(standing, path)
    assert staging.fresh == set()


def test_what_has_changed_is_another_file(standing: Staging, staging: Staging) -> None:
    staging.write("b.json", "[]")
    assert (standing.folder / "b.json").read_text() == "{}"
    assert staging.fresh == {"b.json"}


def test_new_marks_do_not_reach_the_standing_site(standing: Staging, staging: Staging) -> None:
    before = page(standing)
    staging.write("a/index.html", PAGE)
    staging.put_marks({CSS: "abcdefghij"})
    assert page(staging) == f'<link href="{CSS}?v=abcdefghij"><p>x</p>'
    assert page(standing) == before


def test_what_somebody_touched_on_the_site_is_written_again(
    standing: Staging, staging: Staging
) -> None:
    (standing.folder / "b.json").write_text("mine")
    staging.write("b.json", "{}")
    assert (staging.folder / "b.json").read_text() == "{}"


def test_what_is_gone_from_the_site_is_written_again(standing: Staging, staging: Staging) -> None:
    (standing.folder / "b.json").unlink()
    staging.write("b.json", "{}")
    assert (staging.folder / "b.json").read_text() == "{}"


def test_without_links_files_are_written(staging: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    staging.write("b.json", "{}")
    assert (staging.folder / "b.json").read_text() == "{}"


def test_two_sources_of_one_file_are_an_error(staging: Staging) -> None:
    staging.write("b.json", "{}")
    with pytest.raises(FileExistsError):
        staging.write("b.json", "{}")


def test_a_manifest_is_as_it_was_written(tmp_path: Path, standing: Staging) -> None:
    write_manifest(tmp_path / "m", standing.manifest)
    assert read_manifest(tmp_path / "m") == standing.manifest


@pytest.mark.parametrize("damage", ["", "{", "[" * 100_000, "{}"])
def test_a_damaged_manifest_is_an_empty_one(tmp_path: Path, damage: str) -> None:
    (tmp_path / "m").write_text(damage)
    assert read_manifest(tmp_path / "m") == Manifest()


def test_a_manifest_of_which_one_byte_is_another_is_damaged(
    tmp_path: Path, standing: Staging
) -> None:
    write_manifest(tmp_path / "m", standing.manifest)
    content = bytearray((tmp_path / "m").read_bytes())
    content[-1] ^= 1
    (tmp_path / "m").write_bytes(content)
    assert read_manifest(tmp_path / "m") == Manifest()


def test_a_folder_in_place_of_a_manifest_gives_way(tmp_path: Path, standing: Staging) -> None:
    (tmp_path / "m/folder").mkdir(parents=True)
    assert read_manifest(tmp_path / "m") == Manifest()
    write_manifest(tmp_path / "m", standing.manifest)
    assert read_manifest(tmp_path / "m") == standing.manifest


def test_a_listing_changes_with_every_file(standing: Staging) -> None:
    before = listing(standing.folder)
    assert listing(standing.folder) == before
    (standing.folder / "b.json").write_text("longer")
    assert listing(standing.folder) != before
