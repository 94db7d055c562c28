"""How wide words get, without a browser to ask: estimates that err on the wide side."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NARROW = frozenset("ijltfrI.,:;'|!()[]-’‘ ")
_BROAD = frozenset("mwMW@%&—…")
_PIECE = re.compile(r"\S+\s*")


@lru_cache(maxsize=4096)
def _advance(character: str) -> float:
    """A character's width in em, as wide as the widest usual sans-serif has it."""
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.42
    if character in _BROAD:
        return 1.0
    return 0.76 if character.isupper() else 0.62


def width(text: str) -> float:
    """The width of a text in em."""
    return sum(map(_advance, text))


def wrapped(text: str, room: float, lines: int) -> tuple[str, ...]:
    """The text on so many lines of that many em at most, with … where it was cut."""
    found: list[str] = []
    rest = " ".join(text.split())
    while rest and len(found) < lines:
        line = _head(rest, room)
        found.append(line.strip())
        rest = rest[len(line) :].strip()
    if rest:
        last = found[-1]
        while last and width(last + "…") > room:
            last = last[:-1]
        found[-1] = last.rstrip() + "…"
    return tuple(found)


def _head(text: str, room: float) -> str:
    """As many whole words as fit; of a word that fits no line, as many letters."""
    end, used = 0, 0.0
    for piece in _PIECE.finditer(text):
        if used + width(piece[0].rstrip()) > room:
            break
        end, used = piece.end(), used + width(piece[0])
    if end:
        return text[:end]
    while end < len(text) and width(text[: end + 1]) <= room:
        end += 1
    return text[: max(end, 1)]


SHORT = 24  # letters of a name that a map has room for


def short_title(title: str, id: str | None = None) -> str:
    """A name for a map: what stands before the colon (`BERT`), or a long title's id as words."""
    name, colon, _ = title.partition(": ")
    short = name if colon and len(name) <= 40 else title
    return id.replace("_", " ") if id and len(short) > SHORT else short
