"""Real texts with slots: what is drawn anew for each paper, between what stays as it is.

A text is taken apart once and filled thousands of times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TypeAlias


class Slot(StrEnum):
    """What can be drawn anew."""

    LATIN = "latin"
    JAPANESE = "japanese"
    FORMULA = "formula"
    NAME = "name"  # of a function or class
    NUMBER = "number"
    ID = "id"  # of the paper itself


Piece: TypeAlias = tuple[Slot | None, str]
Template: TypeAlias = tuple[Piece, ...]
Fill: TypeAlias = Mapping[Slot, Callable[[str], str]]

_PROSE = re.compile(
    r"(?P<formula>\$\$.+?\$\$|\$(?:\\.|[^$\\])+\$)"
    r"|`[^`]*`|\]\([^)]*\)|https?://\S+"  # code and addresses stay
    r"|^Paper: (?P<id>[a-z0-9_]+)|^(?:Shapes|Differs from the paper):"  # fields of a docstring
    r"|\b(?P<latin>[a-z]{5,})\b"
    "|(?P<japanese>[\u4e00-\u9fff]{2}|[ァ-ヺー]{3,})",
    re.DOTALL | re.MULTILINE,
)


def prose(text: str) -> Template:
    """A text in either language, its words and formulas being slots."""
    return joined(_pieces(text))


def filled(template: Template, fill: Fill) -> str:
    """The text with every slot filled."""
    return "".join([text if slot is None else fill[slot](text) for slot, text in template])


def joined(pieces: Iterable[Piece]) -> Template:
    """The pieces, neighbours without a slot as one."""
    merged: list[Piece] = []
    for slot, text in pieces:
        if slot is None and merged and merged[-1][0] is None:
            merged[-1] = (None, merged[-1][1] + text)
        elif text:
            merged.append((slot, text))
    return tuple(merged)


def _pieces(text: str) -> Iterator[Piece]:
    position = 0
    for match in _PROSE.finditer(text):
        kind = match.lastgroup
        if kind is None:
            continue
        yield None, text[position : match.start(kind)]
        yield Slot(kind), match[kind]
        position = match.end()
    yield None, text[position:]


_ENDS = {"en": re.compile(r"(?<=[.!?])\s+(?=[A-Z$*\[`])"), "ja": re.compile(r"(?<=。)\s*")}
_PAIRS = (("(", ")"), ("(", ")"), ("「", "」"), ("[", "]"))
_ASCII_BREAK = re.compile(r"(?<=[!-~])\s*\n\s*(?=[!-~])")


def sentences(text: str, language: str) -> Iterator[Template]:
    """The sentences of an answer in that language, each on one line."""
    if language == "ja":
        line = re.sub(r"\s*\n\s*", "", _ASCII_BREAK.sub(" ", text.strip()))
    else:
        line = " ".join(text.split())
    begun = ""
    for part in _ENDS[language].split(line):
        begun = f"{begun} {part}" if begun and language == "en" else begun + part
        if begun and _is_whole(begun):
            yield prose(begun)
            begun = ""
    if begun:
        yield prose(begun)


def _is_whole(text: str) -> bool:
    return text.count("$") % 2 == 0 and all(
        text.count(opener) == text.count(closer) for opener, closer in _PAIRS
    )
