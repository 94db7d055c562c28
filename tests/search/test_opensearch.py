"""OpenSearch descriptions."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from paper_notes.search.opensearch import opensearch

NAMES = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
WORDS = {"site": "Notes & more", "search_label": "Search <the> papers"}


@pytest.mark.parametrize("address", ["https://example.org/notes", "https://example.org/notes/"])
def test_a_browser_is_told_where_to_search(address: str) -> None:
    document = ET.fromstring(opensearch(address, "ja", WORDS))
    url = document.find("o:Url", NAMES)
    assert url is not None
    assert url.get("template") == "https://example.org/notes/ja/search/?q={searchTerms}"


def test_names_are_escaped_and_short() -> None:
    document = ET.fromstring(opensearch("https://example.org/", "en", WORDS))
    assert document.findtext("o:ShortName", namespaces=NAMES) == "Notes & more (en)"
    assert document.findtext("o:Description", namespaces=NAMES) == "Search <the> papers"
