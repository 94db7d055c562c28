"""Texts as they were rendered before: the same text gives the same HTML, wherever it stands.

Only links depend on the page. So a text with links is remembered twice: which links are in it, and
what became of it where they led to these addresses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from paper_notes.pages.math import Shown

# Where a link's destination is on the page that is being made, or None where it stays as it is.
Resolve: TypeAlias = Callable[[str], str | None]


@dataclass(frozen=True)
class Piece:
    """A rendered text."""

    html: str
    links: tuple[str, ...]  # destinations, as the text has them
    shown: Shown  # what its formulas need


class Pieces:
    """Pieces kept in a mapping of words to words, which may last from build to build."""

    def __init__(self, memory: MutableMapping[str, str]) -> None:
        self._memory = memory

    def find(self, name: str, resolve: Resolve | None) -> Piece | None:
        """What was kept under that name for the same answers."""
        piece = self._read(name)
        if piece and piece.links:
            return self._read(_with_answers(name, piece.links, resolve))
        return piece

    def keep(self, name: str, resolve: Resolve | None, piece: Piece) -> None:
        """Keep it for `find`."""
        if piece.links:
            self._write(_with_answers(name, piece.links, resolve), piece)
            piece = Piece("", piece.links, Shown())
        self._write(name, piece)

    def _read(self, name: str) -> Piece | None:
        known = self._memory.get(name)
        if known is None:
            return None
        html, links, characters, names = json.loads(known)
        return Piece(html, tuple(links), Shown(frozenset(characters), frozenset(names)))

    def _write(self, name: str, piece: Piece) -> None:
        shown = ("".join(sorted(piece.shown.characters)), sorted(piece.shown.names))
        document = (piece.html, piece.links, *shown)
        self._memory[name] = json.dumps(document, ensure_ascii=False)


def _with_answers(name: str, links: Sequence[str], resolve: Resolve | None) -> str:
    answers = [resolve(link) if resolve else None for link in links]
    return f"{json.dumps(answers)}{name}"
