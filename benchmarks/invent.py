"""Invents papers in numbers: sentences of the real notes, mixed, with invented words in them.

How often a word stands follows Zipf's law, as it does in any language, so that the index has both
its long tail of words that stand in one paper and its few that stand in nearly all.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from paper_notes.notes.model import QUESTIONS, Paper, Text

WORDS = 40_000  # invented ones in each language
RATE = 0.25  # of a sentence's words are invented ones

_SYLLABLES = [a + b for a in "bdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "on")]
_KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニノハヒフヘホマミムメモラリルレロワンッー"
_KANJI = [chr(code) for code in range(0x4E00, 0x4E00 + 1500)]


def invent(papers: Sequence[Paper], number: int, seed: int = 0) -> Iterator[Paper]:
    """So many papers; the same ones for the same seed."""
    draw = random.Random(seed)
    latin = [_latin(draw) for _ in range(WORDS)]
    japanese = [_japanese(draw) for _ in range(WORDS)]
    law = list(accumulate(1 / (rank + 3) for rank in range(WORDS)))
    for count in range(number):
        model = papers[count % len(papers)]
        new = iter(draw.choices(latin, cum_weights=law, k=400))
        neu = iter(draw.choices(japanese, cum_weights=law, k=400))
        name = "".join(draw.choices(_SYLLABLES, k=3)).title()
        answers = {question: _mixed(draw, papers, question, new, neu) for question in QUESTIONS}
        yield replace(
            model,
            id=f"{name.lower()}_{count}",
            title=f"{name}: {' '.join(draw.choices(latin, cum_weights=law, k=6)).title()}",
            authors=tuple(
                f"{draw.choice(latin).title()} {draw.choice(latin).title()}" for _ in range(4)
            ),
            aliases=(name, draw.choice(japanese)),
            year=draw.randint(1990, 2026),
            arxiv=f"{draw.randint(1001, 2612)}.{count:05d}",
            doi=None,
            **answers,
        )


def _mixed(
    draw: random.Random,
    papers: Sequence[Paper],
    question: str,
    latin: Iterator[str],
    japanese: Iterator[str],
) -> Text:
    one, other = (draw.choice(papers).answer(question) for _ in range(2))
    english = re.sub(
        r"\b[a-z]{5,}\b",
        lambda word: next(latin, word[0]) if draw.random() < RATE else word[0],
        one.en or "",
    )
    translated = re.sub(
        "[\u4e00-\u9fff]{2}|[ァ-ヺー]{3,}",
        lambda word: next(japanese, word[0]) if draw.random() < RATE else word[0],
        other.ja or "",
    )
    return Text(english, translated)


def _latin(draw: random.Random) -> str:
    return "".join(draw.choices(_SYLLABLES, k=draw.randint(2, 4)))


def _japanese(draw: random.Random) -> str:
    if draw.random() < 0.4:
        return "".join(draw.choices(_KATAKANA, k=draw.randint(3, 7)))
    return "".join(draw.choices(_KANJI, k=2))
