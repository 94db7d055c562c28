"""What a browser has to know before it can look anything up: where to look, and synonyms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paper_notes.search.shards import CHAPTER, Shards
from paper_notes.search.tokens import fold


@dataclass(frozen=True)
class Directory:
    """The root of the index."""

    papers: int
    chapters: Sequence[str]  # where each begins
    synonyms: Sequence[Sequence[str]]  # folded

    def document(self) -> Mapping[str, object]:
        """The directory as the engine takes it."""
        return {
            "papers": self.papers,
            "length": CHAPTER,
            "chapters": self.chapters,
            "synonyms": self.synonyms,
        }


def directory(papers: int, shards: Shards, synonyms: Sequence[Sequence[str]]) -> Directory:
    """The directory of these shards."""
    return Directory(
        papers=papers,
        chapters=[chapter[0] for chapter in shards.chapters],
        synonyms=[[fold(name) for name in group] for group in synonyms],
    )
