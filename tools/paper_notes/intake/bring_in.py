"""What `paper-notes import` does: files that people have become drafts, one a paper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from paper_notes.intake.bibtex import Entered, read_bibtex
from paper_notes.intake.draft import Draft, as_yaml
from paper_notes.intake.duplicates import known_papers, same_paper
from paper_notes.intake.naming import propose_id
from paper_notes.intake.new import taken_ids, write_texts
from paper_notes.intake.ochiai.account import Account
from paper_notes.intake.ochiai.read import Found, read_notes
from paper_notes.intake.skeleton import TEST
from paper_notes.notes.read import FOLDER, check_id
from paper_notes.problems import Place, Problem, has_errors, visible
from paper_notes.storage.files import read_text
from paper_notes.storage.held import alone

MAX_BYTES = 4 * 1024 * 1024
# Of a reference manager's entry: a copied abstract is nobody's note, and a path is private.
_LEFT_OUT = ("abstract", "file", "bdsk-file-1", "local-url")


@dataclass(frozen=True)
class Brought:
    """A paper of a file on its way into the base."""

    place: Place
    draft: Draft


@dataclass(frozen=True)
class Imported:
    """What was written, what was wrong, and what became of every line."""

    written: tuple[PurePosixPath, ...]
    problems: list[Problem]
    report: str


def import_file(root: Path, file: Path, draft: Draft, *, dry_run: bool = False) -> Imported:
    """Write a note for each paper of the file that the base does not have. Never raises.

    All of them are written or, where one cannot be, none.

    `draft` holds what is the same for all of them: the day, and perhaps the topic.
    """
    path = PurePosixPath(file.as_posix())
    text, problems = read_text(file.absolute().parent, PurePosixPath(file.name), MAX_BYTES)
    problems = [replace(problem, place=replace(problem.place, path=path)) for problem in problems]
    if text is None or has_errors(problems):
        return Imported((), problems, "")
    if file.suffix.lower() == ".bib":
        entries, found = read_bibtex(text, path)
        brought = [_from_bibtex(entry, draft) for entry in entries]
        report = "\n".join(_told(entry) for entry in entries)
    else:
        papers, account = read_notes(text)
        brought = [_from_notes(paper, path, draft, account) for paper in papers]
        report = account.render(visible(str(path)), text.split("\n"))
        found = [] if brought else [_nothing(path)]
    written, refused = _write(root, brought, dry_run=dry_run)
    return Imported(written, [*problems, *found, *refused], report)


def _write(
    root: Path, brought: list[Brought], *, dry_run: bool
) -> tuple[tuple[PurePosixPath, ...], list[Problem]]:
    with alone(root / FOLDER):  # another import, or `new`, may be about to write the same paper
        texts, problems = _texts(root, brought)
        if not dry_run:
            refused = write_texts(root, texts)
            return (() if refused else tuple(texts)), [*problems, *refused]
    return tuple(texts), problems


def _texts(root: Path, brought: list[Brought]) -> tuple[dict[PurePosixPath, str], list[Problem]]:
    """The notes to write, and why some papers have none."""
    known = list(known_papers(root))
    taken = set(taken_ids(root))
    texts: dict[PurePosixPath, str] = {}
    problems: list[Problem] = []
    for item in brought:
        same = same_paper(item.draft.metadata, known) if item.draft.metadata.title else None
        if same:
            message = f"the base has this paper already, by {same[1]}: {same[0].path}"
            hint = "nothing was written for it; carry over by hand what is new"
            problems.append(Problem(item.place, "same-paper", message, hint))
            continue
        id = propose_id(item.draft.metadata, taken)
        taken.add(id)
        path = PurePosixPath(f"{FOLDER}/{id}.yaml")
        refused = check_id(path)
        problems += refused
        if not refused:
            texts[path] = as_yaml(item.draft, TEST)
    return texts, problems


def _from_notes(paper: Found, path: PurePosixPath, draft: Draft, account: Account) -> Brought:
    answers, reads = paper.written(account), paper.reads(account)
    metadata = paper.preface.metadata
    if not metadata.title:
        metadata = replace(metadata, title="TODO")
    tags = (*draft.tags, *paper.preface.tags)
    filled = replace(
        draft, metadata=metadata, tags=tags, answers=answers, next_read=reads, kept=paper.kept
    )
    return Brought(Place(path, paper.line), filled)


def _from_bibtex(entry: Entered, draft: Draft) -> Brought:
    kept = [line for line in entry.unused if not line.startswith(_LEFT_OUT)]
    return Brought(entry.place, replace(draft, metadata=entry.metadata, kept=kept))


def _told(entry: Entered) -> str:
    place = f"{visible(str(entry.place.path))}:{entry.place.line}"
    left_out = [line.partition(" ")[0] for line in entry.unused if line.startswith(_LEFT_OUT)]
    rest = [line.partition(" ")[0] for line in entry.unused if not line.startswith(_LEFT_OUT)]
    kept = f"; kept as comments: {', '.join(rest)}" if rest else ""
    lost = f"; left out: {', '.join(left_out)}" if left_out else ""
    return f"{place}: {entry.key}: {entry.metadata.title}{kept}{lost}"


def _nothing(path: PurePosixPath) -> Problem:
    message = "no paper was found in this file"
    hint = "a paper has a heading with its title, and at least one of the six questions below it"
    return Problem(Place(path), "no-paper", message, hint)
