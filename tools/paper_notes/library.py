"""The library: all notes, snippets, topics and learning paths, loaded once and passed along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from paper_notes.evidence_rules import check_evidence, check_orphans
from paper_notes.notes.identity import index_of
from paper_notes.notes.model import Paper
from paper_notes.notes.paths import LearningPath, read_paths
from paper_notes.notes.read import FOLDER, NOT_PAPERS, Note, read_note
from paper_notes.notes.rules import check_notes
from paper_notes.notes.synonyms import Synonyms, read_synonyms
from paper_notes.notes.topics import Topic, read_topics
from paper_notes.problems import Place, Problem
from paper_notes.snippets.model import Snippet
from paper_notes.snippets.read import read_snippet, snippet_path, tests_path


@dataclass(frozen=True)
class Library:
    """Everything that the repository's sources say. What could not be read is not in it."""

    root: Path
    notes: Mapping[str, Note]
    snippets: Mapping[str, Snippet]
    topics: Mapping[str, Topic]
    paths: Mapping[str, LearningPath] = field(default_factory=dict)
    synonyms: Synonyms = ()

    @cached_property
    def papers(self) -> Mapping[str, Paper]:
        """The papers by id, sorted by id."""
        return {id: self.notes[id].paper for id in sorted(self.notes)}


def load_library(root: Path) -> tuple[Library, list[Problem]]:
    """Everything below root, and everything that is wrong with it. Never raises for bad input."""
    if not (root / FOLDER).is_dir():
        message = "there is no folder papers/ here"
        hint = "run this in the knowledge base's folder, or name it with --root"
        problem = Problem(Place(PurePosixPath(FOLDER)), "no-papers", message, hint)
        return Library(root, {}, {}, {}), [problem]

    topics, problems = read_topics(root)
    synonyms, in_synonyms = read_synonyms(root)
    problems += in_synonyms
    paths = list(_files(root, FOLDER, ".yaml", ".yml"))
    notes: dict[str, Note] = {}
    for path in (path for path in paths if path.stem not in NOT_PAPERS):
        note, found = read_note(root, Path(path))
        problems += found
        if note:
            notes[note.paper.id] = note
    known = {path.stem for path in paths} - NOT_PAPERS

    sources = [path for path in _files(root, "snippets", ".py") if path.stem != "__init__"]
    tests = [
        path for path in _files(root, "tests/snippets", ".py") if path.stem.startswith("test_")
    ]
    snippets: dict[str, Snippet] = {}
    for id in (path.stem for path in sources):
        snippet, found = read_snippet(root, id)
        problems += found
        if snippet:
            snippets[id] = snippet

    found_papers = index_of({id: note.paper for id, note in notes.items()})
    learning_paths, found = read_paths(root, known, found_papers)
    problems += found
    problems += _equal_but_for_case(paths)
    problems += check_notes(notes, topics, known)
    problems += check_evidence(notes, snippets, {path.stem for path in sources})
    problems += check_orphans(sources, known)
    problems += check_orphans(tests, known, prefix="test_")
    return Library(root, notes, snippets, topics, learning_paths, synonyms), problems


def paths_of(id: str) -> tuple[PurePosixPath, ...]:
    """The files of one paper: its note, its snippet, its tests."""
    return PurePosixPath(FOLDER) / f"{id}.yaml", snippet_path(id), tests_path(id)


def _files(root: Path, folder: str, *endings: str) -> Iterator[PurePosixPath]:
    """What has such an ending in a folder, sorted; links and folders too, which readers refuse."""
    try:
        names = sorted(entry.name for entry in (root / folder).iterdir())
    except OSError:
        return
    for name in names:
        if not name.startswith(".") and name.lower().endswith(endings):
            yield PurePosixPath(folder) / name


def _equal_but_for_case(paths: list[PurePosixPath]) -> Iterator[Problem]:
    first: dict[str, PurePosixPath] = {}
    for path in paths:
        other = first.setdefault(path.stem.casefold(), path)
        if other != path:
            message = f"{path.name} and {other.name} would be the same file on some machines"
            yield Problem(Place(path), "file-name", message, "rename one of them")
