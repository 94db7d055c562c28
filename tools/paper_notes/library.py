"""The library: all notes, snippets, topics and learning paths, loaded once and passed along.

Of a large base the notes and snippets lie packed on a shelf: whoever looks through all of them does
so once and in order, and keeps what it needs of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path, PurePosixPath

from paper_notes.evidence_rules import check_evidence, check_orphans
from paper_notes.mappings import Derived
from paper_notes.notes.identity import Named, index_of, named
from paper_notes.notes.model import Paper
from paper_notes.notes.paths import LearningPath, read_paths
from paper_notes.notes.read import FOLDER, Note, note_path
from paper_notes.notes.rules import check_notes
from paper_notes.notes.synonyms import Synonyms, read_synonyms
from paper_notes.notes.topics import Topic, read_topics
from paper_notes.problems import Place, Problem
from paper_notes.reading.garbage import uncollected
from paper_notes.reading.readings import read_all, stamps_of
from paper_notes.reading.sources import Sources, find_sources
from paper_notes.reading.units import NoteReading, units, unpack_note, unpack_snippet
from paper_notes.snippets.model import Snippet, snippet_path, tests_path
from paper_notes.storage.shelf import Shelf
from paper_notes.storage.stamps import Stamps


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
        return Derived(sorted(self.notes), lambda id: self.notes[id].paper)


@dataclass(frozen=True)
class Loaded:
    """A library, what is wrong with it, and what else was learnt of each note on the way."""

    library: Library
    problems: list[Problem]
    digests: Mapping[str, str] = field(default_factory=dict)  # of units where they could be taken
    claims: Mapping[str, int] = field(default_factory=dict)  # how many, by the note's id


def load_library(root: Path) -> tuple[Library, list[Problem]]:
    """Everything below root, and everything that is wrong with it. Never raises for bad input."""
    loaded = load(root, find_sources(root), stamps_of(root))
    return loaded.library, loaded.problems


def load(root: Path, sources: Sources, stamps: Stamps) -> Loaded:
    """The same for sources that have been found."""
    if not (root / FOLDER).is_dir():
        message = "there is no folder papers/ here"
        hint = "run this in the knowledge base's folder, or name it with --root"
        problem = Problem(Place(PurePosixPath(FOLDER)), "no-papers", message, hint)
        return Loaded(Library(root, {}, {}, {}), [problem])

    known = sources.ids
    topics, problems = read_topics(root)
    synonyms, in_synonyms = read_synonyms(root)
    problems += in_synonyms
    notes = Shelf(unpack_note)
    snippets = Shelf(lambda packed: replace(unpack_snippet(packed), root=root))
    names: dict[str, Named] = {}
    digests: dict[str, str] = {}
    claims: dict[str, int] = {}
    in_units: dict[str, tuple[Problem, ...]] = {}
    with uncollected():
        for one in read_all(root, list(units(sources)), stamps):
            name, reading = one.unit.name, one.reading
            in_units[name] = reading.problems
            if one.digests:
                digests[name] = one.digests
            if isinstance(reading, NoteReading):
                if reading.note:
                    paper = reading.note.paper
                    names[paper.id] = named(paper)
                    claims[paper.id] = len(paper.claims)
                    notes.put(paper.id, reading.note, one.packed)
            elif reading.snippet:
                snippet = replace(reading.snippet, root=root)
                snippets.put(snippet.id, snippet, one.packed)
    problems += (problem for name in sorted(in_units) for problem in in_units[name])

    index = index_of(names)
    learning_paths, in_paths = read_paths(root, known, index)
    problems += in_paths
    problems += _equal_but_for_case(sources.papers)
    written = {path.stem for path in sources.snippets}
    evidence = partial(check_evidence, snippets=snippets, unreadable=written)
    problems += check_notes(notes, topics, known, index, evidence)
    problems += check_orphans(sources.snippets, known)
    problems += check_orphans(sources.tests, known, prefix="test_")
    library = Library(root, notes, snippets, topics, learning_paths, synonyms)
    return Loaded(library, problems, digests, dict(sorted(claims.items())))


def paths_of(id: str) -> tuple[PurePosixPath, ...]:
    """The files of one paper: its note, its snippet, its tests."""
    return note_path(id), snippet_path(id), tests_path(id)


def _equal_but_for_case(paths: Iterable[PurePosixPath]) -> Iterator[Problem]:
    first: dict[str, PurePosixPath] = {}
    for path in paths:
        other = first.setdefault(path.stem.casefold(), path)
        if other != path:
            message = f"{path.name} and {other.name} would be the same file on some machines"
            yield Problem(Place(path), "file-name", message, "rename one of them")
