"""What is being written, kept in memory: a saved note renews its own pages and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import islice
from pathlib import Path, PurePosixPath

from mkdocs.config import load_config

from paper_notes.evidence_rules import check_evidence
from paper_notes.library import Library, load_library, paths_of
from paper_notes.logs import recorded
from paper_notes.mappings import Replaced
from paper_notes.notes.identity import index_of
from paper_notes.notes.names import Names
from paper_notes.notes.read import FOLDER, Note, read_note
from paper_notes.notes.rules import check_notes
from paper_notes.pages.context import Context
from paper_notes.pages.every import pages_about
from paper_notes.pages.page import with_body
from paper_notes.prefilled import prefilled
from paper_notes.problems import Problem, has_errors
from paper_notes.reading.sources import find_sources
from paper_notes.site.formulas import bad_formula
from paper_notes.site.fragments import Fragments
from paper_notes.site.metadata import head
from paper_notes.site.runs import REPORT, current_runs
from paper_notes.site.serving.shells import shell_of
from paper_notes.site.tools import Tools
from paper_notes.snippets.figures import FIGURES, FigureFolder
from paper_notes.snippets.model import Snippet
from paper_notes.snippets.mutate.record import current
from paper_notes.snippets.read import read_snippet, snippet_path

_DONORS = 50  # pages to look through for a shell, where a page has none of its own


class Fate(Enum):
    """What became of a paper's files."""

    SAME = "same"  # they say what they said
    SHOWN = "shown"
    BROKEN = "broken"  # there are errors: the pages stay as they are
    GONE = "gone"


@dataclass(frozen=True)
class Desk:
    """A base and all that its pages are made from."""

    context: Context
    address: str | None  # the site's own
    site: Path  # the standing site
    tools: Tools

    @property
    def library(self) -> Library:
        """The base as far as it is without errors."""
        return self.context.library

    def close(self) -> None:
        """Let go of what was remembered of earlier builds."""
        self.tools.fragments.leave()


@dataclass(frozen=True)
class Revision:
    """A paper read again."""

    fate: Fate
    desk: Desk  # with it
    problems: list[Problem] = field(default_factory=list)
    pages: Mapping[str, bytes] = field(default_factory=dict)  # the paper's, by address


def open_desk(root: Path, site: Path) -> Desk:
    """Read the base at root. Raises MkDocsException for bad settings, OSError for missing ones."""
    with recorded("mkdocs"):
        # MkDocs wants a folder of pages that is there; before the first build its own is not.
        config = load_config(str(root / "mkdocs.yml"), docs_dir=str(root / FOLDER), plugins=[])
    library, _ = load_library(root)
    runs = current_runs(library, root / REPORT)
    tools = Tools(Fragments(root / "build/cache/fragments.db"))
    scores = current(root, library.snippets)
    context = Context(
        *(library, runs, tools.markdown, config.repo_url or None, scores),
        read_figure=FigureFolder(root / FIGURES).read,
    )
    desk = Desk(context, config.site_url or None, site, tools)
    tools.math.warm_up()
    for id in islice(library.papers, 1):  # the first revision costs more than all that follow
        dict(_finished(_with(desk, id, library.notes[id], library.snippets.get(id)), id))
    return desk


def revise(desk: Desk, id: str) -> Revision:
    """Read the files of one paper again and make its pages. Never raises for bad input."""
    root, library = desk.library.root, desk.library
    note, problems = read_note(root, Path(FOLDER) / f"{id}.yaml")
    if any(problem.code == "missing-file" for problem in problems):
        return _gone(desk, id)
    snippet, found = read_snippet(root, id)
    problems += _without_missing(found, snippet_path(id))
    if note:
        problems += _joined(library, note, snippet)
    if note is None or has_errors(problems):
        return Revision(Fate.BROKEN, desk, problems)
    if note == library.notes.get(id) and snippet == library.snippets.get(id):
        return Revision(Fate.SAME, desk, problems)
    new = _with(desk, id, note, snippet)
    desk.tools.refused.clear()
    pages = dict(_finished(new, id))
    refused = desk.tools.refused.items()
    problems += [bad_formula(new.library, tex, why, id) for tex, why in refused]
    if has_errors(problems):
        return Revision(Fate.BROKEN, desk, problems)
    return Revision(Fate.SHOWN, new, problems, pages)


def _joined(library: Library, note: Note, snippet: Snippet | None) -> Iterator[Problem]:
    """What is wrong between this note and what it names."""
    id, root = note.paper.id, library.root
    names = library.notes if id in library.notes else [*library.notes, id]
    alone, index = {id: note}, index_of({id: note.paper})
    problems = list(check_notes(alone, library.topics, Names(names), index))
    if has_errors(problems):  # it may name notes that are there, and have errors themselves
        problems = list(check_notes(alone, library.topics, find_sources(root).ids, index))
    unreadable = {id} if (root / snippet_path(id)).exists() else set[str]()
    yield from problems
    yield from check_evidence(note, {id: snippet} if snippet else {}, unreadable)


def _gone(desk: Desk, id: str) -> Revision:
    """There is no note of that id: as before, unless another file of it is there, or was."""
    library = desk.library
    if id in library.notes or any((library.root / path).exists() for path in paths_of(id)):
        return Revision(Fate.GONE, _with(desk, id, None, None))
    return Revision(Fate.SAME, desk)


def _without_missing(problems: list[Problem], path: PurePosixPath) -> Iterator[Problem]:
    """That there is no snippet is said of the note, in better words."""
    missing = ("missing-file", path)
    return (each for each in problems if (each.code, each.place.path) != missing)


def _with(desk: Desk, id: str, note: Note | None, snippet: Snippet | None) -> Desk:
    """The desk with this paper as it is now."""
    old, context = desk.library, desk.context
    notes, snippets = Replaced(old.notes, {id: note}), Replaced(old.snippets, {id: snippet})
    library = replace(old, notes=notes, snippets=snippets)
    if note and id in old.papers:  # at its place among those that are sorted
        prefilled(library, papers=Replaced(old.papers, {id: note.paper}))
    runs, scores = context.runs, context.scores
    if snippet != old.snippets.get(id):
        alone = replace(library, snippets={id: snippet} if snippet else {})
        fresh = current_runs(alone, old.root / REPORT)
        runs = Replaced(runs, {id: fresh.get(id)})
        scores = Replaced(scores, {id: current(old.root, alone.snippets).get(id)})
    return replace(desk, context=context.revised(library, runs, scores, id))


def _finished(desk: Desk, id: str) -> Iterator[tuple[str, bytes]]:
    """The pages of one paper by address, in so far as the standing site has shells for them."""
    for page in pages_about(desk.context, id):
        folder = page.url.removesuffix(f"{id}/")
        others = (f"{folder}{other}/" for other in islice(desk.library.papers, _DONORS))
        shell = shell_of(desk.site, page, others, desk.address)
        if shell is not None:
            paper = desk.library.papers.get(page.about or "")
            yield page.url, with_body(page, shell, head(page, paper, desk.address)).encode()
