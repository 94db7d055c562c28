"""How much of what some papers say has been checked, and how well: the figures of lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from paper_notes.evidence import Totals, together
from paper_notes.pages.context import Context


@dataclass(frozen=True)
class Mutation:
    """How many deliberate breaks of snippets were tried, and how many of them tests noticed."""

    killed: int
    run: int

    @property
    def percent(self) -> str:
        """The part noticed; rounded down, so that 100 % means all."""
        return f"{100 * self.killed // self.run} %"


@dataclass(frozen=True)
class Proof:
    """The figures of some papers."""

    papers: int
    claims: Totals
    mutation: Mutation | None  # None where nothing current was measured
    measured: int  # papers whose snippets have a current mutation score


def mutation(context: Context, ids: Iterable[str]) -> Mutation | None:
    """What was measured of these snippets together; None where nothing current was."""
    found = [context.scores[id] for id in ids if id in context.scores]
    killed, total = sum(score.killed for score in found), sum(score.total for score in found)
    return Mutation(killed, total) if total else None


def proof(context: Context, ids: Collection[str]) -> Proof:
    """The figures of these papers together."""
    claims = together(context.groups.totals[id] for id in ids)
    measured = sum(id in context.scores for id in ids)
    return Proof(len(ids), claims, mutation(context, ids), measured)
