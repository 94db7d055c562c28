"""The hand-made learning paths: `papers/paths.yaml`, in the file's order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paper_notes.notes.cursor import Cursor
from paper_notes.notes.document import open_document
from paper_notes.notes.fields import ARXIV, DOI, PAPER_ID, TEXT, URL
from paper_notes.notes.identity import Index, identities, plain_title
from paper_notes.notes.kinds import LINE, listing, record
from paper_notes.notes.model import ID_PATTERN, Text, doc
from paper_notes.notes.names import Names
from paper_notes.notes.positions import Keys, by_keys
from paper_notes.problems import Place, Problem

PATH = PurePosixPath("papers/paths.yaml")
TAKEN = frozenset({"way"})  # the page of ways lives beside those of the paths


@dataclass(frozen=True)
class PathStep:
    """One paper of a path, and why it stands there."""

    why: Text = doc(
        "Why this paper, at this place of the path.", "この論文を、道順のここで読む理由。"
    )
    paper: str | None = doc(
        "The id of a note in this base.", "この知識ベースにある論文の id。", "lenet", default=None
    )
    title: str | None = doc(
        "The title of a paper that is not here yet; its note is found once there is one.",
        "まだ収録していない論文の題名。要約が加わると自動でつながる。",
        "Layer Normalization",
        default=None,
    )
    arxiv: str | None = doc("Its arXiv id.", "その arXiv 番号。", "1607.06450", default=None)
    doi: str | None = doc("Its DOI.", "その DOI。", "10.1038/323533a0", default=None)
    url: str | None = doc(
        "Its address, where there is neither.", "どちらもない場合の URL。", default=None
    )


@dataclass(frozen=True)
class LearningPath:
    """A way through papers that somebody thought out."""

    id: str
    name: Text = doc("Where it leads from and to.", "どこからどこまでの道順か。")
    introduction: Text = doc(
        "For whom it is, and what one knows at its end.",
        "だれのための道順で、終わりに何が分かるか。",
    )
    steps: tuple[PathStep, ...] = doc("The papers in reading order.", "読む順に並べた論文。")


def read_paths(
    root: Path, known: Names, papers: Index
) -> tuple[Mapping[str, LearningPath], list[Problem]]:
    """The paths by id, and what is wrong with the file; a base without the file has no paths.

    `known` holds the ids of all notes, also of those that could not be read; `papers` finds the
    notes that steps mean without saying their ids.
    """
    top, problems = open_document(root, PATH, optional=True)
    if top is None:
        return {}, problems
    entries = top.entries() or {}
    read = {id: _path(id, entry) for id, entry in entries.items()}
    paths = {id: path for id, path in read.items() if path is not None}
    positions = by_keys(top.found.rows)
    for path in paths.values():
        problems += _check_steps(path, known, papers, positions)
    return paths, [*problems, *top.found.problems]


def _path(id: str, cursor: Cursor) -> LearningPath | None:
    if not re.fullmatch(ID_PATTERN, id, re.ASCII) or id in TAKEN:
        hint = f"a-z, 0-9 and _, beginning with a letter; not {', '.join(sorted(TAKEN))}"
        cursor.report("path-id", f"{id[:40]} is no id of a path", hint, place=cursor.place)
        return None

    def build(**values: object) -> LearningPath:
        return LearningPath(id=id, **values)  # type: ignore[arg-type]

    kinds = {"name": TEXT, "introduction": TEXT, "steps": listing(_STEP, 2)}
    path: LearningPath | None = record(LearningPath, kinds, build=build).read(cursor)
    return path


def _check_target(cursor: Cursor, entries: Mapping[str, Cursor]) -> None:
    outside = [key for key in ("title", "arxiv", "doi", "url") if key in entries]
    hint = "give `paper` (an id of this base), or `title` with `arxiv`, `doi` or `url`"
    if "paper" in entries and outside:
        message = f"both `paper` and `{outside[0]}` name the step's paper"
        cursor.report("path-step", message, hint)
    elif "paper" not in entries and "title" not in entries:
        cursor.report("path-step", "nothing says which paper to read", hint)


_STEP = record(
    PathStep,
    {"paper": PAPER_ID, "title": LINE, "arxiv": ARXIV, "doi": DOI, "url": URL, "why": TEXT},
    _check_target,
)


def _check_steps(
    path: LearningPath, known: Names, papers: Index, positions: Mapping[Keys, tuple[int, int]]
) -> Iterator[Problem]:
    first: dict[object, int] = {}
    for number, step in enumerate(path.steps):
        keys = (path.id, "steps", number, "paper" if step.paper else "title")
        place = Place(PATH, *positions[keys])
        if step.paper and step.paper not in known:
            hint = known.did_you_mean(step.paper, "give `title` and `arxiv` instead")
            yield Problem(place, "unknown-paper", f"there is no note `{step.paper}`", hint)
        id = step.paper or papers.find(step)
        names = {id} if id else {*identities(step), plain_title(step.title or "")}
        again = min((first[name] for name in names if name in first), default=None)
        if again is not None:
            message = f"the same paper as step {again + 1}"
            yield Problem(place, "path-step-twice", message, "keep one of them")
        first.update({name: number for name in names if name not in first})
