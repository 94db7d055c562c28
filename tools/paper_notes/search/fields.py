"""What of a paper is searched, and how much a word counts where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from paper_notes.notes.model import LANGUAGES, Paper
from paper_notes.notes.topics import Topic
from paper_notes.search.plain import plain

# The answers as excerpts prefer them.
ANSWERS = ("what", "key_idea", "novelty", "validation", "discussion")
_REST = (*ANSWERS[2:], "claims")


@dataclass(frozen=True)
class Field:
    """A text, and how many times each of its words counts."""

    text: str
    weight: int
    brief: bool = True  # few words, chosen with care: even its grammar is searched


@dataclass(frozen=True)
class Source:
    """A paper and its prose as plain text, by language and field."""

    paper: Paper
    prose: Mapping[str, Mapping[str, str]]


def source(paper: Paper) -> Source:
    """The paper as search sees it."""
    return Source(paper, {language: _prose(paper, language) for language in LANGUAGES})


def fields(source: Source, topics: Mapping[str, Topic]) -> Iterator[Field]:
    """Everything that is searched of a paper, in both languages."""
    paper = source.paper
    names = (paper.title, *paper.aliases, paper.id.replace("_", " "))
    yield Field(" | ".join(names), 8)
    yield Field(" | ".join(paper.authors), 6)
    yield Field(" | ".join(paper.tags), 4)
    yield Field(" | ".join(_facts(paper, topics.get(paper.topic))), 3)
    for prose in source.prose.values():
        yield Field(prose["what"], 3)
        yield Field(prose["key_idea"], 2, brief=False)
        yield Field(" | ".join(prose[field] for field in _REST), 1, brief=False)
    yield Field(" | ".join(_elsewhere(paper)), 1)


def names(paper: Paper) -> Iterator[str]:
    """What the paper is called: a query that is just one of these finds it first."""
    yield paper.title
    yield paper.title.partition(":")[0]
    yield paper.id.replace("_", " ")
    yield from paper.aliases
    yield from filter(None, (paper.arxiv, paper.doi))


def _prose(paper: Paper, language: str) -> Mapping[str, str]:
    texts = {question: paper.answer(question).get(language) or "" for question in ANSWERS}
    texts["claims"] = "\n\n".join(claim.says.get(language) or "" for claim in paper.claims)
    return {field: plain(text) for field, text in texts.items()}


def _facts(paper: Paper, topic: Topic | None) -> Iterator[str]:
    yield str(paper.year)
    yield from filter(None, (paper.venue, paper.arxiv, paper.doi))
    if topic:
        yield from filter(None, (topic.name.en, topic.name.ja))


def _elsewhere(paper: Paper) -> Iterator[str]:
    """Papers it points at and the data it was measured on."""
    yield from (read.title for read in paper.next_read if read.title)
    yield from sorted({result.dataset for result in paper.results})
