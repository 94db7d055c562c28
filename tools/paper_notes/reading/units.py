"""What is read as one thing: a note, or a snippet together with its tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from paper_notes.notes import read as notes
from paper_notes.notes.read import Note, note_of, read_note
from paper_notes.problems import Problem
from paper_notes.reading.sources import Sources
from paper_notes.reading.values import decoder, encode
from paper_notes.snippets import model as snippets
from paper_notes.snippets.model import Snippet
from paper_notes.snippets.read import read_snippet, snippet_of


@dataclass(frozen=True, slots=True)
class NoteReading:
    """What reading a note gave."""

    note: Note | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class SnippetReading:
    """What reading a snippet and its tests gave."""

    snippet: Snippet | None
    problems: tuple[Problem, ...]


Reading: TypeAlias = NoteReading | SnippetReading


@dataclass(frozen=True, slots=True)
class Unit:
    """The files of one reading: a note's; a snippet's and, where there is one, its tests'."""

    files: tuple[str, ...]
    ordinary: bool  # regular files with regular names: what else there is, readers refuse

    @property
    def name(self) -> str:
        """What it is known by: its first file."""
        return self.files[0]

    @property
    def is_note(self) -> bool:
        """Whether it is a note."""
        return self.name.startswith(f"{notes.FOLDER}/")

    @property
    def limit(self) -> int:
        """How many bytes are read of a file."""
        return notes.MAX_BYTES if self.is_note else snippets.MAX_BYTES

    @property
    def _id(self) -> str:
        return PurePosixPath(self.name).stem

    def read(self, root: Path) -> Reading:
        """Read the files as they are, whatever they are. Never raises for bad input."""
        if self.is_note:
            return _note(*read_note(root, Path(self.name)))
        return _snippet(*read_snippet(root, self._id))

    def understand(self, contents: Sequence[bytes]) -> Reading:
        """The same from what ordinary files hold."""
        if self.is_note:
            return _note(*note_of(contents[0], PurePosixPath(self.name)))
        tests = contents[1] if len(contents) > 1 else None
        return _snippet(*snippet_of(Path(), self._id, contents[0], tests, absent=tests is None))


def units(sources: Sources) -> Iterator[Unit]:
    """All notes, then all snippets, each sorted."""
    tests = {path.name: str(path) for path in sources.tests}
    alone = [(str(path),) for path in sources.notes]
    both = [
        (str(path), *(tests[name] for name in (f"test_{path.stem}.py",) if name in tests))
        for path in sources.snippets
    ]
    for files in (*alone, *both):
        yield Unit(files, sources.regular.issuperset(files) and _is_regular_name(files[0]))


def _is_regular_name(name: str) -> bool:
    return name.isascii() and name.endswith((notes.SUFFIX, ".py"))


def pack(reading: Reading) -> bytes:
    """The reading as bytes, in which there is nothing but data.

    Raises ValueError where a text in it is none: a lone surrogate.
    """
    return encode(reading)


def unpack(unit: Unit, packed: bytes) -> Reading:
    """The reading of this unit that `pack` was given. Raises ValueError for any other bytes."""
    reading: Reading = (_NOTES if unit.is_note else _SNIPPETS).decode(packed)
    return reading


def unpack_note(packed: bytes) -> Note:
    """The note in a packed reading that has one."""
    note: Note = _NOTES.decode(packed).note
    return note


def unpack_snippet(packed: bytes) -> Snippet:
    """The snippet in a packed reading that has one."""
    snippet: Snippet = _SNIPPETS.decode(packed).snippet
    return snippet


def _note(note: Note | None, problems: list[Problem]) -> NoteReading:
    return NoteReading(note, tuple(problems))


def _snippet(snippet: Snippet | None, problems: list[Problem]) -> SnippetReading:
    return SnippetReading(snippet, tuple(problems))


_NOTES = decoder(NoteReading)
_SNIPPETS = decoder(SnippetReading)
