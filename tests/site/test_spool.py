"""Bodies that wait on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from paper_notes.pages.page import Page
from paper_notes.parallel import shared
from paper_notes.site.spool import Waiting, spools

PAGE = Page("en/x/", "en", "X", "About x.", Markup("<p>変数 & é</p>"), "list")
OTHER = replace(PAGE, url="en/y/", body=Markup(""))


def test_pages_come_back_as_they_were(tmp_path: Path) -> None:
    with spools(tmp_path) as new:
        spool = new()
        waiting = [spool.put(page) for page in (PAGE, OTHER, PAGE)]
        assert [one.page() for one in waiting] == [PAGE, OTHER, PAGE]


def test_what_waits_has_no_body(tmp_path: Path) -> None:
    with spools(tmp_path) as new:
        assert new().put(PAGE).head == replace(PAGE, body=Markup(""))


def test_forked_processes_can_read_them(tmp_path: Path) -> None:
    with spools(tmp_path) as new:
        spool = new()
        waiting = [spool.put(PAGE), spool.put(OTHER)]
        assert sorted(page.url for page in shared(Waiting.page, waiting, 2)) == ["en/x/", "en/y/"]


def test_what_forked_processes_put_away_is_found_by_the_one_that_forked_them(
    tmp_path: Path,
) -> None:
    with spools(tmp_path) as new:
        filled = [(new(), page) for page in (PAGE, OTHER, PAGE)]

        def put(number: int) -> Waiting:
            spool, page = filled[number]
            return spool.put(page)

        found = sorted(one.page().url for one in shared(put, range(3), 2))
        assert found == ["en/x/", "en/x/", "en/y/"]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with spools(tmp_path) as new:
        new().put(PAGE)
    assert list(tmp_path.iterdir()) == []
