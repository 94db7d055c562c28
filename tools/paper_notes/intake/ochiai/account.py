"""What became of every line of a file: nothing that somebody wrote is lost in silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

KEPT = "kept as a comment"  # it has no place in a note
FRAME = "layout"  # a blank line, a rule, a table's frame


@dataclass
class Account:
    """For each line number what became of that line; a line may go to two places."""

    fates: dict[int, list[str]] = field(default_factory=dict)

    def say(self, number: int, fate: str) -> None:
        """Note what became of a line."""
        fates = self.fates.setdefault(number, [])
        if fate not in fates:
            fates.append(fate)

    def render(self, name: str, lines: Iterable[str]) -> str:
        """The report: `file:line: what became of it | the line`, for every line."""
        rows = [
            f"{name}:{number}: {', '.join(self.fates.get(number, ['LOST']))} | {line[:100]}"
            for number, line in enumerate(lines, 1)
        ]
        return "\n".join(rows)
