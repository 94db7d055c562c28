"""From a file to a note, or to everything that is wrong with it at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paper_notes.notes.cursor import PaperLink, top
from paper_notes.notes.fields import PAPER
from paper_notes.notes.model import ID_PATTERN, Paper
from paper_notes.notes.positions import Positions, pack
from paper_notes.notes.yaml_parser import parse
from paper_notes.problems import Place, Problem
from paper_notes.storage.files import decode, read_bytes

MAX_BYTES = 256 * 1024
FOLDER = "papers"
SUFFIX = ".yaml"
NOT_PAPERS = frozenset({"topics", "paths", "synonyms"})  # files of papers/ that are no notes

_WINDOWS_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Note:
    """A paper as its file has it: the value, and where each field stands."""

    paper: Paper
    positions: Positions
    links: tuple[PaperLink, ...] = ()  # the notes that its texts link to

    @property
    def path(self) -> PurePosixPath:
        """Its file, as seen from the root."""
        return note_path(self.paper.id)

    def place(self, *keys: str | int) -> Place:
        """Where a field stands, or else what is around it."""
        return Place(self.path, *self.positions.nearest(*keys))


def note_path(id: str) -> PurePosixPath:
    """Where a paper's note is, as seen from the root."""
    return PurePosixPath(FOLDER, f"{id}{SUFFIX}")


def read_note(root: Path, path: Path) -> tuple[Note | None, list[Problem]]:
    """The note at root/path (or at path, where it is absolute and below root).

    The note is None where there is any error. Never raises for bad input.
    """
    inside = PurePosixPath(path.relative_to(root) if path.is_absolute() else path)
    data, problems = read_bytes(root, inside, MAX_BYTES)
    if data is None:
        return None, [*check_id(inside), *problems]
    return note_of(data, inside)


def note_of(data: bytes, path: PurePosixPath) -> tuple[Note | None, list[Problem]]:
    """The same from what the file holds."""
    problems = check_id(path)
    text, in_file = decode(data, path)
    problems += in_file
    if text is None:
        return None, problems
    note, in_text = read_text_of_note(text, path)
    return (None if problems else note), [*problems, *in_text]


def read_text_of_note(text: str, path: PurePosixPath) -> tuple[Note | None, list[Problem]]:
    """The note in a text, for the paper that the path names."""
    tree, problems = parse(text, path)
    if tree is None:
        return None, problems
    cursor = top(tree)
    found, values = cursor.found, PAPER.read(cursor)
    note = None
    if values is not None and not problems:
        paper = Paper(id=path.stem, **values)
        note = Note(paper, pack(found.rows), tuple(found.links))
    return note, [*problems, *found.problems]


def check_id(path: PurePosixPath) -> list[Problem]:
    """What is wrong with a note's file name, which is the paper's id."""
    id = path.stem
    hint = "a-z, 0-9 and _, beginning with a letter, at most 64: group_norm.yaml"
    if path.suffix != SUFFIX:
        return [Problem(Place(path), "file-name", "a note's file name ends in .yaml", hint)]
    if _WINDOWS_DEVICES.fullmatch(id):
        message = f"Windows cannot store a file named {id}"
        return [Problem(Place(path), "file-name", message, "choose another id")]
    if id in NOT_PAPERS or path.parent != PurePosixPath(FOLDER):
        return [Problem(Place(path), "file-name", f"this is no place for a note: {path}", hint)]
    if not re.fullmatch(ID_PATTERN, id, re.ASCII):
        wide = any("\uff01" <= character <= "\uff5e" for character in id)
        message = f"{id!r} is no id" + (": it has full-width characters" if wide else "")
        return [Problem(Place(path), "file-name", message, hint)]
    return []
