"""What is at an address: a page newer than the site's folder, a file in it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, unquote

HTML = "text/html; charset=utf-8"
_OTHER = "application/octet-stream"
_TYPES = {
    ".html": HTML,
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/x-ipynb+json",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".bib": "application/x-bibtex; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".gz": "application/gzip",
}
_NOTHING = b"""<!doctype html><html lang="en"><head><title>Paper Notes</title></head>
<h1>Nothing is here yet</h1><p>The site is being built; this page will follow.</p></html>"""


@dataclass(frozen=True)
class Found:
    """An answer: its content, or the address to ask for instead."""

    status: HTTPStatus
    kind: str
    content: bytes
    location: str = ""


def find(site: Path, pages: Mapping[str, bytes], path: str) -> Found:
    """What to answer who asks for this path, written as in an address, without its query."""
    names = _names(path)
    if names is None:
        return _nothing(site)
    address = "/".join(names)
    if address in pages:
        return Found(HTTPStatus.OK, HTML, pages[address])
    target = site.joinpath(*names)
    if not names[-1]:
        target /= "index.html"
    elif _is_folder(target) or f"{address}/" in pages:
        return Found(HTTPStatus.MOVED_PERMANENTLY, HTML, b"", quote(f"/{address}/"))
    content = _read(site, target)
    if content is None:
        return _nothing(site)
    return Found(HTTPStatus.OK, _TYPES.get(target.suffix, _OTHER), content)


def _names(path: str) -> list[str] | None:
    """The names of a path, the last one empty where it ends in a slash; None for a strange one."""
    try:
        first, *names = unquote(path, errors="strict").split("/")
    except UnicodeDecodeError:
        return None
    strange = any(name in (".", "..") or "\0" in name or "\\" in name for name in names)
    if first or not names or strange or not all(names[:-1]):
        return None
    return names


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # the name is too long to be one
        return False


def _read(site: Path, target: Path) -> bytes | None:
    """The file's content; None where there is none, or where a link leads out of the site."""
    try:
        if target.is_file() and target.resolve().is_relative_to(site.resolve()):
            return target.read_bytes()
    except OSError:
        pass
    return None


def _nothing(site: Path) -> Found:
    return Found(HTTPStatus.NOT_FOUND, HTML, _read(site, site / "404.html") or _NOTHING)
