"""Which packages are installed, found by reading folders: fast, and imports nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path


def canonical(name: str) -> str:
    """A distribution's name as its `.dist-info` folder spells it, in lower case."""
    return name.replace("-", "_").replace(".", "_").lower()


def installed() -> dict[str, str]:
    """Distribution → version, for what can be imported here."""
    found: dict[str, str] = {}
    for folder in _records():
        name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
        found.setdefault(canonical(name), version)
    return found


def providers() -> dict[str, tuple[str, ...]]:
    """Importable name → the distributions that bring it."""
    found: dict[str, set[str]] = {}
    for folder in _records():
        distribution = canonical(folder.name.removesuffix(".dist-info").rpartition("-")[0])
        for name in _top_level(folder):
            found.setdefault(name, set()).add(distribution)
    return {name: tuple(sorted(distributions)) for name, distributions in found.items()}


def _records() -> Iterator[Path]:
    for folder in dict.fromkeys(sys.path):
        try:
            names = [path for path in Path(folder or ".").iterdir() if path.suffix == ".dist-info"]
        except OSError:
            continue
        yield from names


def _top_level(folder: Path) -> set[str]:
    """The first part of every file that the distribution has put beside its own folder."""
    try:
        lines = (folder / "RECORD").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    firsts = {line.partition("/")[0] for line in lines}
    return {first.partition(",")[0].partition(".")[0] for first in firsts}
