"""Checks a built site: every page is there, every link and fragment inside it leads somewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class _Page(HTMLParser):
    """The links of a page and the fragments that others can point at."""

    links: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name == "id":
                self.ids.add(value)
            elif name == "src" or (name == "href" and not _is_absolute_meta(tag, attrs)):
                self.links.add(value)


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


def _is_absolute_meta(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
    return tag == "link" and ("rel", "canonical") in attrs


def _parse(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page
