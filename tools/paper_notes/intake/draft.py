"""A note that is not finished: what is known so far, written as YAML with guiding comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from paper_notes.intake.metadata import Metadata
from paper_notes.notes.model import LANGUAGES, QUESTIONS
from paper_notes.notes.placeholders import TODO

MODELINE = "# yaml-language-server: $schema=../docs/schema/paper.json"

GUIDES: Mapping[str, tuple[str, str]] = {
    "what": (
        "What is it? The task, the method and the outcome, for somebody who has not read it.",
        "どんなもの? 課題・手法・結果を、論文を読んでいない人に向けて書く。",
    ),
    "novelty": (
        "What is better than the work before it? Name that work and what it could not do.",
        "先行研究と比べてどこがすごい? その先行研究の名前と、できなかったことを書く。",
    ),
    "key_idea": (
        "What is the heart of the method? The one equation or trick, with its place (Eq. 3).",
        "技術や手法のキモはどこ? 核になる式や工夫を、論文中の場所(Eq. 3)とともに書く。",
    ),
    "validation": (
        "How was it shown to work? Data, baselines and figures, each with its table.",
        "どうやって有効だと検証した? データ、比較対象、数値を表の番号とともに書く。",
    ),
    "discussion": (
        "What is open to debate? What a careful reader doubts; who uses it; when one would not.",
        "議論はある? 注意深い読者が疑う点、使いどころ、使うべきでない場面を書く。",
    ),
    "next_read": (
        "What to read next? Two to five papers; `relation` says what that paper is to this one:\n"
        "prerequisite, builds_on, alternative or follow_up.\n"
        "Of a paper in this base the id is enough.",
        "次に読むべき論文は? 2〜5本。この base にある論文なら `paper: <id>` だけでよい。",
    ),
    "claims": (
        "What the paper claims. `test` names the test that checks it; where none can be written,\n"
        "`reported: needs ImageNet` says why in its place. At least one test is due.",
        "論文の主張。確かめるテストの名前を `test` に、書けない場合は理由を `reported` に書く。",
    ),
}


@dataclass(frozen=True)
class DraftRead:
    """A paper to read next, as far as it is known."""

    paper: str | None = None
    title: str | None = None
    arxiv: str | None = None
    doi: str | None = None
    url: str | None = None
    relation: str = TODO
    why: Mapping[str, str] = field(default_factory=dict)  # by language


@dataclass(frozen=True)
class Draft:
    """What is known of a note. Everything that is missing becomes a TODO with its guide."""

    metadata: Metadata
    added: str  # the day, as 2026-11-21
    topics: Sequence[str]  # the ids to choose from
    topic: str | None = None
    tags: Sequence[str] = ()
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # question → language
    next_read: Sequence[DraftRead] = ()
    kept: Sequence[str] = ()  # lines without a place in a note: comments at its end


def as_yaml(draft: Draft, test: str) -> str:
    """The draft as the text of a note; `test` is the function that its first claim names."""
    blocks = [
        [MODELINE, *_metadata(draft)],
        *(_question(name, draft.answers.get(name, {})) for name in QUESTIONS),
        _next_read(draft.next_read),
        _claims(test),
    ]
    if draft.kept:
        blocks.append(["# Kept from where this came from; it has no place above:"])
        lines = (line for kept in draft.kept for line in kept.split("\n"))
        blocks[-1] += [f"#   {line}".rstrip() for line in lines]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def scalar(text: str) -> str:
    """The text as a YAML scalar on one line, quoted only where it has to be."""
    written: str = yaml.safe_dump(text, allow_unicode=True, width=float("inf"))
    written = written.removesuffix("...\n").strip()
    return scalar_quoted(text) if "\n" in written else written


def _metadata(draft: Draft) -> Iterator[str]:
    known = draft.metadata
    yield f"title: {scalar(known.title)}"
    authors = ", ".join(_in_list(author) for author in known.authors)
    yield f"authors: [{authors or TODO}]"
    yield f"year: {known.year or TODO}"
    if known.venue:
        yield f"venue: {scalar(known.venue)}"
    for key in ("arxiv", "doi", "url"):
        if value := getattr(known, key):
            yield f"{key}: {_id_or_scalar(key, value)}"
    yield f"added: {draft.added}"
    choices = f"  # one of: {', '.join(draft.topics)}" if not draft.topic else ""
    yield f"topic: {draft.topic or TODO}{choices}"
    yield f"tags: [{', '.join(draft.tags)}]"


def _id_or_scalar(key: str, value: str) -> str:
    """An arXiv id stands without quotes: here every scalar is a string, 1803.08490 too."""
    return value if key == "arxiv" else scalar(value)


def _in_list(text: str) -> str:
    """A scalar inside [ ]: there a comma or a bracket has to be quoted too."""
    written = scalar(text)
    plain = written[:1] not in "'\"" and re.search(r"[,\[\]{}]", written)
    return scalar_quoted(text) if plain else written


def scalar_quoted(text: str) -> str:
    """The text as a YAML scalar in double quotes."""
    quoted: str = yaml.safe_dump(text, allow_unicode=True, width=float("inf"), default_style='"')
    return quoted.strip()


def _guide(name: str) -> list[str]:
    return [f"# {line}" for text in GUIDES[name] for line in text.split("\n")]


def _question(name: str, answers: Mapping[str, str]) -> list[str]:
    lines = [*([] if answers else _guide(name)), f"{name}:"]
    # What came in one language needs no other: the page shows it with a notice.
    for language in answers or LANGUAGES:
        lines += _block(language, answers.get(language, TODO), "  ")
    return lines


def _block(key: str, text: str, indent: str) -> list[str]:
    """A text behind its key: on its line, as a | block, or quoted where a block cannot hold it."""
    text = text.strip("\n")
    if "\n" not in text and len(text) < 80:
        return [f"{indent}{key}: {scalar(text)}"]
    if text[:1].isspace() or any(line != line.rstrip() for line in text.split("\n")):
        return [f"{indent}{key}: {scalar_quoted(text)}"]
    return [f"{indent}{key}: |", *(f"{indent}  {line}".rstrip() for line in text.split("\n"))]


def _next_read(reads: Sequence[DraftRead]) -> list[str]:
    lines = [*_guide("next_read"), "next_read:"]
    missing = [DraftRead(title=TODO, arxiv=TODO)] * (2 - len(reads))
    for read in [*reads, *missing]:
        lines += _read(read)
    return lines


def _read(read: DraftRead) -> Iterator[str]:
    keys = ("paper", "title", "arxiv", "doi", "url")
    targets = {key: value for key in keys if (value := getattr(read, key))}
    fields = [f"{key}: {_id_or_scalar(key, value)}" for key, value in targets.items()]
    if not read.paper and not (read.arxiv or read.doi or read.url):
        fields.append(f"arxiv: {TODO}  # or doi, or url")
    for index, line in enumerate([*fields, f"relation: {read.relation}", "why:"]):
        yield f"  {'-' if index == 0 else ' '} {line}"
    for language in read.why or LANGUAGES:
        yield from _block(language, read.why.get(language, TODO), "      ")


def _claims(test: str) -> list[str]:
    return [
        *_guide("claims"),
        "claims:",
        "  - says:",
        *(f"      {language}: {TODO}" for language in LANGUAGES),
        f"    source: {TODO}",
        f"    test: {test}",
    ]
