"""Marks of content on the addresses of assets: `assets/x.css?v=1a2b3c4d5e`.

The mark changes with the file, so a browser may keep what it has for ever, and never puts an old
style sheet to a new page. File names stay as they are: nothing else has to know of the marks.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from paper_notes.pages.figure import content_mark

_LINK = re.compile(r'((?:href|src)="[^"?#]*?)(assets/[^"?#]+)"')
_URL = re.compile(r"url\(([^)\"'?#:]+)\)")


def mark_styles(site: Path) -> None:
    """Mark the fonts and pictures that the site's style sheets name.

    Raises OSError where a style sheet cannot be written.
    """
    known = marks(site)
    for path in (site / "assets").rglob("*.css"):
        folder = path.parent.relative_to(site).as_posix()
        css = path.read_text(encoding="utf-8")
        path.write_text(_mark_urls(css, folder, known), encoding="utf-8")


def marks(site: Path) -> Mapping[str, str]:
    """The mark of each file below assets/, by its path on the site."""
    files = (path for path in sorted((site / "assets").rglob("*")) if path.is_file())
    return {path.relative_to(site).as_posix(): content_mark(path.read_bytes()) for path in files}


def mark_links(html: str, known: Mapping[str, str]) -> str:
    """The page with the marks of the assets that it names."""

    def marked(match: re.Match[str]) -> str:
        before, path = match.groups()
        return f'{before}{path}?v={known[path]}"' if path in known else match[0]

    return _LINK.sub(marked, html)


def _mark_urls(css: str, folder: str, known: Mapping[str, str]) -> str:
    def marked(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, match[1]))
        return f"url({match[1]}?v={known[path]})" if path in known else match[0]

    return _URL.sub(marked, css)
