"""Tokens as numbers: those of words as they come, Japanese ones by the codes of their characters.

A note has thousands of tokens. Half of them are pairs of Japanese characters, all of which are
found at once and need not become text before they are counted.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paper_notes.search.tokens import HIRAGANA, JAPANESE, fold, word_tokens, words

_BITS = 16  # of a character; there are Japanese ones with more, but not in tokens
_SECOND = (1 << _BITS) - 1


class Terms:
    """All tokens that were met."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._words = _Words(self._numbers)

    def of(self, text: str, *, grammar: bool = True) -> array[int]:
        """All tokens of a text with repeats: those of the words, then the Japanese ones.

        Without grammar, what begins with a hiragana is left out, and so are single characters.
        """
        folded = fold(text)
        found = array("I", chain.from_iterable(map(self._words.__getitem__, words(folded))))
        if not folded.isascii():
            found.frombytes(_japanese(folded, grammar).astype(np.uint32).tobytes())
        return found

    def number(self, token: str) -> int:
        """The number of a token, which may be a new one."""
        if token[0].isascii():
            return self._numbers[token]
        return ord(token[0]) << _BITS | ord(token[1:] or "\0")

    def names(self, numbers: Sequence[int]) -> list[str]:
        """The tokens that have these numbers."""
        known = list(self._numbers)
        return [known[one] if one < len(known) else _characters(one) for one in numbers]


class _Words(dict[str, tuple[int, ...]]):
    """The numbers of the tokens of each word."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        super().__init__()
        self._numbers = numbers

    def __missing__(self, word: str) -> tuple[int, ...]:
        numbers = tuple(map(self._numbers.__getitem__, word_tokens(word)))
        self[word] = numbers
        return numbers


def _japanese(folded: str, grammar: bool) -> NDArray[np.integer[Any]]:
    letters = np.frombuffer(f" {folded} ".encode("utf-16-le", "surrogatepass"), np.uint16)
    known = _IS_JAPANESE[letters]
    starts = known if grammar else _IS_TELLING[letters]
    pairs = np.flatnonzero(starts[:-1] & known[1:])
    codes = letters[pairs].astype(np.uint32) << _BITS | letters[pairs + 1]
    if not grammar:
        return codes
    alone = 1 + np.flatnonzero(known[1:-1] & ~known[:-2] & ~known[2:])
    return np.append(codes, letters[alone].astype(np.uint32) << _BITS)


def _characters(number: int) -> str:
    return f"{chr(number >> _BITS)}{chr(number & _SECOND)}".rstrip("\0")


def _table(characters: str) -> NDArray[np.bool_]:
    """Whether a character is one of a class, by its code."""
    table = np.zeros(1 << _BITS, np.bool_)
    for run in re.finditer(f"[{characters}]+", "".join(map(chr, range(len(table))))):
        table[run.start() : run.end()] = True
    return table


_IS_JAPANESE = _table(JAPANESE)
_IS_TELLING = _IS_JAPANESE & ~_table(HIRAGANA)
