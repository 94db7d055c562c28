"""sitemap.xml: every page, its counterpart in the other language, and when it really changed.

The standard allows 50,000 pages a file: a larger site has an index of several files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from html import escape

from paper_notes.notes.model import LANGUAGES

MOST = 50_000  # pages of a file; they come to a third of the 50 MB that the standard allows
_XML = "<?xml version='1.0' encoding='utf-8'?>\n"
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XHTML = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def sitemaps(
    urls: Collection[str], address: str, changed: Callable[[str], datetime | None]
) -> Iterator[tuple[str, bytes]]:
    """The files by name, sitemap.xml first, for pages at addresses relative to the site's.

    A page of which nobody knows when it changed gets no date.
    """
    known = urls if isinstance(urls, set | frozenset) else set(urls)
    ordered = sorted(known)
    parts = [ordered[start : start + MOST] for start in range(0, len(ordered), MOST)]
    files = [_pages(part, known, address, changed) for part in parts or [[]]]
    if len(files) == 1:
        yield "sitemap.xml", files[0]
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(files) + 1)]
    yield "sitemap.xml", _index(names, address)
    yield from zip(names, files, strict=True)


def _pages(
    urls: Iterable[str],
    known: Collection[str],
    address: str,
    changed: Callable[[str], datetime | None],
) -> bytes:
    lines = [f"{_XML}<urlset {_SITEMAP} {_XHTML}>"]
    for url in urls:
        lines += ["  <url>", f"    <loc>{escape(address + url)}</loc>"]
        moment = changed(url)
        if moment:
            lines.append(f"    <lastmod>{moment.date().isoformat()}</lastmod>")
        for language, other in _languages(url, known):
            place = escape(address + other)
            lines.append(f'    <xhtml:link rel="alternate" hreflang="{language}" href="{place}" />')
        lines.append("  </url>")
    return "\n".join([*lines, "</urlset>\n"]).encode()


def _index(names: Iterable[str], address: str) -> bytes:
    entries = [
        f"  <sitemap>\n    <loc>{escape(address + name)}</loc>\n  </sitemap>" for name in names
    ]
    return "\n".join([f"{_XML}<sitemapindex {_SITEMAP}>", *entries, "</sitemapindex>\n"]).encode()


def _languages(url: str, urls: Collection[str]) -> list[tuple[str, str]]:
    """The page in each language, itself included, where it is there in all of them."""
    first, slash, rest = url.partition("/")
    versions = [(language, f"{language}{slash}{rest}") for language in LANGUAGES]
    whole = first in LANGUAGES and all(version in urls for _, version in versions)
    return versions if whole else []
