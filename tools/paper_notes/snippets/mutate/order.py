"""Which tests go first: those that notice most mutants for the time they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Order:
    """Learns from each mutant of a snippet in what order its tests should meet the next one.

    It decides how soon a mutant is killed, never whether: a survivor has met all tests.
    """

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds
        self._met = dict.fromkeys(seconds, 0)
        self._killed = dict.fromkeys(seconds, 0)
        self.costs = dict(seconds)  # by test, the lowest first; changes as it learns

    def learn(self, tests: Iterable[Mapping[str, Any]]) -> None:
        """Take in what became of the tests that met a mutant."""
        for test in tests:
            name = test["name"]
            if name in self._seconds:
                self._met[name] += 1
                self._killed[name] += test["outcome"] == "failed"
                # The expected time to a kill, if what has not been seen is taken for a half.
                self.costs[name] = (
                    self._seconds[name] * (self._met[name] + 2) / (self._killed[name] + 1)
                )
