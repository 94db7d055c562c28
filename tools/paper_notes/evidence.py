"""Evidence: what a report proves of a paper's claims. Nothing else may tick a claim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from paper_notes.notes.model import Claim, Paper
from paper_notes.snippets.report import SnippetResult, TestOutcome


class State(StrEnum):
    """How we know a claim."""

    VERIFIED = "verified"  # its test ran on this very code and passed
    REPORTED = "reported"  # the paper says so; not checked here
    FAILING = "failing"  # its test failed, or did not run to its end
    UNCHECKED = "unchecked"  # its test has not been run since the code changed


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, beside what the paper states of it."""

    name: str
    measured: str
    stated: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim with its state and the figures its test recorded."""

    claim: Claim
    state: State
    figures: tuple[Figure, ...] = ()
    message: str = ""  # why it is failing


@dataclass(frozen=True, slots=True)
class Totals:
    """How many claims are in each state."""

    verified: int
    reported: int
    failing: int
    unchecked: int

    @property
    def claims(self) -> int:
        """All of them."""
        return self.verified + self.reported + self.failing + self.unchecked


def weigh(paper: Paper, result: SnippetResult | None) -> tuple[Evidence, ...]:
    """The evidence for each claim; `result` is None where there is no current run."""
    return tuple(_weigh(claim, result) for claim in paper.claims)


def count(evidence: Iterable[Evidence]) -> Totals:
    """How many of these claims are in each state."""
    states = [item.state for item in evidence]
    return Totals(**{state.value: states.count(state) for state in State})


def together(totals: Iterable[Totals]) -> Totals:
    """All of these added up."""
    verified = reported = failing = unchecked = 0
    for some in totals:
        verified += some.verified
        reported += some.reported
        failing += some.failing
        unchecked += some.unchecked
    return Totals(verified, reported, failing, unchecked)


def _weigh(claim: Claim, result: SnippetResult | None) -> Evidence:
    if claim.test is None:
        return Evidence(claim, State.REPORTED)
    if result is None:
        return Evidence(claim, State.UNCHECKED)
    outcomes = result.outcomes(claim.test)
    figures = tuple(_figures(claim, outcomes))
    failed = [outcome for outcome in outcomes if outcome.outcome != "passed"]
    if failed:
        return Evidence(claim, State.FAILING, figures, failed[0].message)
    if not outcomes or result.status != "passed":
        return Evidence(claim, State.FAILING, figures, result.error)
    return Evidence(claim, State.VERIFIED, figures)


def _figures(claim: Claim, outcomes: Iterable[TestOutcome]) -> Iterable[Figure]:
    for outcome in outcomes:
        for name, measured in outcome.recorded.items():
            yield Figure(name, _show(measured), claim.stated.get(name))


def _show(value: str | int | float | bool) -> str:
    """A figure as a reader wants it: thousands apart, four significant digits."""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}"
