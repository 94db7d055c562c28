"""Invented words of both languages.

How often a word stands follows Zipf's law, as it does in any language, so that the index has both
its long tail of words that stand in one paper and its few that stand in nearly all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from keyword import kwlist

WORDS = 40_000  # in each language
_AHEAD = 128  # words drawn at once, which is much cheaper than one by one

_SYLLABLES = [a + b for a in "bdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "on")]
_KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニノハヒフヘホマミムメモラリルレロワンッー"
_KANJI = [chr(code) for code in range(0x4E00, 0x4E00 + 1500)]


@dataclass(frozen=True)
class Vocabulary:
    """The words of one seed."""

    latin: tuple[str, ...]
    japanese: tuple[str, ...]
    _law: list[float] = field(
        default_factory=lambda: list(accumulate(1 / (rank + 3) for rank in range(WORDS)))
    )

    def latin_words(self, draw: random.Random) -> Iterator[str]:
        """Words of Latin letters without end, the frequent ones more often."""
        return self._words(self.latin, draw)

    def japanese_words(self, draw: random.Random) -> Iterator[str]:
        """Words in kanji or katakana without end, the frequent ones more often."""
        return self._words(self.japanese, draw)

    def _words(self, words: tuple[str, ...], draw: random.Random) -> Iterator[str]:
        while True:
            yield from draw.choices(words, cum_weights=self._law, k=_AHEAD)


@cache
def vocabulary(seed: int) -> Vocabulary:
    """The words of this seed."""
    draw = random.Random(f"words {seed}")
    latin = tuple(_latin(draw) for _ in range(WORDS))
    return Vocabulary(latin, tuple(_japanese(draw) for _ in range(WORDS)))


def name(draw: random.Random) -> str:
    """What a method might be called."""
    return "".join(draw.choices(_SYLLABLES, k=3)).title()


def _latin(draw: random.Random) -> str:
    word = "".join(draw.choices(_SYLLABLES, k=draw.randint(2, 4)))
    return _latin(draw) if word.title() in kwlist else word  # it may become a class


def _japanese(draw: random.Random) -> str:
    if draw.random() < 0.4:
        return "".join(draw.choices(_KATAKANA, k=draw.randint(3, 7)))
    return "".join(draw.choices(_KANJI, k=2))
