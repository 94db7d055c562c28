"""How many bytes the pages of a built site have: a paper's, and every kind of list."""

from __future__ import annotations

import gzip
import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SAMPLE = 200  # pages of papers, evenly over all
MANY = frozenset({"paper", "snippet"})  # kinds with a page for each paper; their median counts


@dataclass(frozen=True)
class Bytes:
    """One page, or the median of several."""

    raw: int
    packed: int  # as a static host sends it


def page_bytes(site: Path, language: str = "en") -> Mapping[str, Bytes]:
    """By kind of page: the median of papers and snippets, and the largest of every other kind."""
    found: dict[str, list[Path]] = defaultdict(list)
    for page in sorted((site / language).rglob("index.html")):
        found[_kind(page.parent.relative_to(site / language).parts)].append(page)
    return {kind: _bytes(kind, pages) for kind, pages in sorted(found.items())}


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _kind(parts: tuple[str, ...]) -> str:
    if not parts:
        return "home"
    if parts[0] in ("papers", "snippets") and len(parts) == 2 and not parts[1].isdigit():
        return parts[0].removesuffix("s")
    return parts[0]


def _bytes(kind: str, pages: list[Path]) -> Bytes:
    if kind in MANY:
        some = [_read(page) for page in pages[:: max(1, len(pages) // _SAMPLE)]]
        return Bytes(
            round(statistics.median(one.raw for one in some)),
            round(statistics.median(one.packed for one in some)),
        )
    return _read(max(pages, key=lambda page: page.stat().st_size))


def _read(page: Path) -> Bytes:
    content = page.read_bytes()
    return Bytes(len(content), len(gzip.compress(content)))
