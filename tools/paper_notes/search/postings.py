"""Postings: which papers each token stands in, and how much it says about them.

There are millions of them. So a posting is a number, what its weight lacks and then the paper, and
behind the number of its token it is sorted with all others at once: the least is the best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paper_notes.search.blocks import Block, beginning
from paper_notes.search.keys import LENGTH

MOST_PAPERS = 200  # of a token; a word of more papers tells little, and the best are among them
WEIGHTS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"  # as ASCII orders them
MOST_WEIGHT = len(WEIGHTS) - 1

Numbers = NDArray[np.int64]

_POSTING_BITS, _PAPER_BITS = 30, 24  # and 32 for the token: 62, or it would become negative
_SIZE = 1 + LENGTH  # of a posting in an entry: the weight and the paper's key


def pack(tokens: Numbers, weights: Numbers, papers: Numbers) -> Numbers:
    """Postings behind the numbers of their tokens.

    Papers are places among all papers, where the last key comes first.
    """
    return tokens << _POSTING_BITS | (MOST_WEIGHT - weights) << _PAPER_BITS | papers


def unpack(postings: Numbers) -> tuple[Numbers, Numbers]:
    """The weights and the papers of postings."""
    return MOST_WEIGHT - (postings >> _PAPER_BITS & MOST_WEIGHT), postings & (1 << _PAPER_BITS) - 1


def span(postings: Numbers, token: int) -> slice:
    """Where those of a token are among sorted postings."""
    ends = np.array([token, token + 1], np.int64) << _POSTING_BITS
    return slice(*np.searchsorted(postings, ends).tolist())


def blocks(
    names_of: Callable[[Sequence[int]], Sequence[str]], postings: Numbers
) -> Mapping[str, Block]:
    """The blocks of these postings by what tokens begin with.

    Those of a token stand together, the best first.
    """
    first = firsts(postings >> _POSTING_BITS)
    names = names_of((postings[first] >> _POSTING_BITS).tolist())
    order = sorted(range(len(names)), key=names.__getitem__)
    numbers = np.diff(first, append=len(postings))[order]
    ends = _ends(numbers)
    chosen = postings[np.repeat(first[order] - ends[:-1], np.diff(ends)) + np.arange(ends[-1])]
    chosen &= (1 << _POSTING_BITS) - 1
    found: dict[str, Block] = {}
    at = 0
    for start, group in groupby((names[place] for place in order), key=beginning):
        tokens = "\n".join(group).encode()
        here = slice(at, at := at + 1 + tokens.count(b"\n"))
        theirs = chosen[ends[here.start] : ends[here.stop]]
        found[start] = Block(tokens, _packed(numbers[here]), _packed(theirs))
    return found


def entries(blocks: Sequence[Block], keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every token of these blocks in order, and its entry for all of their papers.

    `keys` are those of all papers, the last first.
    """
    names = [block.tokens.decode().split("\n") for block in blocks]
    places = {name: place for place, name in enumerate(sorted(set().union(*names)))}
    totals = np.zeros(len(places), np.int64)
    found: list[Numbers] = []
    for block, own in zip(blocks, names, strict=True):
        tokens = np.array([places[name] for name in own], np.int64)
        numbers = np.frombuffer(block.numbers, np.uint32)
        totals[tokens] += numbers
        behind = np.repeat(tokens, np.minimum(numbers, MOST_PAPERS)) << _POSTING_BITS
        found.append(behind | np.frombuffer(block.postings, np.uint32))
    text = _text(_best(np.concatenate(found)), keys)
    ends = (_ends(totals) * _SIZE).tolist()
    for name, total, start, end in zip(places, totals.tolist(), ends[:-1], ends[1:], strict=True):
        yield name, f"{total}:{text[start:end]}"


def firsts(numbers: Numbers) -> Numbers:
    """Where each number begins, of which equal ones stand together and none is below zero."""
    return np.flatnonzero(np.diff(numbers, prepend=-1))


def _best(postings: Numbers) -> Numbers:
    """The best behind each token, in order; what is given is sorted, too."""
    postings.sort()
    first = firsts(postings >> _POSTING_BITS)
    before = np.repeat(first, np.diff(first, append=len(postings)))
    return postings[np.arange(len(postings)) - before < MOST_PAPERS]


def _packed(numbers: Numbers) -> bytes:
    return numbers.astype(np.uint32).tobytes()


def _ends(numbers: NDArray[np.integer[Any]]) -> Numbers:
    """Where the best of each token end, when so many papers have it; before them, a zero."""
    ends = np.zeros(len(numbers) + 1, np.int64)
    np.cumsum(np.minimum(numbers, MOST_PAPERS), out=ends[1:])
    return ends


def _text(postings: Numbers, keys: Sequence[str]) -> str:
    weights, papers = unpack(postings)
    written = np.empty((len(postings), _SIZE), np.uint8)
    written[:, 0] = _ascii(WEIGHTS)[weights]
    written[:, 1:] = _ascii("".join(keys)).reshape(-1, LENGTH)[papers]
    return written.tobytes().decode()


def _ascii(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)
