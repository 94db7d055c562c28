"""Bodies that wait on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from paper_notes.pages.page import Page
from paper_notes.parallel import shared
from paper_notes.site.spool import spool

PAGE = Page("en/x/", "en", "X", "About x.", Markup("<p>変数 & é</p>"), "list")
OTHER = replace(PAGE, url="en/y/", body=Markup(""))


def test_pages_come_back_as_they_were(tmp_path: Path) -> None:
    with spool(tmp_path) as place:
        waiting = [place.put(page) for page in (PAGE, OTHER, PAGE)]
        assert [place.get(page) for page in waiting] == [PAGE, OTHER, PAGE]


def test_what_waits_has_no_body(tmp_path: Path) -> None:
    with spool(tmp_path) as place:
        assert place.put(PAGE).head == replace(PAGE, body=Markup(""))


def test_forked_processes_can_read_them(tmp_path: Path) -> None:
    with spool(tmp_path) as place:
        waiting = [place.put(PAGE), place.put(OTHER)]
        assert sorted(page.url for page in shared(place.get, waiting, 2)) == ["en/x/", "en/y/"]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with spool(tmp_path) as place:
        place.put(PAGE)
    assert list(tmp_path.iterdir()) == []
