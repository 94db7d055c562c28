"""Our own style sheets, scripts and fonts, as they go to the readers."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from paper_notes.pages.math import Shown
from paper_notes.site.fonts import fit

_KATEX = PurePosixPath("assets/katex")
_AT_THE_ROOT = {"sw.js"}  # a service worker sees only what is below it: it is put there by machines


def own_assets() -> Iterator[tuple[PurePosixPath, bytes]]:
    """Each file by its path on the site; KaTeX's are apart."""
    for path, content in _assets():
        if not path.is_relative_to(_KATEX) and path.name not in _AT_THE_ROOT:
            yield path, content


def katex_assets(
    shown: Shown, cache: MutableMapping[str, str]
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """What these formulas need of KaTeX, by its path on the site."""
    katex = {
        path.relative_to(_KATEX).as_posix(): content
        for path, content in _assets()
        if path.is_relative_to(_KATEX)
    }
    yield _KATEX / "LICENSE", katex["LICENSE"]
    for name, content in fit(katex["katex.min.css"].decode(), katex, shown, cache):
        yield _KATEX / name, content


def own_asset(name: str) -> bytes:
    """One of them as it lies in the package."""
    return files("paper_notes.site").joinpath("assets", name).read_bytes()


def _assets() -> Iterator[tuple[PurePosixPath, bytes]]:
    return _files(files("paper_notes.site").joinpath("assets"), _KATEX.parent)


def _files(node: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, bytes]]:
    for child in sorted(node.iterdir(), key=lambda child: child.name):
        if child.is_dir():
            yield from _files(child, path / child.name)
        else:
            yield path / child.name, child.read_bytes()
