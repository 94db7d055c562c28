"""Formulas made from formulas: other letters, other numbers, the same commands."""

from __future__ import annotations

import random
import re

_SHORT = 5  # characters, its dollars included: such a formula is one that many papers share

_ATOM = re.compile(r"\\[A-Za-z]+|[A-Za-z]{2,}|(?P<letter>[A-Za-z])|(?P<number>[0-9]+)")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def variant(formula: str, draw: random.Random, rate: float) -> str:
    """The formula, or with that probability another one of its form; short ones stay."""
    if len(formula) <= _SHORT or draw.random() >= rate:
        return formula
    letters: dict[str, str] = {}

    def changed(atom: re.Match[str]) -> str:
        letter = atom["letter"]
        if letter:
            if letter not in letters:
                new = draw.choice(_LETTERS)
                letters[letter] = new.upper() if letter.isupper() else new
            return letters[letter]
        return number(atom[0], draw) if atom["number"] else atom[0]

    return _ATOM.sub(changed, formula)


def number(text: str, draw: random.Random) -> str:
    """A number of as many digits; one of a single digit stays, for it is rarely a quantity."""
    if len(text) < 2 or not text.isdigit():
        return text
    return str(draw.randrange(10 ** (len(text) - 1), 10 ** len(text)))
