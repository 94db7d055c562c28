"""The parts that invented papers are made of."""

from __future__ import annotations

import random
import re
from keyword import kwlist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from benchmarks.invented.formulas import variant
from benchmarks.invented.outlines import Outline, outlines
from benchmarks.invented.templates import Slot, filled, prose, sentences
from benchmarks.invented.vocabulary import vocabulary
from benchmarks.invented.yaml_text import scalar, wrapped
from paper_notes.library import Library
from paper_notes.notes.model import Relation

AS_IT_WAS = dict.fromkeys(Slot, lambda text: text)
LINES = st.text("ab 01.:#-,[]{}'\"\\$%&*!|>@`日。")


@given(st.text())
def test_a_template_filled_with_its_own_words_is_the_text(text: str) -> None:
    assert filled(prose(text), AS_IT_WAS) == text


def test_words_and_formulas_are_slots_and_code_and_links_are_not() -> None:
    text = "The `layer norm` of $x_i$ divides [every thing](paper:gan) 正規化。"
    slots = [(slot, part) for slot, part in prose(text) if slot]
    assert slots == [
        (Slot.FORMULA, "$x_i$"),
        (Slot.LATIN, "divides"),
        (Slot.LATIN, "every"),
        (Slot.LATIN, "thing"),
        (Slot.JAPANESE, "正規"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "whole"),
    [
        ("en", "Yes\n(Sec. 2. And so). $a. B$ too.", ["Yes (Sec. 2. And so).", "$a. B$ too."]),
        ("ja", "一つ目\nである。(二つ。)三つ\n。", ["一つ目である。", "(二つ。)三つ。"]),
    ],
)
def test_a_text_falls_into_whole_sentences(language: str, text: str, whole: list[str]) -> None:
    assert [filled(one, AS_IT_WAS) for one in sentences(text, language)] == whole


def test_a_formula_keeps_its_form() -> None:
    made = variant(r"$\mathrm{JSD}(p \| q) = x_{12} + p$", random.Random(1), rate=1)
    found = re.fullmatch(r"\$\\mathrm\{JSD\}\((.) \\\| (.)\) = (.)_\{\d\d\} \+ (.)\$", made)
    assert found is not None
    assert found[1] == found[4]
    assert found.groups() != ("p", "q", "x", "p")


def test_no_word_is_a_keyword_once_it_names_a_class() -> None:
    words = {word.title() for seed in range(3) for word in vocabulary(seed).latin}
    assert words.isdisjoint(kwlist)


def test_a_short_formula_stays_for_many_papers_share_it() -> None:
    assert variant("$x_i$", random.Random(1), rate=1) == "$x_i$"


@given(LINES.map(str.strip).filter(bool))
def test_a_scalar_is_read_back_as_it_was(value: str) -> None:
    strings = YAML(typ="base", pure=True)
    assert strings.load(f"key: {scalar(value)}\n") == {"key": value}
    assert strings.load(f"{{key: {scalar(value, flow=True)}}}\n") == {"key": value}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_line_begins_like_a_list_or_breaks_a_formula(language: str) -> None:
    text = "数は、$a - b$ と 1. で - ある。 " * 9
    lines = wrapped(text, 20, language)
    assert not [line for line in lines if re.match(r"[-+*#>]|\d+\.", line)]
    assert all(line.count("$") % 2 == 0 for line in lines)
    assert len(lines) > 9


@pytest.fixture
def made(invented: Library) -> list[Outline]:
    return outlines(list(invented.papers.values()), 300, 0, vocabulary(0))


def test_what_is_to_be_read_first_is_no_younger(made: list[Outline]) -> None:
    inside = [
        (one, made[read])
        for one in made
        for relation, read in one.reads
        if relation is Relation.PREREQUISITE and isinstance(read, int)
    ]
    assert inside
    assert all(first.year <= one.year for one, first in inside)


def test_older_papers_gather_more_citations(made: list[Outline]) -> None:
    cited = [0] * len(made)
    for one in made:
        for relation, read in one.reads:
            if relation is not Relation.FOLLOW_UP and isinstance(read, int):
                cited[read] += 1
    order = sorted(made, key=lambda one: one.year)
    older, newer = order[:100], order[-100:]
    assert sum(cited[one.number] for one in older) > 3 * sum(cited[one.number] for one in newer)
    assert max(cited) > 10


def test_some_next_reads_are_not_in_the_base(made: list[Outline]) -> None:
    outside = [read for one in made for _, read in one.reads if not isinstance(read, int)]
    assert 0.2 < len(outside) / sum(len(one.reads) for one in made) < 0.7
