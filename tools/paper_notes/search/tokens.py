"""Text to tokens: what the index holds and what a query asks for.

Latin words are folded and lose a plural s; Japanese, which has no spaces, becomes pairs of
characters. `client/text.js` says the same in JavaScript, and the tests hold the two together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from operator import add

LONGEST = 40  # no word of a language is longer

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega"
)
GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split(" "), strict=True))
# Letters that have no decomposition, beside those that have one.
_LETTERS = GREEK | {
    "ς": "sigma", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae",
    "œ": "oe", "ı": "i",
}  # fmt: skip

_ODD = re.compile("[\u00df-\u024f\u0300-\u036f\u0370-\u03ff\u1e00-\u1fff\u2010-\u2015\u2212]")
_MARKS = re.compile("[\u0300-\u036f]")
_VU = re.compile("ヴ([ァィェォ]?)")
_VU_ROWS = {"ァ": "バ", "ィ": "ビ", "ェ": "ベ", "ォ": "ボ", "": "ブ"}
# デコーダー and デコーダ, ニューラル・ネット and ニューラルネット are the same word.
_LONG_AT_END = re.compile("ー(?<=[ァ-ヺー][ァ-ヺ]ー)ー*(?![ァ-ヺー])")
_DOT_BETWEEN = re.compile("・(?<=[ァ-ヺー]・)(?=[ァ-ヺ])")

_WORD = "[0-9a-z]++(?:[-_.'][0-9a-z]++)*+"  # what is found is never given back: that is faster
HIRAGANA = "ぁ-ゖ"
_TELLING = "々〆ァ-ヺー\u3400-\u9fff"
JAPANESE = _TELLING + HIRAGANA
_WORDS = re.compile(_WORD)
_PARTS = re.compile(f"(?P<word>{_WORD})|(?P<japanese>[{JAPANESE}]+)")
_PAIR = re.compile(f"(?=([{_TELLING}][{JAPANESE}]))")
_PIECE = re.compile("[0-9a-z]+")


def fold(text: str) -> str:
    """The text with everything that spelling varies in made equal."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).lower()
    text = _ODD.sub(lambda match: _base(match[0]), text)
    text = _VU.sub(lambda match: _VU_ROWS[match[1]], text)
    return _DOT_BETWEEN.sub("", _LONG_AT_END.sub("", text))


def stem(word: str) -> str:
    """A folded word without its plural s, and in one of two spellings."""
    word = word.replace("isation", "ization")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def parts(folded: str) -> Iterator[tuple[str, bool]]:
    """The words and Japanese runs of a folded text in order, and whether each is Japanese."""
    for match in _PARTS.finditer(folded):
        yield match[0], match.lastgroup == "japanese"


def words(folded: str) -> list[str]:
    """The words of a folded text."""
    return _WORDS.findall(folded)


@lru_cache(maxsize=2**15)
def word_tokens(word: str) -> tuple[str, ...]:
    """The tokens of a word: itself, or for one such as f-anogan its parts and all joined."""
    pieces = _PIECE.findall(word)
    own = tuple(stem(piece)[:LONGEST] for piece in pieces)
    return own if len(pieces) == 1 else (*own, joined(word))


@lru_cache(maxsize=2**15)
def joined(word: str) -> str:
    """A word of several parts as one: f-anogan as fanogan."""
    return stem("".join(_PIECE.findall(word)))[:LONGEST]


def pairs(run: str) -> list[str]:
    """What to look up for a Japanese run: neighbours of which the first is no hiragana.

    Those that begin with one are grammar more often than not; a run of nothing else has them all.
    """
    return _PAIR.findall(run) or _neighbours(run)


def _neighbours(run: str) -> list[str]:
    return list(map(add, run, run[1:])) or [run]


def compact(text: str) -> str:
    """A whole name as one word, however it is spaced: `Group Normalization` as one token."""
    return "".join(part if japanese else joined(part) for part, japanese in parts(fold(text)))


def name_key(text: str) -> str:
    """What a whole name is looked up by; オートエンコーダ and オートエンコーダー are one name."""
    return compact(text).removesuffix("ー")


def _base(character: str) -> str:
    if "\u2010" <= character <= "\u2212":
        return "-"
    if character in _LETTERS:
        return _LETTERS[character]
    bare = "".join(
        c for c in unicodedata.normalize("NFD", character) if not "\u0300" <= c <= "\u036f"
    )
    return _LETTERS.get(bare, bare)
