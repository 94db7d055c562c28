"""Which files a base has: notes, snippets and tests, by their names alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paper_notes.notes.names import Names
from paper_notes.notes.read import FOLDER, NOT_PAPERS

SNIPPETS = "snippets"
TESTS = "tests/snippets"


@dataclass(frozen=True)
class Sources:
    """The files that a base is made of, as seen from its root, each kind sorted."""

    papers: tuple[PurePosixPath, ...]  # all of papers/, topics and the like among them
    snippets: tuple[PurePosixPath, ...]
    tests: tuple[PurePosixPath, ...]
    regular: frozenset[str]  # those that are regular files in real folders: no links, no pipes

    @property
    def notes(self) -> tuple[PurePosixPath, ...]:
        """The notes."""
        return tuple(path for path in self.papers if path.stem not in NOT_PAPERS)

    @property
    def ids(self) -> Names:
        """The ids of all notes, also of those that cannot be read."""
        return Names(path.stem for path in self.notes)


def find_sources(root: Path) -> Sources:
    """The sources below root; a folder that is not there has none."""
    papers, plain_papers = _files(root, FOLDER, ".yaml", ".yml")
    snippets, plain_snippets = _files(root, SNIPPETS, ".py")
    tests, plain_tests = _files(root, TESTS, ".py")
    return Sources(
        papers=tuple(papers),
        snippets=tuple(path for path in snippets if path.stem != "__init__"),
        tests=tuple(path for path in tests if path.stem.startswith("test_")),
        regular=frozenset((*plain_papers, *plain_snippets, *plain_tests)),
    )


def _files(root: Path, folder: str, *endings: str) -> tuple[list[PurePosixPath], list[str]]:
    """What has such an ending in a folder, sorted, and what of it is a regular file in there.

    Links and folders are found too: readers refuse them, and say so.
    """
    try:
        with os.scandir(root / folder) as entries:
            found = [entry for entry in entries if _is_meant(entry.name, endings)]
            regular = [entry.name for entry in found if entry.is_file(follow_symlinks=False)]
    except OSError:
        return [], []
    inside = PurePosixPath(folder)
    paths = [inside / name for name in sorted(entry.name for entry in found)]
    return paths, [f"{folder}/{name}" for name in regular] if _is_real(root, inside) else []


def _is_meant(name: str, endings: tuple[str, ...]) -> bool:
    return not name.startswith(".") and name.lower().endswith(endings)


def _is_real(root: Path, folder: PurePosixPath) -> bool:
    """Whether no part of this way is a link."""
    return all(stat.S_ISDIR((root / part).lstat().st_mode) for part in _parts(folder))


def _parts(folder: PurePosixPath) -> Iterator[PurePosixPath]:
    yield from (part for part in (folder, *folder.parents) if part.parts)
