"""The inverted index: which papers each token stands in, and how much it says about them.

An entry is a line of text: how many papers have the token, a colon, then six characters for each
of the best of them, the weight and the paper's key. Beside the tokens of the text stand `=name` for
whole names, `#concept` for what synonyms share, and `~c`, which holds no papers but the words that
begin with c, to mend misspelt queries with.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import TypeAlias

from paper_notes.notes.synonyms import Synonyms
from paper_notes.notes.topics import Topic
from paper_notes.search.concepts import concepts, shown
from paper_notes.search.fields import Source, fields, names
from paper_notes.search.keys import keys_of
from paper_notes.search.tokens import fold, joined, name_key, parts, tokens

MOST_PAPERS = 200  # of a token; a word of more papers tells little, and the best are among them
MOST_WORDS = 1000  # that begin with one character
WEIGHTS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"  # as ASCII orders them

_SCALE = len(WEIGHTS) - 1
_PAPERS = 2**20  # weight and number of a paper make one integer: tens of millions of them are held
_SATURATION = 2.0  # BM25's k1: a tenth mention says less than a second
_DILUTION = 0.4  # BM25's b: how much a long text thins out its words
_USUAL = 1500  # tokens of a note, each as often as it counts
_WORD = re.compile("[a-z][a-z0-9]{3,}|[ァ-ヺー]{3,}|[々ぁ-ゖァ-ヺー\u3400-\u9fff]{3,20}")

Postings: TypeAlias = defaultdict[str, "array[int]"]


def build_index(
    sources: Sequence[Source], topics: Mapping[str, Topic], synonyms: Synonyms
) -> Mapping[str, str]:
    """Every entry of the index by its key, sorted. Depends on nothing but the papers."""
    keys = keys_of(source.paper.id for source in sources)
    ordered = sorted(sources, key=lambda source: keys[source.paper.id])
    known = concepts(synonyms)
    postings: Postings = defaultdict(partial(array, "L"))
    for number, source in enumerate(ordered):
        counts = count_tokens(source, topics)
        weights = _weights(round(counts.total() / _USUAL, 1), max(counts.values()))
        for found in (counts, shown(known, counts)):
            for token, times in found.items():
                postings[token].append(weights[times] * _PAPERS + number)
        for name in {name_key(name) for name in names(source.paper)}:
            postings[f"={name}"].append(_SCALE * _PAPERS + number)
    places = [keys[source.paper.id] for source in ordered]
    entries = {token: _entry(found, places) for token, found in postings.items()}
    frequency = {token: len(found) for token, found in postings.items()}
    entries |= _vocabulary(sources, synonyms, frequency)
    return dict(sorted(entries.items()))


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


def _entry(postings: array[int], keys: Sequence[str]) -> str:
    best = sorted(postings, reverse=True)[:MOST_PAPERS]
    papers = (WEIGHTS[one // _PAPERS] + keys[one % _PAPERS] for one in best)
    return f"{len(postings)}:{''.join(papers)}"


def _vocabulary(
    sources: Sequence[Source], synonyms: Synonyms, frequency: Mapping[str, int]
) -> Mapping[str, str]:
    """For each first character the words that a query may have meant, the most frequent first."""
    words: Counter[str] = Counter()
    common = max(2, len(sources) // 4)  # what a quarter of all papers say is "that" and "there"
    for paper in (source.paper for source in sources):
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
