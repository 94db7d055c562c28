"""Highlighted code apart from the page around it: it is most of a page, and all in short spans."""

from __future__ import annotations

from functools import lru_cache

from paper_notes.site.styles import names_in

_BEGIN, _END = '<code class="highlight">', "</code>"


def without_code(html: str) -> tuple[str, list[str]]:
    """The page without what is in its highlighted code, and that code."""
    first, *rest = str(html).split(_BEGIN)  # Markup would escape what is joined to it
    blocks = [part.partition(_END) for part in rest]
    around = (f"{_BEGIN}{end}{after}" for _, end, after in blocks)
    return first + "".join(around), [code for code, _, _ in blocks]


@lru_cache(maxsize=16)
def names_in_code(code: str) -> frozenset[str]:
    """The classes and ids of some code; a paper's stands on several pages, one after the other."""
    return frozenset(names_in(code))
