"""The YAML files beside the notes: topics, paths, synonyms."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from paper_notes.notes.cursor import Cursor, top
from paper_notes.notes.yaml_parser import parse
from paper_notes.problems import Problem
from paper_notes.storage.files import read_text

MAX_BYTES = 256 * 1024


def open_document(
    root: Path, path: PurePosixPath, *, optional: bool = False
) -> tuple[Cursor | None, list[Problem]]:
    """A cursor on top of the document, and what is wrong with the file; None without a document.

    What the cursor finds later is in `cursor.found`. Where the file is optional, its absence is
    no problem.
    """
    if optional and not (root / path).exists() and not (root / path).is_symlink():
        return None, []
    text, problems = read_text(root, path, MAX_BYTES)
    if text is None:
        return None, problems
    tree, in_text = parse(text, path)
    problems += in_text
    return (None if tree is None else top(tree)), problems
