"""A file of notes cut into papers, each line of it accounted for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from paper_notes.intake.draft import DraftRead
from paper_notes.intake.ochiai.account import FRAME, KEPT, Account
from paper_notes.intake.ochiai.front_matter import front_matter
from paper_notes.intake.ochiai.lines import Line, is_table_frame, read_lines
from paper_notes.intake.ochiai.next_reads import read_next_read
from paper_notes.intake.ochiai.preface import Preface, with_line, with_title
from paper_notes.notes.fields import language_of
from paper_notes.notes.model import QUESTIONS
from paper_notes.notes.placeholders import placeholder

NEXT_READ = "next_read"


@dataclass
class Found:
    """One paper of the file, as it grows."""

    line: int  # where it begins
    preface: Preface = field(default_factory=Preface)
    answers: dict[str, list[tuple[int, str]]] = field(default_factory=dict)  # with line numbers
    kept: list[str] = field(default_factory=list)
    level: int = 0  # of its title's heading

    def take(self, preface: Preface) -> None:
        """Know more than before; a title that another one replaces is kept."""
        old = self.preface.metadata.title
        if old and old != preface.metadata.title:
            self.kept.append(f"title: {old}")
        self.preface = preface

    @property
    def empty(self) -> bool:
        """Whether nothing of a paper has been seen yet."""
        return not self.answers and self.preface == Preface()

    def text(self, question: str) -> str:
        """The answer to a question, as one text."""
        lines = [text for _, text in self.answers.get(question, [])]
        return "\n".join(_without_margin(lines)).strip("\n")

    def written(self, account: Account) -> dict[str, dict[str, str]]:
        """The answers by question and language; those that say nothing are kept as comments."""
        answers = {}
        for question in QUESTIONS:
            text = self.text(question)
            if not text:
                for number, _ in self.answers.get(question, []):
                    account.say(number, FRAME)
                continue
            empty = placeholder(text) is not None and len(text) < 40
            fate = f"{KEPT}: it says nothing yet" if empty else f"{question}.{language_of(text)}"
            for number, line in self.answers[question]:
                account.say(number, fate if line.strip() else FRAME)
            if empty:
                self.kept.append(f"{question}: {text}")
            else:
                answers[question] = {language_of(text): text}
        return answers

    def reads(self, account: Account) -> list[DraftRead]:
        """The papers to read next; lines that name none are kept as comments."""
        reads: list[DraftRead] = []
        for number, text in self.answers.get(NEXT_READ, []):
            if not text.strip():
                account.say(number, FRAME)
                continue
            read = None if placeholder(text) is not None else read_next_read(text)
            if read is None:
                account.say(number, KEPT)
                self.kept.append(f"{NEXT_READ}: {text.strip()}")
            else:
                account.say(number, f"{NEXT_READ} {len(reads) + 1}")
                reads.append(read)
        return reads


def read_notes(text: str) -> tuple[list[Found], Account]:
    """Every paper in the text, and what became of each of its lines so far."""
    account = Account()
    raw = text.split("\n")
    skipped, entries = front_matter(raw)
    papers = [Found(1)]
    _read_front_matter(papers[0], raw[:skipped], entries, account)
    lines = list(read_lines("\n".join(raw[skipped:]), skipped + 1))
    first = _first_questions(lines)
    question: str | None = None
    in_table = False  # whether the questions are rows of a table
    for index, line in enumerate(lines):
        paper = papers[-1]
        if line.question and not line.fenced and not _repeats(line, question, paper):
            if line.question in paper.answers and line.question == "what":
                paper = _next_paper(papers, line)
            question, in_table = line.question, line.text.lstrip().startswith("|")
            paper.answers.setdefault(question, [])
            account.say(line.number, f"the question {question}")
            if line.answer:
                paper.answers[question].append((line.number, line.answer))
        elif line.title and not line.fenced and _begins_paper(line, index, first, paper):
            if paper.answers or (paper.preface.metadata.title and paper.level >= line.level):
                paper = _next_paper(papers, line)
            paper.take(with_title(paper.preface, line.title))
            paper.level = line.level
            account.say(line.number, "title")
            question = None
        elif question is not None and not (in_table and is_table_frame(line)):
            paper.answers[question].append((line.number, line.text))
        elif question is not None:
            account.say(line.number, FRAME)
        else:
            _read_preface(paper, line, account)
    return [paper for paper in papers if not paper.empty or paper.kept], account


def _read_front_matter(
    paper: Found, raw: list[str], entries: Iterable[tuple[int, str, str]], account: Account
) -> None:
    for number, key, value in entries:
        changed, name = with_line(paper.preface, f"{key}: {value}")
        if name:
            paper.take(changed)
            account.say(number, f"front matter: {name}")
    for number, line in enumerate(raw, 1):
        if number in account.fates:
            continue
        if line.strip() in ("", "---", "+++"):
            account.say(number, FRAME)
        else:
            account.say(number, KEPT)
            paper.kept.append(line)


def _first_questions(lines: list[Line]) -> list[int]:
    """For each line the index of the next question at or after it; len(lines) for none."""
    following, found = [len(lines)] * len(lines), len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].question and not lines[index].fenced:
            found = index
        following[index] = found
    return following


def _repeats(line: Line, question: str | None, paper: Found) -> bool:
    """Whether a line that looks like a question is part of an answer: 実験: inside 検証."""
    answered = line.question in paper.answers
    return answered and (line.question == question or line.question != "what")


def _begins_paper(line: Line, index: int, first: list[int], paper: Found) -> bool:
    """Whether a heading names a paper: a question comes after it, and it stands high enough."""
    if not paper.answers:
        return True
    return first[index] < len(first) and (not paper.level or line.level <= paper.level)


def _next_paper(papers: list[Found], line: Line) -> Found:
    papers.append(Found(line.number))
    return papers[-1]


def _read_preface(paper: Found, line: Line, account: Account) -> None:
    if line.blank or is_table_frame(line) or not line.text.strip("-*_= "):
        account.say(line.number, FRAME)
        return
    changed, name = with_line(paper.preface, line.text)
    if name:
        paper.take(changed)
        account.say(line.number, name)
    else:
        account.say(line.number, KEPT)
        paper.kept.append(line.raw.strip())


def _without_margin(lines: list[str]) -> list[str]:
    """The lines without the blanks that all of them begin with."""
    margins = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    margin = min(margins, default=0)
    return [line[margin:].rstrip() if line.strip() else "" for line in lines]
