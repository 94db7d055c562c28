"""Postings: which papers each token stands in, and how much it says about them.

A posting is one number, the weight and then the paper. There are millions of them: numbers side by
side in arrays take a tenth of the room that objects would, and sort faster.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

MOST_PAPERS = 200  # of a token; a word of more papers tells little, and the best are among them
WEIGHTS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"  # as ASCII orders them
MOST_WEIGHT = len(WEIGHTS) - 1

_PAPER_BITS = 24
_PAPER = (1 << _PAPER_BITS) - 1
_MANY = 2048  # additions after which what is not among the best of a token is let go


class Postings:
    """The best papers of each token, and how many there were."""

    def __init__(self, keys: Collection[str]) -> None:
        """`keys` of all papers that may come."""
        self._keys = sorted(keys)  # a key's place in here sorts as the key does
        self._places = {key: place for place, key in enumerate(self._keys)}
        self._found: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self._let_go: Counter[str] = Counter()
        self._additions = 0

    def add(self, key: str, counts: Mapping[str, int], weights: Sequence[int]) -> None:
        """A paper with so many of each token, and the weights by how many there are.

        No token may come with the same paper twice.
        """
        place, found = self._places[key], self._found
        postings = [weight << _PAPER_BITS | place for weight in weights]
        for token, times in counts.items():
            found[token].append(postings[times])
        self._additions += 1
        if self._additions % _MANY == 0:
            self._let_go_of_most()

    def __iter__(self) -> Iterator[str]:
        """Every token."""
        return iter(self._found)

    def numbers(self) -> Mapping[str, int]:
        """How many papers each token stands in."""
        let_go = self._let_go
        return {token: len(found) + let_go[token] for token, found in self._found.items()}

    def take(self, token: str) -> str:
        """The token's entry in the index: it is held here no longer."""
        found, keys = self._found.pop(token), self._keys
        number = len(found) + self._let_go[token]
        best = [f"{WEIGHTS[one >> _PAPER_BITS]}{keys[one & _PAPER]}" for one in _best(found)]
        return f"{number}:{''.join(best)}"

    def _let_go_of_most(self) -> None:
        for token, found in self._found.items():
            if len(found) > 2 * MOST_PAPERS:
                self._let_go[token] += len(found) - MOST_PAPERS
                found[:] = array("I", _best(found))


def _best(found: Sequence[int]) -> list[int]:
    return sorted(found, reverse=True)[:MOST_PAPERS]
