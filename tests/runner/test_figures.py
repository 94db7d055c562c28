"""Figures lie beside the report, under names that say what is in them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from paper_notes.snippets.figures import FigureFolder, name_of

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><title>図</title></svg>'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "build" / "figures"


@pytest.fixture
def figures(place: Path) -> FigureFolder:
    return FigureFolder(place)


def test_a_figure_comes_back_as_it_was_kept(figures: FigureFolder, place: Path) -> None:
    name = figures.keep(SVG)
    assert figures.read(name) == SVG
    assert [path.name for path in place.iterdir()] == [f"{name}.svg"]


def test_figures_are_beside_their_report(figures: FigureFolder, place: Path) -> None:
    name = figures.keep(SVG)
    assert FigureFolder.beside(place.parent / "report.json").read(name) == SVG


def test_a_figure_that_is_there_is_not_written_again(figures: FigureFolder, place: Path) -> None:
    name = figures.keep(SVG)
    before = (place / f"{name}.svg").stat()
    assert figures.keep(SVG) == name
    assert (place / f"{name}.svg").stat() == before


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:20]),
    "another": lambda path: path.write_text("<svg onload='alert(1)'/>"),
    "no text": lambda path: path.write_bytes(b"\xff\xfe"),
    "a folder": _folder,
}


@pytest.mark.hostile(52)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_figure_is_none_and_can_be_kept_anew(
    figures: FigureFolder, place: Path, damage: str
) -> None:
    name = figures.keep(SVG)
    DAMAGE[damage](place / f"{name}.svg")
    assert figures.read(name) is None
    assert figures.keep(SVG) == name
    assert figures.read(name) == SVG


@pytest.mark.hostile(52)
def test_bytes_that_are_no_text_are_no_figure_whatever_their_name(
    figures: FigureFolder, place: Path
) -> None:
    place.mkdir(parents=True)
    name = name_of(b"\xff")
    (place / f"{name}.svg").write_bytes(b"\xff")
    assert figures.read(name) is None


@pytest.mark.parametrize("name", ["../secret", "", "\0", "a" * 5000])
def test_a_name_that_is_none_leads_nowhere(figures: FigureFolder, place: Path, name: str) -> None:
    place.mkdir(parents=True)
    (place.parent / "secret.svg").write_text(SVG)
    assert figures.read(name) is None


def test_what_is_not_named_is_dropped_but_no_stranger(figures: FigureFolder, place: Path) -> None:
    kept, dropped = figures.keep(SVG), figures.keep("<svg/>")
    (place / "mine.svg").write_text(SVG)
    assert figures.drop_all_but({kept, None}) == [dropped]
    assert {path.name for path in place.iterdir()} == {f"{kept}.svg", "mine.svg"}


def test_where_there_is_no_folder_there_is_nothing_to_drop(figures: FigureFolder) -> None:
    assert figures.drop_all_but(()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_a_folder_is_in_use_until_the_last_has_ended(figures: FigureFolder) -> None:
    def free() -> bool:
        with figures.unless_in_use() as unused:
            return unused

    with figures.in_use():
        with figures.in_use():
            assert not free()
        assert not free()
    assert free()


@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_stands_in_the_folders_place_gives_way_and_a_link_is_not_followed(
    figures: FigureFolder, place: Path, tmp_path: Path, kind: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    precious = elsewhere / f"{'0' * 32}.svg"
    precious.write_text("kept")
    place.parent.mkdir()
    if kind == "link":
        place.symlink_to(elsewhere)
    else:
        place.write_text("in the way")
    with figures.in_use():
        name = figures.keep(SVG)
    figures.drop_all_but({name})
    assert os.listdir(place) == [f"{name}.svg"]  # noqa: PTH208 (only names)
    assert precious.read_text() == "kept"
