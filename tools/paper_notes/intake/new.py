"""What `paper-notes new` does: the three files of a paper, begun."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paper_notes.intake.draft import Draft, as_yaml
from paper_notes.intake.duplicates import known_papers, same_paper
from paper_notes.intake.metadata import Metadata
from paper_notes.intake.naming import propose_id
from paper_notes.intake.skeleton import TEST, snippet_text, tests_text
from paper_notes.library import paths_of
from paper_notes.notes.read import FOLDER, check_id
from paper_notes.problems import Place, Problem, not_written
from paper_notes.storage.held import alone
from paper_notes.storage.whole import write_new

PARTS = ("note", "snippet")


@dataclass(frozen=True)
class Begun:
    """The id that was given and the files that were written; none where there are errors."""

    id: str
    written: tuple[PurePosixPath, ...]
    problems: list[Problem]


def begin(
    root: Path,
    metadata: Metadata,
    today: str,
    *,
    topics: Collection[str],
    id: str | None = None,
    topic: str | None = None,
    only: str | None = None,
) -> Begun:
    """Write the note, snippet and tests of a paper that the base does not have yet.

    Refuses what the base has, and never writes over a file.
    """
    with alone(root / FOLDER):  # another `new`, or `import`, may be about to write the same paper
        return _begin(root, Draft(metadata, today, tuple(topics), topic), id, only)


def _begin(root: Path, draft: Draft, id: str | None, only: str | None) -> Begun:
    metadata = draft.metadata
    known = same_paper(metadata, known_papers(root))
    if known and only != "snippet":
        paper, how = known
        hint = f"edit {paper.path}; for its snippet alone: --only snippet --id {paper.id}"
        message = f"the base has this paper already, by {how}"
        return _refused("same-paper", paper.path, message, hint)
    id = id or (known[0].id if known else propose_id(metadata, taken_ids(root)))
    return write_paper(root, id, draft, only)


def begin_snippet(root: Path, id: str) -> Begun:
    """Write the snippet and tests of a note that the base has."""
    note, snippet, tests = paths_of(id)
    if not (root / note).is_file():
        return _refused("unknown-paper", note, f"there is no note `{id}`", "write the note first")
    return _write(root, id, {snippet: snippet_text(id), tests: tests_text(id)})


def write_paper(root: Path, id: str, draft: Draft, only: str | None = None) -> Begun:
    """Write a draft under that id, with what a snippet and its tests begin with."""
    note, snippet, tests = paths_of(id)
    problems = check_id(note)
    if problems:
        return Begun(id, (), problems)
    texts = {note: as_yaml(draft, TEST), snippet: snippet_text(id), tests: tests_text(id)}
    wanted = {"note": (note,), "snippet": (snippet, tests)}.get(only or "", tuple(texts))
    return _write(root, id, {path: texts[path] for path in wanted})


def write_texts(root: Path, texts: Mapping[PurePosixPath, str]) -> list[Problem]:
    """Write these files, none of which may exist: all or, where there are problems, none."""
    existing = [path for path in texts if (root / path).is_symlink() or (root / path).exists()]
    if existing:
        return [Problem(Place(path), "exists", "this file exists", "it is left as it is: "
                        "choose another name with --id") for path in existing]  # fmt: skip
    try:
        write_new(root, {path: text.encode() for path, text in texts.items()})
    except OSError as error:
        half = any((root / path).exists() for path in texts)
        hint = "the next command removes what was written" if half else "nothing was written"
        return [not_written(next(iter(texts)), error, hint)]
    return []


def _write(root: Path, id: str, texts: Mapping[PurePosixPath, str]) -> Begun:
    problems = write_texts(root, texts)
    return Begun(id, () if problems else tuple(texts), problems)


def taken_ids(root: Path) -> Collection[str]:
    """Every name that a file of the base has, whether it could be read or not."""
    folders = {FOLDER: "", "snippets": "", "tests/snippets": "test_"}
    return {
        path.stem.removeprefix(prefix).lower()
        for folder, prefix in folders.items()
        for path in (root / folder).glob("*")
    }


def _refused(code: str, path: PurePosixPath, message: str, hint: str) -> Begun:
    return Begun("", (), [Problem(Place(path), code, message, hint)])
