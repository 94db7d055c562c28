"""The words that a query may have meant: those of names, and those that several papers use."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from paper_notes.notes.synonyms import Synonyms
from paper_notes.search.concepts import concepts
from paper_notes.search.tokens import fold, joined, parts

MOST_WORDS = 1000  # that begin with one character

_WORD = re.compile("[a-z][a-z0-9]{3,}|[ァ-ヺー]{3,}|[々ぁ-ゖァ-ヺー\u3400-\u9fff]{3,20}")


def vocabulary(
    named: Counter[str], papers: int, synonyms: Synonyms, numbers: Mapping[str, int]
) -> Mapping[str, str]:
    """For each first character the words that a query may have meant, the most frequent first.

    `named` are the words of the names in all these papers, `numbers` the papers of each token.
    """
    words = named.copy()
    common = max(2, papers // 4)  # what a quarter of all papers say is "that" and "there"
    for token, number in numbers.items():
        if 1 < number <= common and _WORD.fullmatch(token):
            words[token] += number
    for concept, group in zip(concepts(synonyms), synonyms, strict=True):
        if concept.token in numbers:
            words.update(words_of(group))
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for word, _ in sorted(words.items(), key=lambda item: (-item[1], item[0])):
        groups[word[0]].append(word)
    return {first: " ".join(group[:MOST_WORDS]) for first, group in groups.items()}


def words_of(names: Iterable[str]) -> Iterable[str]:
    """The words of these names that are long enough to be taken for another."""
    for name in names:
        for part, japanese in parts(fold(name)):
            word = part if japanese else joined(part)
            if _WORD.fullmatch(word):
                yield word
