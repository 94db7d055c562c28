"""Fills the slots of one paper's texts; the same paper of the same seed is filled alike."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.invented.formulas import number, variant
from benchmarks.invented.templates import Fill, Slot, Template, filled
from benchmarks.invented.vocabulary import Vocabulary

WORDS_ANEW = 0.25  # of a sentence's words are invented ones
FORMULAS_ANEW = 0.6  # a note then has about six that no note before it had, as the real ones have
NUMBERS_ANEW = 0.3  # of the numbers in code


class Filler:
    """Draws what stands in the slots of one paper's texts."""

    def __init__(self, id: str, draw: random.Random, words: Vocabulary) -> None:
        self.draw = draw
        self.latin = words.latin_words(draw)
        self.japanese = words.japanese_words(draw)
        self._names: dict[str, str] = {}
        self._fill: Fill = {
            Slot.LATIN: self._some(self.latin.__next__),
            Slot.JAPANESE: self._some(self.japanese.__next__),
            Slot.FORMULA: lambda formula: variant(formula, draw, FORMULAS_ANEW),
            Slot.NAME: self._name,
            Slot.NUMBER: lambda text: number(text, draw) if draw.random() < NUMBERS_ANEW else text,
            Slot.ID: lambda _: id,
        }

    def __call__(self, template: Template) -> str:
        """The text, every slot filled."""
        return filled(template, self._fill)

    def _some(self, new: Callable[[], str]) -> Callable[[str], str]:
        chance = self.draw.random
        return lambda word: new() if chance() < WORDS_ANEW else word

    def _name(self, old: str) -> str:
        """One new name for each old one, of the same kind."""
        if old not in self._names:
            word = next(self.latin)
            _, _, rest = old.partition("_")
            new = word.title() if old[0].isupper() else f"{word}_{rest}" if rest else word
            self._names[old] = new
        return self._names[old]
