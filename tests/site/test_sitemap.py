"""sitemap.xml."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from paper_notes.site import sitemap
from paper_notes.site.sitemap import sitemaps
from tests.site.conftest import ADDRESS

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
URLS = {"", "en/", "ja/", "en/papers/a/", "ja/papers/a/", "en/only/", "decisions/1/"}


def entries() -> dict[str, ElementTree.Element]:
    def changed(url: str) -> datetime | None:
        return datetime(2026, 2, 3, 23, tzinfo=UTC) if "papers" in url else None

    [(name, content)] = sitemaps(URLS, ADDRESS, changed)
    assert name == "sitemap.xml"
    root = ElementTree.fromstring(content)
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


def test_an_address_is_escaped() -> None:
    [(_, content)] = sitemaps({"en/a&b/"}, ADDRESS, lambda _url: None)
    [place] = ElementTree.fromstring(content).iterfind("s:url/s:loc", NAMES)
    assert place.text == f"{ADDRESS}en/a&b/"


def test_a_large_site_has_an_index_of_several_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST", 3)
    files = dict(sitemaps(URLS, ADDRESS, lambda _url: None))
    assert list(files) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    index = ElementTree.fromstring(files.pop("sitemap.xml"))
    named = [place.text for place in index.iterfind("s:sitemap/s:loc", NAMES)]
    assert named == [ADDRESS + name for name in files]
    parts = [ElementTree.fromstring(content).findall("s:url", NAMES) for content in files.values()]
    assert [len(part) for part in parts] == [3, 3, 1]
