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


@dataclass(frozen=True, slots=True)
class Doc:
    """What a field holds, in both languages."""

    en: str
    ja: str

    @property
    def both(self) -> str:
        """What an editor shows: it knows one description only."""
        return f"{self.en}\n{self.ja}"


def doc(en: str, ja: str, example: Any = None, **kwargs: Any) -> Any:
    """A dataclass field that says, in both languages, what it holds."""
    return field(metadata={"doc": Doc(en, ja), "example": example}, **kwargs)


@dataclass(frozen=True, slots=True)
class Text:
    """The same text in English and Japanese; at least one of them is there."""

    en: str | None = doc(
        "English: Markdown with $math$.", "英語。Markdown と $数式$ が使える。", default=None
    )
    ja: str | None = doc(
        "Japanese: Markdown with $math$.", "日本語。Markdown と $数式$ が使える。", default=None
    )

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


@dataclass(frozen=True, slots=True)
class NextRead:
    """A paper to read next, and why."""

    relation: Relation = doc(
        "How that paper relates to this one.",
        "その論文がこの論文にとって何にあたるか。",
        "follow_up",
    )
    why: Text = doc("Why one would read it.", "読む理由。")
    paper: str | None = doc(
        "The id of a note in this base.",
        "この知識ベースにある論文の id。",
        "weight_standardization",
        default=None,
    )
    title: str | None = doc(
        "The title of a paper that is not here yet.",
        "まだ収録していない論文の題名。",
        "Layer Normalization",
        default=None,
    )
    arxiv: str | None = doc("Its arXiv id.", "その arXiv 番号。", "1607.06450", default=None)
    doi: str | None = doc("Its DOI.", "その DOI。", "10.1038/323533a0", default=None)
    url: str | None = doc(
        "Its address, where there is neither arXiv id nor DOI.",
        "arXiv 番号も DOI もない場合の URL。",
        "https://openreview.net/forum?id=Sy2fzU9gl",
        default=None,
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """Something the paper says, and how we know: by a test that runs, or only from the paper."""

    says: Text = doc("The claim in one sentence.", "論文の主張を一文で。")
    source: str = doc("Where in the paper it stands.", "論文中の場所。", "Sec. 3.1, Eq. 3")
    test: str | None = doc(
        "The test function in tests/snippets/test_<id>.py that checks it.",
        "主張を確かめるテスト関数の名前(tests/snippets/test_<id>.py の中)。",
        "test_output_ignores_the_rest_of_the_batch",
        default=None,
    )
    reported: Text | None = doc(
        "Why it is not checked here (then the page shows ○, never ✓).",
        "ここで確かめない理由(ページでは ✓ ではなく ○ になる)。",
        "needs ImageNet",
        default=None,
    )
    stated: Mapping[str, str] = doc(
        "The paper's own figures by the name under which the test records its measured ones; "
        "the page shows both side by side.",
        "論文の数値。テストが測った値を記録する名前を見出しにする。ページに並べて示される。",
        {"parameters": "110 M"},
        default_factory=dict,
    )


@dataclass(frozen=True, slots=True)
class Result:
    """One figure from the paper's tables or text."""

    dataset: str = doc("What it was measured on.", "測定に使ったデータ。", "ImageNet")
    metric: str = doc("What was measured, with its unit.", "測った指標と単位。", "top-1 error (%)")
    value: str = doc("The figure as the paper prints it.", "論文に載っているとおりの数値。", "24.1")
    source: str = doc("Where in the paper it stands.", "論文中の場所。", "Table 1")
    setting: str | None = doc(
        "Which variant, under which conditions.",
        "モデルの種類や条件。",
        "ResNet-50, batch 32",
        default=None,
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper's note. The id is the file's name without its ending."""

    id: str
    title: str = doc(
        "The title as printed, LaTeX-free.",
        "論文の題名。LaTeX の命令は使わない。",
        "Group Normalization",
    )
    authors: tuple[str, ...] = doc(
        "All authors in order, given name first.",
        "著者全員。掲載順に、名・姓の順で書く。",
        ["Yuxin Wu", "Kaiming He"],
    )
    year: int = doc("The year of its first public version.", "最初に公開された年。", 2018)
    topic: str = doc(
        "A topic id from papers/topics.yaml.", "papers/topics.yaml にある分野の id。", "training"
    )
    what: Text = doc("What is it?", "どんなもの?")
    novelty: Text = doc("What is better than the work before it?", "先行研究と比べてどこがすごい?")
    key_idea: Text = doc("What is the heart of the method?", "技術や手法のキモはどこ?")
    validation: Text = doc("How was it shown to work?", "どうやって有効だと検証した?")
    discussion: Text = doc("What is open to debate?", "議論はある?")
    next_read: tuple[NextRead, ...] = doc("Two to five papers to read next.", "次に読むべき論文は?")
    claims: tuple[Claim, ...] = doc(
        "What the paper claims, and how we know.", "論文の主張と、その根拠。"
    )
    venue: str | None = doc(
        "Where it was published, with the year; arXiv where nowhere else.",
        "発表の場と年。ほかになければ arXiv と書く。",
        "ECCV 2018",
        default=None,
    )
    arxiv: str | None = doc(
        "Its arXiv id without version.",
        "arXiv 番号(版の番号は付けない)。",
        "1803.08494",
        default=None,
    )
    doi: str | None = doc("Its DOI.", "その DOI。", "10.1007/978-3-030-01261-8_1", default=None)
    url: str | None = doc(
        "A page for it.",
        "論文のページの URL。",
        "https://openreview.net/forum?id=Sy2fzU9gl",
        default=None,
    )
    code: str | None = doc(
        "The authors' own code.",
        "著者自身のコード。",
        "https://github.com/facebookresearch/Detectron/blob/master/projects/GN",
        default=None,
    )
    added: date | None = doc(
        "The day the note entered the base.", "要約を加えた日。", "2026-11-21", default=None
    )
    aliases: tuple[str, ...] = doc(
        "Short names people search for, in either language.",
        "検索されそうな略称や別名。どちらの言語でもよい。",
        ["GN"],
        default=(),
    )
    tags: tuple[str, ...] = doc(
        "Lower-case words joined by hyphens.",
        "小文字の語。ハイフンでつなぐ。",
        ["normalization"],
        default=(),
    )
    results: tuple[Result, ...] = doc(
        "Figures of the paper, each with its place.",
        "論文に載っている数値と、その場所。",
        default=(),
    )

    def answer(self, question: str) -> Text:
        """The answer to one of the five questions in prose."""
        answer: Text = getattr(self, question)
        return answer

    @property
    def published(self) -> tuple[str, int]:
        """Where it was published and when: the venue's year, which may be after `year`."""
        name, _, year = (self.venue or "arXiv").rpartition(" ")
        return (name, int(year)) if name else (year, self.year)
