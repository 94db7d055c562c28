"""Checks a site: every link and fragment inside it leads somewhere.

Pages are looked at as they are made, wherever that is; what links ask of pages that are made
elsewhere is written down and checked when all are there.
"""

from __future__ import annotations

import html
import posixpath
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

# Only opening tags and only three of their attributes: a full HTML parser took a quarter of a
# build's time, and every page here is written by generators that quote their attributes.
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_ATTRIBUTE = re.compile(r"""\s(href|src|id)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True)
class Anchors:
    """The links of a page and the fragments that others can point at."""

    links: frozenset[str]
    ids: frozenset[str]


@dataclass(frozen=True, order=True, slots=True)
class Link:
    """A link and the page that it stands on."""

    page: str  # the path of its file
    link: str


class Asked(NamedTuple):
    """A fragment that a link asks for on a page. There are as many as claims: they hold little."""

    target: str
    page: str  # that the link stands on
    link: str

    @property
    def fragment(self) -> str:
        """The id that has to be there."""
        return unquote(self.link.partition("#")[2])

    @property
    def by(self) -> Link:
        """The link and the page that it stands on."""
        return Link(self.page, self.link)


def anchors(text: str) -> Anchors:
    """The links and ids of any HTML."""
    links, ids = set(), set()
    for tag in _TAG.findall(text):
        for name, double, single in _ATTRIBUTE.findall(tag):
            value = html.unescape(double or single)
            if name == "id":
                ids.add(value)
            elif 'rel="canonical"' not in tag:  # absolute, of the published site
                links.add(value)
    return Anchors(frozenset(links), frozenset(ids))


def links_of_ours(text: str) -> frozenset[str]:
    """The links of HTML whose attributes stand in double quotes: many times as fast."""
    return frozenset((*_values(text, "href"), *_values(text, "src")))


def ids_of_ours(text: str) -> frozenset[str]:
    """The ids of such HTML."""
    return frozenset(_values(text, "id"))


def follow(page: str, links: Iterable[str], files: Collection[str]) -> Iterator[Link | Asked]:
    """Each of the links on a page that leads to no file, and what others ask of pages."""
    folder = posixpath.dirname(page)
    for link in sorted(links):
        target, fragment = _target(page, folder, link)
        if target is None:
            continue
        if target not in files:
            target = posixpath.normpath(f"{target}/index.html")
        if target not in files:
            yield Link(page, link)
        elif fragment and target.endswith(".html"):
            yield Asked(sys.intern(target), page, link)  # lists ask for several of a page's


def unanswered(asked: Iterable[Asked], ids_of: Callable[[str], Collection[str]]) -> Iterator[Link]:
    """The links whose fragments are not on the pages that they lead to."""
    for one in asked:
        if one.fragment not in ids_of(one.target):
            yield one.by


def _target(page: str, folder: str, link: str) -> tuple[str | None, str]:
    """The path that a link leads to, and the fragment; None for what is not ours to check."""
    if link.startswith("#"):
        return page, unquote(link[1:])
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None, ""
    path = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else page
    return path, unquote(parts.fragment)


def _values(text: str, name: str) -> Iterator[str]:
    """The values of an attribute; the same words in text are none, since text holds no bare <."""
    first, *rest = text.split(f' {name}="')
    inside = first.rfind("<") > first.rfind(">")
    for part in rest:
        if inside:
            value = part[: part.find('"')]
            yield html.unescape(value) if "&" in value else value
        opened, closed = part.rfind("<"), part.rfind(">")
        inside = opened > closed if max(opened, closed) >= 0 else inside
