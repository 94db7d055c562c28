"""What a saved file means for the site. Backups and temporary files of editors mean nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from paper_notes.notes.model import ID_PATTERN
from paper_notes.notes.read import FOLDER, NOT_PAPERS
from paper_notes.site.runs import REPORT
from paper_notes.snippets.mutate.record import RECORD

_TESTS = PurePosixPath("tests/snippets")
_SETTINGS = PurePosixPath("mkdocs.yml")
_SOURCES = {FOLDER: (".yaml", ".yml"), "snippets": (".py",), str(_TESTS): (".py",)}


@dataclass(frozen=True)
class Changes:
    """What has to be looked at again."""

    papers: frozenset[str] = frozenset()  # ids whose note, snippet or tests changed
    base: bool = False  # something that many pages are made from
    pages: bool = False  # something that goes to the site as it is written


def changes_of(paths: Iterable[PurePosixPath]) -> Changes:
    """What these files, repository-relative, are to the site."""
    papers: set[str] = set()
    base = pages = False
    for path in paths:
        if _is_hidden(path):
            continue
        if id := paper_of(path):
            papers.add(id)
        elif path in (_SETTINGS, REPORT, PurePosixPath(RECORD)) or _is_source(path):
            base = True
        elif path.parts[0] == "docs" and not path.name.endswith("~"):
            pages = True
    return Changes(frozenset(papers), base, pages)


def paper_of(path: PurePosixPath) -> str | None:
    """The id of the paper that the file belongs to alone."""
    folder, stem = str(path.parent), path.stem
    if folder == FOLDER and path.suffix == ".yaml" and stem not in NOT_PAPERS:
        return _id(stem)
    if folder == "snippets" and path.suffix == ".py":
        return _id(stem)
    if path.parent == _TESTS and path.suffix == ".py" and stem.startswith("test_"):
        return _id(stem.removeprefix("test_"))
    return None


def _id(stem: str) -> str | None:
    return stem if re.fullmatch(ID_PATTERN, stem, re.ASCII) else None


def _is_source(path: PurePosixPath) -> bool:
    return any(
        path.is_relative_to(folder) and path.suffix.lower() in endings
        for folder, endings in _SOURCES.items()
    )


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part.startswith((".", "#")) or part == "__pycache__" for part in path.parts)
