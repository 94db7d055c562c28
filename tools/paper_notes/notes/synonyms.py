"""Names of one thing in both languages: `papers/synonyms.yaml`, which search reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from paper_notes.files import read_text
from paper_notes.notes.cursor import Cursor, Found
from paper_notes.notes.kinds import LINE, listing
from paper_notes.notes.yaml_nodes import parse
from paper_notes.problems import Problem

PATH = PurePosixPath("papers/synonyms.yaml")
MAX_BYTES = 256 * 1024

Synonyms: TypeAlias = Sequence[tuple[str, ...]]

_GROUP = listing(LINE, least=2, unique=True)


def read_synonyms(root: Path) -> tuple[Synonyms, list[Problem]]:
    """The groups of names, none where there is no such file, and what is wrong with it."""
    if not (root / PATH).exists():
        return (), []
    text, problems = read_text(root, PATH, MAX_BYTES)
    if text is None:
        return (), problems
    tree, in_text = parse(text, PATH)
    problems += in_text
    if tree is None:
        return (), problems
    found = Found()
    cursors = Cursor(tree, found).items() or []
    groups = [_GROUP.read(cursor) for cursor in cursors]
    _report_repeats(cursors, groups)
    return tuple(group for group in groups if group), [*problems, *found.problems]


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
