"""The fault matrix: for each command and fault, how often it struck and what was damaged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator


class Matrix:
    """Counts by command and fault."""

    def __init__(self) -> None:
        self.struck: Counter[tuple[str, str]] = Counter()
        self.survived: Counter[tuple[str, str]] = Counter()

    def add(self, command: str, fault: str, survived: bool) -> None:
        """One fault, and whether nothing was damaged by it."""
        self.struck[command, fault] += 1
        self.survived[command, fault] += survived

    def lines(self) -> Iterator[str]:
        """As a Markdown table: of so many, so many survived."""
        faults = list(dict.fromkeys(fault for _, fault in self.struck))
        yield "| command | " + " | ".join(faults) + " |"
        yield "|---|" + "---:|" * len(faults)
        for command in dict.fromkeys(command for command, _ in self.struck):
            yield f"| {command} | " + " | ".join(self._cell(command, f) for f in faults) + " |"
        yield f"\n{self.struck.total()} faults, {self.damaged} damaged"

    @property
    def damaged(self) -> int:
        """How many faults did damage."""
        return self.struck.total() - self.survived.total()

    def _cell(self, command: str, fault: str) -> str:
        struck = self.struck[command, fault]
        return f"{self.survived[command, fault]} of {struck}" if struck else ""
