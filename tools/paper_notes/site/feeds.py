"""Feeds of the newest papers, one of each kind a language: Atom and JSON Feed 1.1.

Both standards want absolute addresses, so they are made only where the site's address is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from paper_notes.pages.page import Page
from paper_notes.pages.words import WORDS

FEEDS = {"application/atom+xml": "atom.xml", "application/feed+json": "feed.json"}
MOST = 50  # entries in a feed: who missed more has the list of all papers
_NEVER = datetime.fromtimestamp(0, UTC)  # Atom wants a date of an empty feed, too
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Entry:
    """One paper's page in a feed."""

    page: Page
    added: date
    changed: datetime

    @property
    def id(self) -> str:
        """The same for ever, wherever the site moves."""
        return _urn(self.page.url)


def newest_first(entries: Iterable[Entry]) -> Sequence[Entry]:
    """What goes into a feed, in its order."""
    by_url = sorted(entries, key=lambda entry: entry.page.url)
    return sorted(by_url, key=lambda entry: entry.added, reverse=True)[:MOST]


def atom(entries: Sequence[Entry], language: str, address: str) -> bytes:
    """An Atom feed (RFC 4287)."""
    words = WORDS[language]
    feed = ElementTree.Element(f"{{{_ATOM}}}feed", {_XML_LANG: language})
    _add(feed, "title", words["site"])
    _add(feed, "subtitle", words["tagline"])
    _add(feed, "id", _urn(f"{language}/"))
    _add(feed, "updated", _stamp(max((entry.changed for entry in entries), default=_NEVER)))
    _add(
        feed, "link", rel="self", type="application/atom+xml", href=f"{address}{language}/atom.xml"
    )
    _add(feed, "link", rel="alternate", type="text/html", href=f"{address}{language}/")
    _add(_add(feed, "author"), "name", words["site"])
    _add(feed, "rights", words["licence"])
    for entry in entries:
        _entry(feed, entry, address)
    ElementTree.register_namespace("", _ATOM)
    ElementTree.indent(feed)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)) + b"\n"


def json_feed(entries: Sequence[Entry], language: str, address: str) -> bytes:
    """A JSON Feed, version 1.1."""
    words = WORDS[language]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": words["site"],
        "description": words["tagline"],
        "language": language,
        "home_page_url": f"{address}{language}/",
        "feed_url": f"{address}{language}/feed.json",
        "authors": [{"name": words["site"]}],
        "items": [
            {
                "id": entry.id,
                "url": address + entry.page.url,
                "title": entry.page.title,
                "content_text": entry.page.description,
                "date_published": _stamp(_midnight(entry.added)),
                "date_modified": _stamp(entry.changed),
            }
            for entry in entries
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode() + b"\n"


def _entry(feed: ElementTree.Element, entry: Entry, address: str) -> None:
    element = _add(feed, "entry")
    _add(element, "title", entry.page.title)
    _add(element, "id", entry.id)
    _add(element, "published", _stamp(_midnight(entry.added)))
    _add(element, "updated", _stamp(entry.changed))
    _add(element, "link", rel="alternate", type="text/html", href=address + entry.page.url)
    _add(element, "summary", entry.page.description)


_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _add(
    parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text
    return element


def _urn(path: str) -> str:
    return uuid5(NAMESPACE_URL, f"paper-notes:{path}").urn


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
