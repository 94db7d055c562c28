"""Names of one thing in both languages: `papers/synonyms.yaml`, which search reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from paper_notes.notes.cursor import Cursor
from paper_notes.notes.document import open_document
from paper_notes.notes.kinds import LINE, listing
from paper_notes.problems import Problem

PATH = PurePosixPath("papers/synonyms.yaml")

Synonyms: TypeAlias = Sequence[tuple[str, ...]]

_GROUP = listing(LINE, least=2, unique=True)


def read_synonyms(root: Path) -> tuple[Synonyms, list[Problem]]:
    """The groups of names, none where there is no such file, and what is wrong with it."""
    top, problems = open_document(root, PATH, optional=True)
    if top is None:
        return (), problems
    cursors = top.items() or []
    groups = [_GROUP.read(cursor) for cursor in cursors]
    _report_repeats(cursors, groups)
    return tuple(group for group in groups if group), [*problems, *top.found.problems]


def _report_repeats(cursors: Sequence[Cursor], groups: Sequence[tuple[str, ...] | None]) -> None:
    """A name that stands in two groups would tie them together without saying so."""
    lines: dict[str, int] = {}
    for cursor, group in zip(cursors, groups, strict=True):
        line = cursor.node.place.line
        for name in {name.casefold() for name in group or ()}:
            if name in lines:
                message = f"{name} stands in the group on line {lines[name]} already"
                cursor.report("repeated", message, "make one group of both, or delete one")
            lines.setdefault(name, line)
