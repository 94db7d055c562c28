"""Invented notes: outlines filled with sentences of the real notes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from benchmarks.invented.filler import Filler
from benchmarks.invented.formulas import number
from benchmarks.invented.outlines import NEWEST, Outline, Outside, outlines
from benchmarks.invented.templates import Template, prose, sentences
from benchmarks.invented.vocabulary import Vocabulary, vocabulary
from paper_notes.notes.model import (
    LANGUAGES,
    QUESTIONS,
    Claim,
    NextRead,
    Paper,
    Relation,
    Result,
    Text,
)

_FIRST_DAY = date(2024, 1, 1)
_DAYS = 700  # in which notes were added
_ASIDES = 0.15  # of the answers end in a sentence with a link or with code
_RARE_TAGS = 200

Pair = tuple[Template, Template]  # the same sentence in both languages


@dataclass(frozen=True)
class Stock:
    """The sentences of the real notes, taken apart."""

    answers: Mapping[tuple[str, str], Sequence[Sequence[Template]]]  # by question and language
    reasons: Mapping[Relation, Sequence[Pair]]
    claims: Sequence[Sequence[Pair]]  # for each real paper


def invent(models: Sequence[Paper], number: int, seed: int = 0) -> Iterator[Paper]:
    """So many papers, one at a time; the same ones for the same seed."""
    words = vocabulary(seed)
    made = outlines(models, number, seed, words)
    stock = _stock(models)
    for one in made:
        yield _paper(one, made, models, stock, words, seed)


def filler(one_id: str, seed: int, purpose: str, words: Vocabulary) -> Filler:
    """What fills one paper's texts, or its code, independently of all others."""
    return Filler(one_id, random.Random(f"{purpose} {one_id} {seed}"), words)


def _stock(models: Sequence[Paper]) -> Stock:
    answers = {
        (question, language): [
            tuple(sentences(model.answer(question).get(language) or "", language))
            for model in models
        ]
        for question in QUESTIONS
        for language in LANGUAGES
    }
    reasons = defaultdict(list)
    for model in models:
        for read in model.next_read:
            reasons[read.relation].append(_pair(read.why))
    claims = [[_pair(claim.says) for claim in model.claims] for model in models]
    return Stock(answers, reasons, claims)


def _pair(text: Text) -> Pair:
    return prose(" ".join((text.en or "").split())), prose("".join((text.ja or "").split("\n")))


def _paper(
    one: Outline,
    made: Sequence[Outline],
    models: Sequence[Paper],
    stock: Stock,
    words: Vocabulary,
    seed: int,
) -> Paper:
    model, fill = models[one.model], filler(one.id, seed, "note", words)
    draw = fill.draw
    venue, _ = model.published
    answers: dict[str, Any] = {q: _answer(q, one, made, stock, fill) for q in QUESTIONS}
    return replace(
        model,
        id=one.id,
        title=one.title,
        authors=_authors(len(model.authors), fill),
        aliases=(one.name, next(fill.japanese)),
        year=one.year,
        venue=None if venue == "arXiv" else f"{venue} {min(one.year + 1, NEWEST)}",
        arxiv=one.arxiv,
        doi=one.doi,
        url=None,
        code=f"https://github.com/{next(fill.latin)}/{next(fill.latin)}" if model.code else None,
        added=_FIRST_DAY + timedelta(draw.randrange(_DAYS)),
        tags=_tags(model.tags, fill, words),
        next_read=tuple(_read(*read, made, stock, fill) for read in one.reads),
        claims=_claims(model, stock.claims[one.model], fill),
        results=tuple(_result(result, draw) for result in model.results),
        **answers,
    )


def _authors(number: int, fill: Filler) -> tuple[str, ...]:
    names = (f"{next(fill.latin).title()} {next(fill.latin).title()}" for _ in range(number))
    return tuple(dict.fromkeys(names))


def _tags(tags: Sequence[str], fill: Filler, words: Vocabulary) -> tuple[str, ...]:
    rare = words.latin[int(_RARE_TAGS * fill.draw.random() ** 3)]
    return tuple(dict.fromkeys((*tags, rare))) if fill.draw.random() < 0.3 else tuple(tags)


def _answer(
    question: str, one: Outline, made: Sequence[Outline], stock: Stock, fill: Filler
) -> Text:
    """As long as the model's answer, each sentence from any real paper's answer to the question."""
    texts = {}
    for language, blank in (("en", " "), ("ja", "")):
        real = stock.answers[question, language]
        written = [own for own in real if own]  # a real note may lack a translation
        length = len(real[one.model] or written[0])
        chosen = [_sentence(fill.draw.choice(written), place) for place in range(length)]
        texts[language] = blank.join(map(fill, chosen))
    if fill.draw.random() < _ASIDES:
        english, japanese = _aside(one, made, fill)
        texts = {"en": f"{texts['en']} {english}", "ja": texts["ja"] + japanese}
    return Text(**texts)


def _sentence(answer: Sequence[Template], place: int) -> Template:
    return answer[min(place, len(answer) - 1)]


def _aside(one: Outline, made: Sequence[Outline], fill: Filler) -> tuple[str, str]:
    inside = [made[read] for _, read in one.reads if not isinstance(read, Outside)]
    if inside and fill.draw.random() < 0.5:
        link = f"[{inside[0].name}](paper:{inside[0].id})"
        return f"Compare {link}.", f"{link} と比べるとよい。"
    code = f"`{next(fill.latin)}(x, {fill.draw.randrange(2, 64)})`"
    return f"In code it is {code}.", f"コードでは {code} と書く。"


def _read(
    relation: Relation,
    read: int | Outside,
    made: Sequence[Outline],
    stock: Stock,
    fill: Filler,
) -> NextRead:
    english, japanese = fill.draw.choice(stock.reasons[relation])
    why = Text(fill(english) or None, fill(japanese) or None)
    if isinstance(read, Outside):
        return NextRead(relation, why, title=read.title, arxiv=read.arxiv, doi=read.doi)
    return NextRead(relation, why, paper=made[read].id)


def _claims(model: Paper, says: Sequence[Pair], fill: Filler) -> tuple[Claim, ...]:
    return tuple(
        replace(claim, says=Text(fill(english) or None, fill(japanese) or None))
        for claim, (english, japanese) in zip(model.claims, says, strict=True)
    )


def _result(result: Result, draw: random.Random) -> Result:
    head, point, tail = result.value.partition(".")
    digits = tail if point and tail.isdigit() else ""
    return replace(result, value=head + point + number(digits, draw)) if digits else result
