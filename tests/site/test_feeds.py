"""Feeds of the newest papers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from paper_notes.site.feeds import MOST, Entry, atom, json_feed, newest_first
from paper_notes.site.publication import Publication
from tests.site.conftest import ADDRESS

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def entries(publication: Publication) -> Sequence[Entry]:
    pages = [page for page in publication.pages if page.about and page.language == "ja"]
    days = [date(2026, 1, day) for day in range(1, len(pages) + 1)]
    changed = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    return newest_first(Entry(page, day, changed) for page, day in zip(pages, days, strict=True))


def test_the_newest_comes_first(entries: Sequence[Entry]) -> None:
    days = [entry.added for entry in entries]
    assert days == sorted(days, reverse=True)


def test_equal_days_are_in_the_order_of_addresses(entries: Sequence[Entry]) -> None:
    same = [Entry(entry.page, date(2026, 1, 1), entry.changed) for entry in entries]
    assert newest_first(same) == newest_first(reversed(same))


def test_a_feed_is_not_longer_than_it_should_be(entries: Sequence[Entry]) -> None:
    assert len(newest_first(list(entries) * MOST)) == MOST


def test_an_atom_feed_has_what_the_standard_demands(entries: Sequence[Entry]) -> None:
    feed = ElementTree.fromstring(atom(entries, "ja", ADDRESS))
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        assert element.findtext(f"{ATOM}title")
        assert (element.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")
        stamp = datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "")
        assert stamp == datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
        links = [link.get("href", "") for link in element.findall(f"{ATOM}link")]
        assert links
        assert all(link.startswith(ADDRESS) for link in links)
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert len(feed.findall(f"{ATOM}entry")) == len(entries)


def test_a_json_feed_has_what_the_standard_demands(entries: Sequence[Entry]) -> None:
    feed = json.loads(json_feed(entries, "ja", ADDRESS))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{ADDRESS}ja/feed.json"
    assert [item["url"] for item in feed["items"]] == [ADDRESS + e.page.url for e in entries]
    assert all(item["id"] and item["content_text"] for item in feed["items"])


def test_an_entry_keeps_its_id_when_the_site_moves(entries: Sequence[Entry]) -> None:
    def ids(address: str) -> list[str]:
        return [item["id"] for item in json.loads(json_feed(entries, "ja", address))["items"]]

    assert ids(ADDRESS) == ids("https://elsewhere.example.org/")
    assert len(set(ids(ADDRESS))) == len(entries)


def test_an_empty_feed_is_a_feed() -> None:
    assert ElementTree.fromstring(atom([], "en", ADDRESS)).findtext(f"{ATOM}updated")
    assert json.loads(json_feed([], "en", ADDRESS))["items"] == []
