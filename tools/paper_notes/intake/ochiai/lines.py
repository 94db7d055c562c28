"""A line of Markdown without its decoration: what it says, and how it stands out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from paper_notes.intake.ochiai.questions import is_suffix, question_of

_FENCE = re.compile(r"\s*(?:>\s*)*(`{3,}|~{3,})")
_QUOTE = re.compile(r"^\s*(?:>\s?)+")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})(?!#)(.*)$")
_BULLET = re.compile(r"^\s*[-*+\u30fb\u25cf\u25cb\u25a0\u25a1\u25c6\u25c7\u25aa]\s*(?=\S)")
_NUMBER = re.compile(
    r"^\s*+(?:[(\uff08\[]?\s*+(?:Q|\u554f)?[0-9\uff10-\uff19]{1,2}\s*[)\uff09\].\uff0e\u3002\u3001:\uff1a]+"
    r"|[\u2460-\u2473])\s*"
)
_TAG = re.compile(
    r"</?(?:font|b|strong|i|em|u|span|center|big|small|mark|div|p|h[1-6])\b[^<>]*>", re.IGNORECASE
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BOLD = re.compile(r"^(\*\*|__)(.{1,200}?)\1[ \t]*[:\uff1a]?(.*)$")
_LABEL_END = re.compile(r"[?\uff1f:\uff1a]+|\s[-\u2013\u2014]\s")
_FARTHEST = 300  # characters within which a question ends; behind them stands prose
_FRAME = frozenset(
    {"項目", "内容", "質問", "問い", "回答", "答え", "item", "content", "question", "answer", ""}
)


@dataclass(frozen=True)
class Line:
    """One line of the file."""

    number: int
    raw: str
    text: str  # without quote marks and cosmetic tags
    level: int = 0  # of a heading; 0 where it is none
    title: str = ""  # the heading's words
    question: str | None = None  # which of the six it asks
    answer: str = ""  # what stands behind the question on the same line
    fenced: bool = False  # inside a block of code, whose lines mean themselves

    @property
    def blank(self) -> bool:
        """Whether nothing stands here."""
        return not self.text.strip()


def read_lines(text: str, first: int = 1) -> Iterator[Line]:
    """Every line with what it is; blocks of code are left alone."""
    fence = ""
    for number, raw in enumerate(text.split("\n"), first):
        raw = raw.rstrip("\r")
        mark = _FENCE.match(raw)
        if fence:
            yield Line(number, raw, raw, fenced=True)
            if mark and mark[1].startswith(fence):
                fence = ""
        elif mark:
            fence = mark[1]
            yield Line(number, raw, raw, fenced=True)
        else:
            yield _read_line(number, raw)


def is_table_frame(line: Line) -> bool:
    """Whether the line only draws a table: its rule, or a header such as | 項目 | 内容 |."""
    rule = "--" in line.text and not line.text.strip(" \t|:-")
    header = all(cell.lower() in _FRAME for cell in _cells(line.text))
    return "|" in line.text and (rule or header)


def without_bullet(text: str) -> str:
    """The text behind a list mark or a number."""
    return _NUMBER.sub("", _BULLET.sub("", text))


def _read_line(number: int, raw: str) -> Line:
    text = _TAG.sub("", _BREAK.sub("  ", _QUOTE.sub("", raw))).rstrip()
    heading = _HEADING.match(text)
    if heading:
        title = _plain(re.sub(r"\s#+$", "", heading[2].strip()))
        question, answer = _question(title, heading=True)
        return Line(number, raw, text, len(heading[1]), title, question, answer)
    if "|" in text and (cells := _cells(text)) and len(cells) >= 2:
        question = question_of(_plain(cells[0]), heading=True)
        if question:
            answer = " | ".join(cells[1:]).replace("  ", "\n").strip()
            return Line(number, raw, text, question=question, answer=answer)
    body = without_bullet(text)
    bold = _BOLD.match(body)
    if bold:
        alone = not bold[3].strip()
        question, answer = _question(_plain(bold[2]), heading=alone)
        if question:
            return Line(number, raw, text, question=question, answer=f"{answer} {bold[3]}".strip())
    question, answer = _question(body, heading=False)
    return Line(number, raw, text, question=question, answer=answer)


def _question(text: str, *, heading: bool) -> tuple[str | None, str]:
    """The question that the text asks, and what it says behind it."""
    for end in _LABEL_END.finditer(text, 0, _FARTHEST):
        question = question_of(_plain(text[: end.start()]), heading=heading)
        if question:
            rest = text[end.end() :].strip().lstrip("*_").strip()
            more = _LABEL_END.search(rest)
            if more and is_suffix(rest[: more.start()]):
                rest = rest[more.end() :].strip()
            again = rest.lstrip("/\uff0f|").strip()  # the same question in the other language
            said = is_suffix(rest) or question_of(again, heading=True) == question
            return question, "" if said else rest
    return question_of(text, heading=heading), ""


def _plain(text: str) -> str:
    return without_bullet(text).strip().strip("*_`").strip()


def _cells(text: str) -> list[str]:
    row = text.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)]
