"""Marks of content on the addresses of assets: `assets/x.css?v=1a2b3c4d5e`.

The mark changes with the file, so a browser may keep what it has for ever, and never puts an old
style sheet to a new page. File names stay as they are: nothing else has to know of the marks.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from paper_notes.pages.figure import content_mark

_LINK = re.compile(r'((?:href|src)="[^"?#]*?)(assets/[^"?#]+)"')
_URL = re.compile(r"url\(([^)\"'?#:]+)\)")


def marked(assets: Mapping[str, bytes], known: Mapping[str, str]) -> dict[str, bytes]:
    """The assets, by their paths on the site, with marks on what their style sheets name."""
    return {
        path: _mark_urls(content.decode(), posixpath.dirname(path), known).encode()
        if path.endswith(".css")
        else content
        for path, content in assets.items()
    }


def marks(assets: Mapping[str, bytes]) -> dict[str, str]:
    """The mark of each of these files."""
    return {path: content_mark(content) for path, content in assets.items()}


def mark_links(html: str, known: Mapping[str, str]) -> str:
    """The page with the marks of the assets that it names."""

    def mark(match: re.Match[str]) -> str:
        before, path = match.groups()
        return f'{before}{path}?v={known[path]}"' if path in known else match[0]

    return _LINK.sub(mark, html)


def _mark_urls(css: str, folder: str, known: Mapping[str, str]) -> str:
    def mark(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, match[1]))
        return f"url({match[1]}?v={known[path]})" if path in known else match[0]

    return _URL.sub(mark, css)
