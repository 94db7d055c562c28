"""sitemap.xml: every page, its counterpart in the other language, and when it really changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from xml.etree import ElementTree

from paper_notes.notes.model import LANGUAGES

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def sitemap(
    urls: Collection[str], address: str, changed: Callable[[str], datetime | None]
) -> bytes:
    """The sitemap of the pages at these addresses, which are relative to the site's.

    A page of which nobody knows when it changed gets no date.
    """
    root = ElementTree.Element(f"{{{_SITEMAP}}}urlset")
    for url in sorted(urls):
        entry = ElementTree.SubElement(root, f"{{{_SITEMAP}}}url")
        ElementTree.SubElement(entry, f"{{{_SITEMAP}}}loc").text = address + url
        moment = changed(url)
        if moment:
            last = ElementTree.SubElement(entry, f"{{{_SITEMAP}}}lastmod")
            last.text = moment.date().isoformat()
        for language, other in _languages(url, urls):
            alternate = {"rel": "alternate", "hreflang": language, "href": address + other}
            ElementTree.SubElement(entry, f"{{{_XHTML}}}link", alternate)
    ElementTree.register_namespace("", _SITEMAP)
    ElementTree.register_namespace("xhtml", _XHTML)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _languages(url: str, urls: Collection[str]) -> list[tuple[str, str]]:
    """The page in each language, itself included, where it is there in all of them."""
    first, slash, rest = url.partition("/")
    versions = [(language, f"{language}{slash}{rest}") for language in LANGUAGES]
    whole = first in LANGUAGES and all(version in urls for _, version in versions)
    return versions if whole else []
