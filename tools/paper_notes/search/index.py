"""The inverted index: which papers each token stands in, and how much it says about them.

An entry is a line of text: how many papers have the token, a colon, then six characters for each
of the best of them, the weight and the paper's key. Beside the tokens of the text stand `=name` for
whole names, `#concept` for what synonyms share, and `~c`, which holds no papers but the words that
begin with c, to mend misspelt queries with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from paper_notes.notes.model import Paper
from paper_notes.notes.synonyms import Synonyms
from paper_notes.notes.topics import Topic
from paper_notes.search.concepts import concepts, shown, signs
from paper_notes.search.fields import Source, fields, names, source
from paper_notes.search.keys import keys_of
from paper_notes.search.postings import MOST_WEIGHT, Postings
from paper_notes.search.shards import Entries
from paper_notes.search.tokens import name_key, tokens
from paper_notes.search.vocabulary import vocabulary, words_of

_SATURATION = 2.0  # BM25's k1: a tenth mention says less than a second
_DILUTION = 0.4  # BM25's b: how much a long text thins out its words
_USUAL = 1500  # tokens of a note, each as often as it counts


def build_index(
    papers: Mapping[str, Paper], topics: Mapping[str, Topic], synonyms: Synonyms
) -> Entries:
    """Every entry of the index by its key, sorted. Depends on nothing but what is given.

    Each paper is looked at once and not kept: a mapping may make them as they are asked for.
    """
    keys = keys_of(papers)
    known = signs(concepts(synonyms))
    postings = Postings(keys.values())
    named: Counter[str] = Counter()
    for id, paper in papers.items():
        counts = count_tokens(source(paper), topics)
        weights = _weights(round(counts.total() / _USUAL, 1), max(counts.values()))
        counts.update(shown(known, counts))
        postings.add(keys[id], counts, weights)
        whole = {f"={name_key(name)}" for name in names(paper)}
        postings.add(keys[id], dict.fromkeys(whole, 0), [MOST_WEIGHT])
        named.update(words_of((*names(paper), *paper.authors, *paper.tags)))
    meant = vocabulary(named, len(papers), synonyms, postings.numbers())
    words = {f"~{first}": line for first, line in meant.items()}
    return {
        key: words[key] if key in words else postings.take(key)
        for key in sorted([*postings, *words])
    }


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
    return [round(MOST_WEIGHT * times / (times + half)) for times in range(most + 1)]
