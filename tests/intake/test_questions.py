"""The six questions, however they are spelt."""

from __future__ import annotations

import pytest
import yaml

from paper_notes.intake.ochiai.lines import read_lines
from paper_notes.intake.ochiai.questions import question_of
from tests.conftest import REPOSITORY

SPELLINGS: dict[str, list[str]] = yaml.safe_load(
    (REPOSITORY / "tests/data/notes/spellings.yaml").read_text(encoding="utf-8")
)
CASES = [(name, spelling) for name, spellings in SPELLINGS.items() for spelling in spellings]


@pytest.mark.parametrize(("question", "label"), CASES)
@pytest.mark.parametrize(
    "form", ["## {}", "**{}**", "- {}", "> ### {}", '<font color="red">{}</font>', "- **{}**", "{}"]
)
def test_a_question_is_recognised_however_it_stands_out(
    question: str, label: str, form: str
) -> None:
    (line,) = read_lines(form.format(label))
    assert (line.question, line.answer) == (question, "")


@pytest.mark.parametrize(("question", "label"), CASES)
def test_an_answer_may_stand_behind_its_question(question: str, label: str) -> None:
    label = label.rstrip("?？")
    for form in ("- {}? 答え。", "**{}**: 答え。", "| {} | 答え。 |"):
        (line,) = read_lines(form.format(label))
        assert (line.question, line.answer) == (question, "答え。")


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("what", "概要"),
        ("validation", "実験"),
        ("discussion", "Limitations"),
        ("next_read", "関連論文"),
    ],
)
def test_a_short_name_is_one_as_a_heading_only(question: str, label: str) -> None:
    assert question_of(label, heading=True) == question
    assert question_of(label, heading=False) is None


@pytest.mark.parametrize(
    "text",
    ["", "手法を提案した。", "議論が続いている研究分野である。", "次の表を見よ", "x" * 500, "?"],
)
def test_prose_asks_nothing(text: str) -> None:
    (line,) = read_lines(text)
    assert line.question is None


def test_both_languages_may_ask_at_once() -> None:
    (line,) = read_lines("## どんなもの? / What is it?")
    assert (line.question, line.answer) == ("what", "")


def test_code_asks_nothing() -> None:
    lines = list(read_lines("```\n# どんなもの?\n```\n# どんなもの?"))
    assert [line.question for line in lines] == [None, None, None, "what"]
