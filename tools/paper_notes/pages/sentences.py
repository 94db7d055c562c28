"""The opening of an answer, for lists that tell in a line or two what a paper is."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

LEAST = 60  # columns; a sentence below that says too little by itself

# Code and formulas hold full stops that end nothing; so do abbreviations.
_PART = re.compile(
    r"`[^`]*`"
    r"|\$[^$]*\$"
    r"|\b(?:e\.g|i\.e|et al|cf|vs|resp|approx|Fig|Eq|Sec|Table|Tab|No)\."
    r"|(?P<stop>[.!?](?=\s+[^a-z\s]|\s*$)|[。!?])"
)


def opening(text: str, least: int = LEAST) -> str:
    """The first sentence of a Markdown text, or as many as fill `least` columns.

    It stays within the first paragraph.
    """
    paragraph = text.strip().partition("\n\n")[0]
    for part in _PART.finditer(paragraph):
        if part["stop"] and _columns(paragraph[: part.end()]) >= least:
            return paragraph[: part.end()]
    return paragraph


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
