"""The page around a body, taken from pages of the standing site: no generator has to run.

Two pages of one kind and language differ around their bodies in what their front matter says, and
in nothing else. A page's own standing page is taken where there is one, else another one's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

from paper_notes.pages.page import Page, href, stand_in

_TITLE = re.compile("(<title>).*?( – [^–]*</title>)", re.DOTALL)
_DESCRIPTION = re.compile(r'(<meta name="description" content=")[^"]*(">)')
_CANONICAL = re.compile(r'(<link rel="canonical" href=")[^"]*(">)')
_COUNTERPART = re.compile(r'(<a class="pn-language" href=")[^"]*(")')
# What metadata.head puts at the end of the head begins with one of these.
_HEAD = re.compile(
    r'<(?:link rel="alternate" hreflang=|meta property="og:).*?(?=</head>)', re.DOTALL
)
_MATH = "katex.min.css"


def shell_of(site: Path, page: Page, others: Iterable[str], address: str | None) -> str | None:
    """What a generator would have made around the page, for `with_body` to fill.

    `others` are addresses of pages of its kind and language. None where none of them stands.
    """
    for url in (page.url, *others):
        standing = _read(site / url / "index.html")
        if standing is not None and (_MATH in standing.partition("</head>")[0]) == page.math:
            return _emptied(standing, page, address)
    return None


def _emptied(standing: str, page: Page, address: str | None) -> str | None:
    """The shell of this page, made from a standing one; None where that is not as we make them."""
    before, opening, rest = standing.partition(f'<div class="pn-page pn-{page.kind}">')
    body, closing, after = rest.rpartition("</article>")
    end = body.rfind("</div>")
    if not opening or not closing or end < 0:
        return None
    head = _HEAD.sub("", before, count=1)
    for pattern, words in (
        (_TITLE, html.escape(page.title)),
        (_DESCRIPTION, html.escape(page.description)),
        (_COUNTERPART, href(page.url, page.counterpart)),
        (_CANONICAL, f"{address}{page.url}"),
    ):
        head = _put(pattern, words, head)
    return f"{head}{stand_in(page)}{body[end + len('</div>') :]}{closing}{after}"


def _put(pattern: re.Pattern[str], words: str, text: str) -> str:
    """The text with these words between the two groups of the pattern's first match."""
    return pattern.sub(lambda match: f"{match[1]}{words}{match[2]}", text, count=1)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
