"""The build: library and report → pages → docs folder → MkDocs → a site, swapped in when whole.

Nothing the reader can see changes before everything has been built and checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from paper_notes.library import Library
from paper_notes.logs import recorded
from paper_notes.pages.context import Context
from paper_notes.pages.every import every_page
from paper_notes.pages.highlight import Highlighter
from paper_notes.pages.markdown import Markdown
from paper_notes.pages.math import MathRenderer
from paper_notes.pages.words import WORDS
from paper_notes.problems import Place, Problem, has_errors
from paper_notes.site.cache import remembered
from paper_notes.site.docs_tree import docs_tree, write_tree
from paper_notes.site.finish import finish
from paper_notes.site.history import last_changes
from paper_notes.site.links import broken_links
from paper_notes.site.own_assets import own_assets
from paper_notes.site.publication import Publication
from paper_notes.site.swap import recover, swap_in
from paper_notes.site.work_folder import clear, discard
from paper_notes.snippets.mutate.score import Score
from paper_notes.snippets.report import SnippetResult

LOCK_SECONDS = 120  # how long a build waits for another one to end


@dataclass(frozen=True)
class Built:
    """What a build came to. With an error among the problems the old site still stands."""

    pages: int
    written: int  # files of the docs folder that had changed
    problems: list[Problem]


@dataclass(frozen=True)
class Folders:
    """Where a build reads and writes, below the repository's root."""

    root: Path

    @property
    def docs(self) -> Path:
        """Hand-written pages: read, never written."""
        return self.root / "docs"

    @property
    def work(self) -> Path:
        """Everything in it can be deleted at any time."""
        return self.root / "build"

    @property
    def config(self) -> Path:
        """MkDocs' own settings."""
        return self.root / "mkdocs.yml"


def build_site(
    library: Library,
    runs: Mapping[str, SnippetResult],
    say: Callable[[str], None] = lambda _line: None,
    scores: Mapping[str, Score] | None = None,
) -> Built:
    """Build the site of this library and what is current of its runs and mutation scores.

    It goes into the folder that mkdocs.yml names.
    """
    folders = Folders(library.root)
    if not folders.config.is_file():
        return _failed("no-config", "mkdocs.yml", "there is no mkdocs.yml here")
    try:
        left = clear(folders.work)
        (folders.work / "docs").mkdir(parents=True, exist_ok=True)
        for name in left:
            say(f"removed build/{name}: it was not as a build leaves it")
        with FileLock(folders.work / ".lock", timeout=LOCK_SECONDS), recorded("mkdocs"):
            return _build(library, runs, scores or {}, folders, say)
    except Timeout:
        return _failed(
            "locked", "build/.lock", "another build is running", "wait for it, or stop it"
        )
    except MkDocsException as error:
        return _failed("bad-config", "mkdocs.yml", str(error))
    except OSError as error:
        place = str(error.filename or "build")
        reason = error.strerror or str(error)
        return _failed("cannot-write", place, reason, "the site is as it was before")


def _build(
    library: Library,
    runs: Mapping[str, SnippetResult],
    scores: Mapping[str, Score],
    folders: Folders,
    say: Callable[[str], None],
) -> Built:
    config = load_config(str(folders.config), docs_dir=str(folders.work / "docs"), plugins=[])
    place = Path(config.site_dir)
    if recover(place):
        say("an interrupted build was put right")
    if discard(folders.work / "site"):
        say("removed build/site: an interrupted build had left it")
    say("pages")
    made, assets, problems = _render(library, runs, scores, folders, config)
    if has_errors(problems):
        return Built(0, 0, problems)
    try:
        tree = docs_tree(made.context, made.pages, folders.docs, assets, made.address)
    except ValueError as error:
        return _failed("two-sources", "docs", str(error), "rename the hand-written page")
    written = write_tree(tree, folders.work / "docs")
    say("site")
    if not config.site_url:
        say("PAPER_NOTES_SITE_URL is not set: no sitemap, feeds, canonical links, preview images")
    staged = folders.work / "site"
    try:
        return _stage(config, made, staged, place, written)
    finally:
        with suppress(OSError):  # the next build removes it
            discard(staged)


def _stage(
    config: MkDocsConfig, made: Publication, staged: Path, place: Path, written: int
) -> Built:
    """Make the site in the staged folder, verify it, and swap it in where it is whole."""
    config.site_dir = str(staged)
    config.extra["words"] = WORDS
    problems = _mkdocs(config)
    if not has_errors(problems):
        problems += finish(staged, made)
        problems += _verify(staged)
    if has_errors(problems):
        return Built(0, written, problems)
    swap_in(staged, place)
    return Built(len(made.pages), written, problems)


def _render(
    library: Library,
    runs: Mapping[str, SnippetResult],
    scores: Mapping[str, Score],
    folders: Folders,
    config: MkDocsConfig,
) -> tuple[Publication, list[tuple[PurePosixPath, bytes]], list[Problem]]:
    cache = folders.work / "cache"
    refused: dict[str, str] = {}
    with (
        remembered(cache / "math.json") as formulas,
        remembered(cache / "code.json") as code,
        remembered(cache / "fonts.json") as fonts,
    ):
        math, highlight = MathRenderer(formulas), Highlighter(code)
        markdown = Markdown(math, highlight, refused.__setitem__)
        context = Context(library, runs, markdown, highlight, config.repo_url or None, scores)
        pages = list(every_page(context))
        assets = list(own_assets(math.shown, fonts))
    made = Publication(context, pages, config.site_url or None, last_changes(folders.root))
    return made, assets, [_bad_formula(library, *item) for item in refused.items()]


def _bad_formula(library: Library, tex: str, message: str) -> Problem:
    """Point at the file, and the line where it can be found, that holds a refused formula."""
    sources = [f"papers/{id}.yaml" for id in library.notes]
    sources += [str(snippet.path) for snippet in library.snippets.values()]
    first = tex.strip().split("\n")[0]
    for source in [*sources, "papers/topics.yaml"]:
        text = (library.root / source).read_text(encoding="utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            if first in line:
                place = Place(PurePosixPath(source), number, line.index(first) + 1)
                return Problem(place, "math", f"${first}$: {message}", "KaTeX must accept it")
    return Problem(Place(PurePosixPath("papers")), "math", f"${first}$: {message}")


def _mkdocs(config: MkDocsConfig) -> list[Problem]:
    """Run MkDocs; its warnings and errors become problems."""
    with recorded("mkdocs") as records:
        try:
            mkdocs_build(config)
        except MkDocsException as error:
            return [_problem("mkdocs", "mkdocs.yml", str(error))]
    return [_problem("mkdocs", "docs", record.getMessage()) for record in records]


def _verify(staged: Path) -> list[Problem]:
    return [
        _problem("broken-link", page, f"the link {link} leads nowhere")
        for page, link in broken_links(staged)
    ]


def _failed(code: str, path: str, message: str, hint: str = "") -> Built:
    return Built(0, 0, [_problem(code, path, message, hint)])


def _problem(code: str, path: str, message: str, hint: str = "") -> Problem:
    return Problem(Place(PurePosixPath(path)), code, message, hint)
