"""The inverted index: which papers each token stands in, and how much it says about them.

An entry is a line of text: how many papers have the token, a colon, then six characters for each
of the best of them, the weight and the paper's key. Beside the tokens of the text stand `=name` for
whole names, `#concept` for what synonyms share, and `~c`, which holds no papers but the words that
begin with c, to mend misspelt queries with.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from paper_notes.notes.model import Paper
from paper_notes.notes.synonyms import Synonyms
from paper_notes.notes.topics import Topic
from paper_notes.search.concepts import Signs, concepts, shown, signs
from paper_notes.search.fields import Source, fields, names, source
from paper_notes.search.keys import LENGTH, keys_of
from paper_notes.search.shards import Entries
from paper_notes.search.tokens import fold, joined, name_key, parts, tokens

MOST_PAPERS = 200  # of a token; a word of more papers tells little, and the best are among them
MOST_WORDS = 1000  # that begin with one character
WEIGHTS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"  # as ASCII orders them

_SCALE = len(WEIGHTS) - 1
_POSTING = 1 + LENGTH  # characters of a paper in an entry
_SATURATION = 2.0  # BM25's k1: a tenth mention says less than a second
_DILUTION = 0.4  # BM25's b: how much a long text thins out its words
_USUAL = 1500  # tokens of a note, each as often as it counts
_WORD = re.compile("[a-z][a-z0-9]{3,}|[ァ-ヺー]{3,}|[々ぁ-ゖァ-ヺー\u3400-\u9fff]{3,20}")

# For each token its papers as they stand in the index. There are millions of them, but few that
# differ: tokens that weigh alike in a paper share one string.
Postings: TypeAlias = defaultdict[str, list[str]]
Share: TypeAlias = Callable[[Callable[[int], Entries], Sequence[int]], Iterable[Entries]]


def build_index(
    papers: Sequence[Paper],
    topics: Mapping[str, Topic],
    synonyms: Synonyms,
    share: Share = map,
    parts: int = 1,
) -> Entries:
    """Every entry of the index by its key, sorted. Depends on nothing but what is given.

    `share` applies a function to each of so many items and gives the results in any order: what
    does so in several processes makes the index sooner, and the same one.
    """
    keys = keys_of(paper.id for paper in papers)
    known = signs(concepts(synonyms))

    def part(number: int) -> Entries:
        return _part(papers[number::parts], topics, known, keys)

    entries = _joined(share(part, range(parts)))
    frequency = {token: int(entry.partition(":")[0]) for token, entry in entries.items()}
    entries |= _vocabulary(papers, synonyms, frequency)
    return dict(sorted(entries.items()))


def _part(
    papers: Iterable[Paper], topics: Mapping[str, Topic], known: Signs, keys: Mapping[str, str]
) -> Entries:
    """The entries of some papers."""
    postings: Postings = defaultdict(list)
    for paper in papers:
        key = keys[paper.id]
        counts = count_tokens(source(paper), topics)
        weights = _weights(round(counts.total() / _USUAL, 1), max(counts.values()))
        own = [WEIGHTS[weight] + key for weight in weights]  # by how often a token stands in it
        for found in (counts, shown(known, counts)):
            for token, times in found.items():
                postings[token].append(own[times])
        for name in {name_key(name) for name in names(paper)}:
            postings[f"={name}"].append(WEIGHTS[_SCALE] + key)
    return {token: _entry(len(found), found) for token, found in postings.items()}


def _joined(parts: Iterable[Entries]) -> dict[str, str]:
    """The entries of several parts as one; of each token the best papers of them all."""
    entries: dict[str, str] = {}
    for part in parts:
        if not entries:
            entries.update(part)
            continue
        for token, entry in part.items():
            entries[token] = _both(entries[token], entry) if token in entries else entry
    return entries


def _both(one: str, other: str) -> str:
    numbers, papers = zip(*(entry.split(":", 1) for entry in (one, other)), strict=True)
    both = "".join(papers)
    return _entry(
        sum(map(int, numbers)), [both[at : at + _POSTING] for at in range(0, len(both), _POSTING)]
    )


def count_tokens(source: Source, topics: Mapping[str, Topic]) -> Counter[str]:
    """How often each token stands in a paper, each time as much as its place counts."""
    counts: Counter[str] = Counter()
    for field in fields(source, topics):
        counts.update(tokens(field.text, grammar=field.brief) * field.weight)
    return counts


@cache
def _weights(length: float, most: int) -> Sequence[int]:
    """The weight of a token by how often it stands in a text of this many times the usual."""
    half = _SATURATION * (1 - _DILUTION + _DILUTION * length)
    return [round(_SCALE * times / (times + half)) for times in range(most + 1)]


def _entry(number: int, papers: Iterable[str]) -> str:
    best = sorted(papers, reverse=True)[:MOST_PAPERS]  # weights stand first and sort as text
    return f"{number}:{''.join(best)}"


def _vocabulary(
    papers: Sequence[Paper], synonyms: Synonyms, frequency: Mapping[str, int]
) -> Mapping[str, str]:
    """For each first character the words that a query may have meant, the most frequent first."""
    words: Counter[str] = Counter()
    common = max(2, len(papers) // 4)  # what a quarter of all papers say is "that" and "there"
    for paper in papers:
        named = [*names(paper), *paper.authors, *paper.tags]
        words.update(word for name in named for word in _words(name))
    for token, papers_with in frequency.items():
        if 1 < papers_with <= common and _WORD.fullmatch(token):
            words[token] += papers_with
    for concept, group in zip(concepts(synonyms), synonyms, strict=True):
        if concept.token in frequency:
            words.update(word for name in group for word in _words(name))
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for word, _ in sorted(words.items(), key=lambda item: (-item[1], item[0])):
        groups[word[0]].append(word)
    return {f"~{first}": " ".join(group[:MOST_WORDS]) for first, group in groups.items()}


def _words(name: str) -> Iterable[str]:
    for part, japanese in parts(fold(name)):
        word = part if japanese else joined(part)
        if _WORD.fullmatch(word):
            yield word
