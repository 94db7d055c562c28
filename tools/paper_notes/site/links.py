"""Checks a built site: every page is there, every link and fragment inside it leads somewhere."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Only opening tags and only three of their attributes: a full HTML parser took a quarter of a
# build's time, and every page here is written by generators that quote their attributes.
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_ATTRIBUTE = re.compile(r"""\s(href|src|id)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True)
class _Page:
    """The links of a page and the fragments that others can point at."""

    links: frozenset[str]
    ids: frozenset[str]


def broken_links(site: Path) -> Iterator[tuple[str, str]]:
    """Each link that leads nowhere: the page it stands on and the link itself."""
    pages = {path.relative_to(site).as_posix(): _parse(path) for path in site.rglob("*.html")}
    for name, page in sorted(pages.items()):
        if name == "404.html":  # served from any address: its links start at the site's root
            continue
        for link in sorted(page.links):
            if not _leads_somewhere(site, pages, name, link):
                yield name, link


def _leads_somewhere(site: Path, pages: dict[str, _Page], source: str, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True  # not ours to check
    target = source
    if parts.path:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(parts.path)))
        if path.startswith(("..", "/")):
            return False
        target = posixpath.join(path, "index.html") if (site / path).is_dir() else path
    if not (site / target).is_file():
        return False
    return not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].ids


def _parse(path: Path) -> _Page:
    links, ids = set(), set()
    for tag in _TAG.findall(path.read_text(encoding="utf-8")):
        for name, double, single in _ATTRIBUTE.findall(tag):
            value = html.unescape(double or single)
            if name == "id":
                ids.add(value)
            elif 'rel="canonical"' not in tag:  # absolute, of the published site
                links.add(value)
    return _Page(frozenset(links), frozenset(ids))
