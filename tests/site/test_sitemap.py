"""sitemap.xml."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

from paper_notes.site.sitemap import sitemap
from tests.site.conftest import ADDRESS

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
URLS = {"", "en/", "ja/", "en/papers/a/", "ja/papers/a/", "en/only/", "decisions/1/"}


def entries() -> dict[str, ElementTree.Element]:
    def changed(url: str) -> datetime | None:
        return datetime(2026, 2, 3, 23, tzinfo=UTC) if "papers" in url else None

    root = ElementTree.fromstring(sitemap(URLS, ADDRESS, changed))
    return {entry.findtext("s:loc", "", NAMES): entry for entry in root.findall("s:url", NAMES)}


def test_every_page_is_in_it_absolute_and_sorted() -> None:
    assert list(entries()) == [ADDRESS + url for url in sorted(URLS)]


def test_a_page_names_itself_and_its_counterpart() -> None:
    links = entries()[ADDRESS + "ja/papers/a/"].findall("x:link", NAMES)
    assert [(link.get("hreflang"), link.get("href")) for link in links] == [
        ("en", ADDRESS + "en/papers/a/"),
        ("ja", ADDRESS + "ja/papers/a/"),
    ]


def test_a_page_without_a_counterpart_names_none() -> None:
    for url in ("", "en/only/", "decisions/1/"):
        assert entries()[ADDRESS + url].findall("x:link", NAMES) == []


def test_only_a_change_that_is_known_is_dated() -> None:
    assert entries()[ADDRESS + "en/papers/a/"].findtext("s:lastmod", None, NAMES) == "2026-02-03"
    assert entries()[ADDRESS + "en/"].find("s:lastmod", NAMES) is None
