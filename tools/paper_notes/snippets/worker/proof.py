"""Proof that tests checked something: every check is counted when it has held.

A test that ends without one passing check has proved nothing, and an assert on a line that never
ran has not either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Counter:
    """Counts checks that held, and remembers where there are some."""

    held: int = 0
    sites: dict[str, Mapping[int, str]] = field(default_factory=dict)  # file → line → function
    ran: set[tuple[str, int]] = field(default_factory=set)

    def hit(self, path: str, line: int) -> None:
        """Called by instrumented code right after a check has held."""
        self.held += 1
        self.ran.add((path, line))

    def never_ran(self, path: str, skipped: frozenset[str]) -> tuple[int, ...]:
        """Lines of the file's checks that did not run, outside the functions that were skipped."""
        sites = self.sites.get(path, {})
        return tuple(
            line
            for line, function in sorted(sites.items())
            if function not in skipped and (path, line) not in self.ran
        )
