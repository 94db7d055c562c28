"""What a note is: frozen values with their meaning beside them.

The field metadata is the single source of the JSON Schema and of the format reference:
`doc` says what a field holds, `example` shows one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

LANGUAGES = ("en", "ja")
QUESTIONS = ("what", "novelty", "key_idea", "validation", "discussion")  # next_read is the sixth
ID_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"


class Relation(StrEnum):
    """How a next read relates to the paper that names it."""

    PREREQUISITE = "prerequisite"  # read it before this one
    BUILDS_ON = "builds_on"  # this paper extends it
    ALTERNATIVE = "alternative"  # another answer to the same question
    FOLLOW_UP = "follow_up"  # it extends this paper


def doc(text: str, example: Any = None, **kwargs: Any) -> Any:
    """A dataclass field that says what it holds."""
    return field(metadata={"doc": text, "example": example}, **kwargs)


@dataclass(frozen=True)
class Text:
    """The same text in English and Japanese; at least one of them is there."""

    en: str | None = doc("English: Markdown with $math$.", default=None)
    ja: str | None = doc("Japanese: Markdown with $math$.", default=None)

    def get(self, language: str) -> str | None:
        """The text in that language, or None where it has not been written yet."""
        return self.ja if language == "ja" else self.en

    def best(self, language: str) -> tuple[str, str]:
        """The text in that language or else in the other one, and the language it is in."""
        own = self.get(language)
        if own is not None:
            return own, language
        other = "en" if language == "ja" else "ja"
        return self.get(other) or "", other


@dataclass(frozen=True)
class NextRead:
    """A paper to read next, and why."""

    relation: Relation = doc("How that paper relates to this one.", "follow_up")
    why: Text = doc("Why one would read it.")
    paper: str | None = doc(
        "The id of a note in this base.", "weight_standardization", default=None
    )
    title: str | None = doc(
        "The title of a paper that is not here yet.", "Layer Normalization", default=None
    )
    arxiv: str | None = doc("Its arXiv id.", "1607.06450", default=None)
    doi: str | None = doc("Its DOI.", "10.1038/323533a0", default=None)
    url: str | None = doc(
        "Its address, where there is neither arXiv id nor DOI.",
        "https://openreview.net/forum?id=Sy2fzU9gl",
        default=None,
    )


@dataclass(frozen=True)
class Claim:
    """Something the paper says, and how we know: by a test that runs, or only from the paper."""

    says: Text = doc("The claim in one sentence.")
    source: str = doc("Where in the paper it stands.", "Sec. 3.1, Eq. 3")
    test: str | None = doc(
        "The test function in tests/snippets/test_<id>.py that checks it.",
        "test_output_ignores_the_rest_of_the_batch",
        default=None,
    )
    reported: Text | None = doc(
        "Why it is not checked here (then the page shows ○, never ✓).",
        "needs ImageNet",
        default=None,
    )
    stated: Mapping[str, str] = doc(
        "The paper's own figures by the name under which the test records its measured ones; "
        "the page shows both side by side.",
        {"parameters": "110 M"},
        default_factory=dict,
    )


@dataclass(frozen=True)
class Result:
    """One figure from the paper's tables or text."""

    dataset: str = doc("What it was measured on.", "ImageNet")
    metric: str = doc("What was measured, with its unit.", "top-1 error (%)")
    value: str = doc("The figure as the paper prints it.", "24.1")
    source: str = doc("Where in the paper it stands.", "Table 1")
    setting: str | None = doc(
        "Which variant, under which conditions.", "ResNet-50, batch 32", default=None
    )


@dataclass(frozen=True)
class Paper:
    """One paper's note. The id is the file's name without its ending."""

    id: str
    title: str = doc("The title as printed, LaTeX-free.", "Group Normalization")
    authors: tuple[str, ...] = doc(
        "All authors in order, given name first.", ["Yuxin Wu", "Kaiming He"]
    )
    year: int = doc("The year of its first public version.", 2018)
    topic: str = doc("A topic id from papers/topics.yaml.", "training")
    what: Text = doc("What is it? / どんなもの?")
    novelty: Text = doc("What is better than the work before it? / 先行研究と比べてどこがすごい?")
    key_idea: Text = doc("What is the heart of the method? / 技術や手法のキモはどこ?")
    validation: Text = doc("How was it shown to work? / どうやって有効だと検証した?")
    discussion: Text = doc("What is open to debate? / 議論はある?")
    next_read: tuple[NextRead, ...] = doc("Two to five papers to read next. / 次に読むべき論文は?")
    claims: tuple[Claim, ...] = doc("What the paper claims, and how we know.")
    venue: str | None = doc(
        "Where it was published, with the year; arXiv where nowhere else.",
        "ECCV 2018",
        default=None,
    )
    arxiv: str | None = doc("Its arXiv id without version.", "1803.08494", default=None)
    doi: str | None = doc("Its DOI.", "10.1007/978-3-030-01261-8_1", default=None)
    url: str | None = doc(
        "A page for it.", "https://openreview.net/forum?id=Sy2fzU9gl", default=None
    )
    code: str | None = doc(
        "The authors' own code.",
        "https://github.com/facebookresearch/Detectron/blob/master/projects/GN",
        default=None,
    )
    added: date | None = doc("The day the note entered the base.", "2026-11-21", default=None)
    aliases: tuple[str, ...] = doc(
        "Short names people search for, in either language.", ["GN"], default=()
    )
    tags: tuple[str, ...] = doc(
        "Lower-case words joined by hyphens.", ["normalization"], default=()
    )
    results: tuple[Result, ...] = doc("Figures of the paper, each with its place.", default=())

    def answer(self, question: str) -> Text:
        """The answer to one of the five questions in prose."""
        answer: Text = getattr(self, question)
        return answer

    @property
    def published(self) -> tuple[str, int]:
        """Where it was published and when: the venue's year, which may be after `year`."""
        name, _, year = (self.venue or "arXiv").rpartition(" ")
        return (name, int(year)) if name else (year, self.year)
