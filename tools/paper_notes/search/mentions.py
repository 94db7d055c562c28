"""Mentions: the tokens of some papers as they are read, and what their postings come to."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from paper_notes.search.blocks import Block
from paper_notes.search.concepts import Concept
from paper_notes.search.fields import Field
from paper_notes.search.postings import MOST_WEIGHT, Numbers, blocks, firsts, pack, span, unpack
from paper_notes.search.terms import Terms

_SATURATION = 2.0  # BM25's k1: a tenth mention says less than a second
_DILUTION = 0.4  # BM25's b: how much a long text thins out its words
_USUAL = 1500  # tokens of a note, each as often as it counts

_TIMES_BITS = 8  # of a token's number of mentions, for how often each counts


class Mentions:
    """The tokens of some papers."""

    def __init__(self, start: int) -> None:
        """`start` is the place of the first paper among all."""
        self._start = start
        self._terms = Terms()
        self._postings: list[Numbers] = []  # of each paper

    def add(self, texts: Iterable[Field], names: Iterable[str]) -> None:
        """The next paper, with its texts and the tokens that are its whole names."""
        tokens, each = array("I"), array("I")
        for text in texts:
            found = self._terms.of(text.text, grammar=text.brief)
            tokens += found
            each += array("I", [text.weight]) * len(found)
        numbers, times = _counted(tokens, each)
        whole = np.array([self._terms.number(name) for name in set(names)], np.int64)
        weights = np.append(_weights(times), np.full_like(whole, MOST_WEIGHT))
        place = np.array(self._start + len(self._postings))
        self._postings.append(pack(np.append(numbers, whole), weights, place))

    def blocks(self, concepts: Iterable[Concept]) -> Mapping[str, Block]:
        """The postings of all that was added, and of the concepts that stand in it."""
        postings = np.concatenate(self._postings)
        postings.sort()
        postings = np.concatenate([postings, *self._concepts(concepts, postings)])
        return blocks(self._terms.names, postings)

    def _concepts(self, concepts: Iterable[Concept], postings: Numbers) -> Iterable[Numbers]:
        """The postings of concepts: each weighs as the lightest token of its best form."""

        def standing(token: str) -> Numbers:
            """More than nothing where a paper has the token, and more by its weight."""
            weights, papers = unpack(postings[span(postings, self._terms.number(token))])
            by_paper = np.zeros(len(self._postings), np.int64)
            by_paper[papers - self._start] = 1 + weights
            return by_paper

        for token, forms in _forms(concepts).items():
            best = np.max([np.min([*map(standing, form)], axis=0) for form in forms], axis=0)
            papers = np.flatnonzero(best)
            if len(papers):
                number = np.array(self._terms.number(token))
                yield np.sort(pack(number, best[papers] - 1, self._start + papers))


def _forms(concepts: Iterable[Concept]) -> Mapping[str, list[frozenset[str]]]:
    """What shows each concept; two groups of synonyms may begin alike and are one concept."""
    forms: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for concept in concepts:
        forms[concept.token] += filter(None, concept.forms)
    return {token: some for token, some in forms.items() if some}


def _counted(tokens: array[int], each: array[int]) -> tuple[Numbers, Numbers]:
    """Every token once, and how often it stands there, each time as much as its place counts."""
    mentions = np.frombuffer(tokens, np.uint32).astype(np.int64) << _TIMES_BITS
    mentions |= np.frombuffer(each, np.uint32)
    mentions.sort()
    first = firsts(mentions >> _TIMES_BITS)
    times = np.add.reduceat(mentions & (1 << _TIMES_BITS) - 1, first)
    return mentions[first] >> _TIMES_BITS, times


def _weights(times: Numbers) -> Numbers:
    length = round(int(times.sum()) / _USUAL, 1)
    half = _SATURATION * (1 - _DILUTION + _DILUTION * length)
    return np.rint(MOST_WEIGHT * times / (times + half)).astype(np.int64)
