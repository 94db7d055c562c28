"""The changes as Markdown, ready to be a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from paper_notes.changes.model import Changes, Edge
from paper_notes.changes.translations import LeftBehind
from paper_notes.notes.model import LANGUAGES, Paper
from paper_notes.notes.texts import LANGUAGE_NAMES


def as_comment(changes: Changes) -> str:
    """A few lines that say what the change does to the base."""
    sections = [
        _section("Papers added", _papers(changes.added, changes)),
        _section("Papers changed", _papers(changes.changed, changes)),
        _section("Translations left behind", map(_left_behind, changes.left_behind)),
        _section("Papers removed", (f"`{paper.id}`" for paper in changes.removed)),
        _section("Links added", map(_edge, changes.edges_added)),
        _section("Links removed", map(_edge, changes.edges_removed)),
        _section("To-reads closed", (_escaped(title) for title in changes.closed)),
    ]
    written = [section for section in sections if section]
    return "\n\n".join(written or ["No paper, link or claim is different."])


def _section(title: str, lines: Iterable[str]) -> str:
    items = [f"- {line}" for line in lines]
    return "\n".join([f"### {title} ({len(items)})", "", *items]) if items else ""


def _papers(papers: Iterable[Paper], changes: Changes) -> Iterator[str]:
    for paper in papers:
        totals = changes.claims[paper.id]
        states = {
            "verified": totals.verified,
            "reported": totals.reported,
            "failing": totals.failing,
            "not run yet": totals.unchecked,
        }
        told = ", ".join(f"{number} {state}" for state, number in states.items() if number)
        yield f"`{paper.id}` {_escaped(paper.title)} ({paper.year}): {totals.claims} claims: {told}"


def _left_behind(one: LeftBehind) -> str:
    (other,) = (each for each in LANGUAGES if each != one.language)
    changed, stayed = LANGUAGE_NAMES[other], LANGUAGE_NAMES[one.language]
    return f"`{one.id}` {one.field}: the {changed} changed, the {stayed} did not"


def _edge(edge: Edge) -> str:
    return f"`{edge.source}` {edge.relation.replace('_', ' ')} → {_escaped(edge.target)}"


def _escaped(text: str) -> str:
    """Somebody's words as text: no Markdown, no HTML, and no @mention that calls people."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&-])", r"\\\1", text).replace("@", "@\u200b")
