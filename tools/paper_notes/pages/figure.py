"""The drawing of a snippet as a file of its own, so that a page is there before its pictures.

One file serves both colour schemes: asked for as `x.svg#dark` its ink is light. A picture cannot
see the page's colours, and the system's scheme may not be the one that the reader chose.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TypeAlias
from xml.etree import ElementTree

from paper_notes.snippets.report import SnippetResult

ReadFigure: TypeAlias = Callable[[str], str | None]

_SVG = "http://www.w3.org/2000/svg"
_INK = "#dark{color:#1f2328}#dark:target{color:#e4e2dd}"  # --pn-ink of both schemes
_LENGTH = re.compile(r"^([\d.]+)(pt|px)?$")
_PIXELS = {"pt": 4 / 3, "px": 1.0, None: 1.0}


@dataclass(frozen=True)
class Drawing:
    """A figure's file: where it goes, what is in it, and how large it is shown, in pixels."""

    path: str
    content: bytes
    width: int
    height: int

    @property
    def address(self) -> str:
        """Its path with the mark of its content: browsers may keep what stands there for ever."""
        return f"{self.path}?v={content_mark(self.content)}"


def content_mark(content: bytes) -> str:
    """A short word that changes when the content does."""
    return blake2b(content, digest_size=5).hexdigest()


def drawing(run: SnippetResult | None, read: ReadFigure) -> Drawing | None:
    """The figure of this run; None where it drew nothing, or what it drew is lost.

    In: what gives the SVG of a figure by its name, which must have been found to be the right one.
    """
    if run is None or run.figure is None:
        return None
    kept = read(run.figure)
    return None if kept is None else _with_ink(kept, drawing_path(run))


def drawing_path(run: SnippetResult) -> str:
    """Where the figure of this run goes."""
    return f"figures/{run.id}.svg"


@lru_cache(maxsize=8)  # it stands on several pages, one made after the other
def _with_ink(kept: str, path: str) -> Drawing:
    svg = ElementTree.fromstring(kept)
    svg.set("id", "dark")
    style = ElementTree.Element(f"{{{_SVG}}}style")
    style.text = _INK
    svg.insert(0, style)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    content = ElementTree.tostring(svg, encoding="utf-8")
    return Drawing(path, content, _pixels(svg, "width"), _pixels(svg, "height"))


def _pixels(svg: ElementTree.Element, side: str) -> int:
    match = _LENGTH.match(svg.get(side, ""))
    return round(float(match[1]) * _PIXELS[match[2]]) if match else 0
