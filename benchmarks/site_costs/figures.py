"""What is measured: named figures, and what each is to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Figures: TypeAlias = dict[str, float]  # by name, as in MEASURES

# CPU seconds that Material took by number of papers, plainer ones, when the targets were set.
MATERIAL_THEN: Mapping[int, float] = {1_000: 40, 10_000: 390}


@dataclass(frozen=True)
class Measure:
    """One row of the table."""

    name: str
    unit: str
    targets: Mapping[int, float] = field(default_factory=dict)  # the most, by number of papers
    peer: str = ""  # the figure of another tool that it is compared with

    def show(self, value: float) -> str:
        """A figure with its unit."""
        digits = 0 if value >= 100 else 1 if value >= 10 else 2
        return f"{value:,.{digits}f} {self.unit}"

    @property
    def target(self) -> str:
        """What it is to reach, in words."""
        return ", ".join(
            f"≤ {most:.3g} {self.unit} at {papers:,}" for papers, most in self.targets.items()
        )

    def met(self, values: Mapping[int, float]) -> str:
        """Whether it is met at every number of papers that was measured and has a target."""
        judged = [
            values[papers] <= most for papers, most in self.targets.items() if papers in values
        ]
        return ("yes" if all(judged) else "**no**") if judged else ""

    def part(self, material: Mapping[int, float]) -> Measure:
        """The same as a part of Material's CPU time; `material` has that of the targets' time."""
        parts = {papers: most / material[papers] for papers, most in self.targets.items()}
        return Measure(self.name, "×", parts)


MEASURES = (
    Measure("check cold", "s", {10_000: 10}),
    Measure("check cold CPU", "s"),
    Measure("check cold, notes alone", "s", {10_000: 10}),
    Measure("check cold, notes alone CPU", "s"),
    Measure("check unchanged", "s", {10_000: 1}),
    Measure("check unchanged CPU", "s"),
    Measure("build cold", "s", {1_000: 10, 10_000: 90}, "build"),
    Measure("build cold CPU", "s", {}, "build CPU"),
    Measure("build unchanged", "s", {1_000: 1.5, 10_000: 8}, "build"),
    Measure("build unchanged CPU", "s", {}, "build CPU"),
    Measure("build one changed", "s", {}, "build"),
    Measure("build one changed CPU", "s", {}, "build CPU"),
    Measure("memory", "MB", {10_000: 500}, "memory"),
    Measure("memory of the largest", "MB"),
    Measure("serve: signal", "ms", {10_000: 100}),
    Measure("serve: page", "ms", {10_000: 100}, "serve"),
    Measure("search: index", "s", {10_000: 10}),
    Measure("search: index CPU", "s"),
    Measure("search: index and cards, written", "s"),
    Measure("search: once", "KB", {}, "search: once"),
    Measure("search: a query", "KB", {10_000: 40}),
    Measure("search: largest query", "KB"),
    Measure("search: first result", "ms", {10_000: 150}, "search: first result"),
    Measure("search: slowest first result", "ms"),
    Measure("search: from the page's start", "ms", {}, "search: from the page's start"),
    Measure("map: drawn", "s"),
    Measure("map: usable", "s", {10_000: 3}),
    Measure("site", "MB", {}, "site"),
)

# The seconds that hang on how fast the machine is and how much is written about each paper.
PARTS = (
    *("check cold", "check cold, notes alone", "check unchanged"),
    *("build cold", "build unchanged", "search: index"),
)
