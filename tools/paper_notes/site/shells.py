"""Shells: MkDocs renders one page of each shape; all others of that shape are filled into it.

Pages of one shape differ in their title, description, address and body, and in nothing else that
MkDocs or a theme makes. Those places hold tokens in the shell, which is cut there once.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from urllib.parse import quote

from markupsafe import Markup

from paper_notes.pages.page import Page, as_markdown, framed, href, stand_in

# Words that no escaping changes, and that no theme contains.
_TITLE, _DESCRIPTION, _COUNTERPART = "PnShellTitle", "PnShellDescription", "PnShellCounterpart"
_CANONICAL, _HEAD, _BODY = "PnShellCanonical", "PnShellHead", "PnShellBody"
_ALL = (_TITLE, _DESCRIPTION, _COUNTERPART, _CANONICAL, _HEAD, _BODY)
_TOKENS = re.compile(f"({'|'.join(_ALL)})")


class LostBodyError(Exception):
    """A shell in which the body has no place."""


@dataclass(frozen=True)
class Shape:
    """What pages have in common that share a shell."""

    example: Page  # stands for all: tokens instead of words, and no body
    shared: bool  # False: there is one such page, and MkDocs makes it at its own address

    @property
    def source(self) -> str:
        """Where its Markdown goes below the docs folder."""
        return self.example.source

    @cached_property
    def markdown(self) -> str:
        """The Markdown of which MkDocs makes the shell."""
        return as_markdown(self.example, _COUNTERPART)


def shape_of(page: Page, site_name: str) -> Shape:
    """The shape of this page.

    Relative addresses depend on the folder that a page is in. The pages right below a language are
    those that headers and footers link to: each has a shell of its own.
    """
    example = replace(
        page,
        title=page.title if page.title == site_name else _TITLE,  # themes do not say it twice
        description=_DESCRIPTION if page.description else "",
        body=Markup(""),
        about=None,
    )
    folder = page.url.rstrip("/").rpartition("/")[0]
    if "/" not in folder:
        return Shape(example, shared=False)
    return _shared(replace(example, url=folder))


def shapes_of(lists: Iterable[Page], heads: Iterable[Page], site_name: str) -> frozenset[Shape]:
    """The shapes of these pages; of those that are heads only, with formulas and without."""
    shapes = {shape_of(page, site_name) for page in lists}
    for page in heads:
        shapes.update(shape_of(replace(page, math=math), site_name) for math in (False, True))
    return frozenset(shapes)


@lru_cache(maxsize=1000)
def _shared(example: Page) -> Shape:
    mark = blake2b(repr(example).encode(), digest_size=5).hexdigest()
    return Shape(replace(example, url=f"{example.url}/shell-{mark}/"), shared=True)


@dataclass(frozen=True)
class Shell:
    """A rendered shape, cut at its tokens: text and token take turns."""

    parts: Sequence[str]
    address: str | None  # the site's own

    def fill(self, page: Page, head: str = "") -> str:
        """The whole page, with this at the end of its head."""
        values: Mapping[str, str] = {
            _TITLE: html.escape(page.title),
            _DESCRIPTION: html.escape(page.description),
            _COUNTERPART: href(page.url, page.counterpart),
            _CANONICAL: f"{self.address}{quote(page.url)}",
            _HEAD: head,
            _BODY: framed(page),
        }
        pieces = list(self.parts)
        pieces[1::2] = (values[token] for token in self.parts[1::2])
        return "".join(pieces)


def bare(rendered: str) -> str:
    """What all pages of a shell have in common."""
    return _TOKENS.sub("", rendered)


def cut(rendered: str, shape: Shape, address: str | None) -> Shell:
    """The shell that MkDocs made of this shape. Raises LostBodyError."""
    before, mark, after = rendered.partition(stand_in(shape.example))
    if not mark:
        raise LostBodyError(f"{shape.example.url}: the generator lost the place of the body")
    before = before.replace("</head>", f"{_HEAD}</head>", 1)
    if shape.shared and address:
        before = before.replace(f"{address}{shape.example.url}", _CANONICAL)
    return Shell(_TOKENS.split(f"{before}{_BODY}{after}"), address)
