"""Our own style sheets, scripts and fonts, as they go to the readers."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from paper_notes.site.fonts import subset, woff2_only

_BUILD_TIME = {"katex.min.js", "sw.js"}  # KaTeX runs here; the service worker goes to the root


def own_assets(
    formulas: frozenset[str], cache: MutableMapping[str, str]
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Each file by its path on the site; fonts hold the characters of the formulas alone."""
    root = files("paper_notes.site").joinpath("assets")
    for path, content in _files(root, PurePosixPath("assets")):
        if path.suffix == ".woff2" and "katex" in path.parts:
            yield path, subset(content, formulas, cache)
        elif path.name == "katex.min.css":
            yield path, woff2_only(content.decode()).encode()
        elif path.name not in _BUILD_TIME:
            yield path, content


def own_asset(name: str) -> bytes:
    """One of them as it lies here."""
    return files("paper_notes.site").joinpath("assets", name).read_bytes()


def _files(node: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, bytes]]:
    for child in sorted(node.iterdir(), key=lambda child: child.name):
        if child.is_dir():
            yield from _files(child, path / child.name)
        else:
            yield path / child.name, child.read_bytes()
