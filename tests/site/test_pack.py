"""The site as one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from paper_notes.site.pack import name_pages, pack

MOMENT = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("link", "named"),
    [
        ("../b/", "../b/index.html"),
        ("../b/#claims", "../b/index.html#claims"),
        ("../search/?q=x", "../search/index.html?q=x"),
        ("./", "./index.html"),
        ("..", "../index.html"),
        ("../../x.bib", "../../x.bib"),
        ("#claims", "#claims"),
        ("", ""),
        ("https://example.org/a/", "https://example.org/a/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_links_to_folders_name_their_page(link: str, named: str) -> None:
    assert name_pages(f'<a class="x" href="{link}">') == f'<a class="x" href="{named}">'


def test_forms_name_their_page() -> None:
    assert name_pages('<form action="../search/">') == '<form action="../search/index.html">'


def test_what_is_no_link_stays() -> None:
    html = '<link rel="canonical" href="https://example.org/"><p>href="a/"</p>'
    assert name_pages(html) == html


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site/en").mkdir(parents=True)
    (tmp_path / "site/index.html").write_text('<a href="en/">x</a>')
    (tmp_path / "site/en/index.html").write_text("日本")
    (tmp_path / "site/logo.png").write_bytes(b"\xff\x00")
    return tmp_path / "site"


def test_everything_is_in_one_folder(site: Path, tmp_path: Path) -> None:
    pack(site, tmp_path / "x.zip", MOMENT)
    with ZipFile(tmp_path / "x.zip") as archive:
        assert archive.namelist() == [
            "paper-notes/en/index.html",
            "paper-notes/index.html",
            "paper-notes/logo.png",
        ]
        assert archive.read("paper-notes/index.html") == b'<a href="en/index.html">x</a>'
        assert archive.read("paper-notes/logo.png") == b"\xff\x00"


def test_the_same_site_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    pack(site, tmp_path / "one.zip", MOMENT)
    (site / "index.html").touch()
    (site / "index.html").chmod(0o600)
    pack(site, tmp_path / "two.zip", MOMENT)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (MOMENT, (2026, 1, 2, 3, 4, 6)),
        (datetime.fromisoformat("2026-01-02T12:04:06+09:00"), (2026, 1, 2, 3, 4, 6)),
        (datetime.fromtimestamp(0, UTC), (1980, 1, 1, 0, 0, 0)),  # zip knows nothing earlier
        (datetime(2500, 1, 1, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),  # nor later
    ],
)
def test_files_have_the_time_of_the_sources(
    site: Path, tmp_path: Path, moment: datetime, said: tuple[int, ...]
) -> None:
    pack(site, tmp_path / "x.zip", moment)
    with ZipFile(tmp_path / "x.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {said}
