"""The build: library and report → pages → docs folder → MkDocs → a site, swapped in when whole.

Nothing the reader can see changes before everything has been built and checked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from paper_notes.library import Library
from paper_notes.logs import recorded
from paper_notes.pages.context import Context
from paper_notes.pages.words import WORDS
from paper_notes.problems import Place, Problem, has_errors
from paper_notes.site import mkdocs
from paper_notes.site.assemble import assemble
from paper_notes.site.docs_tree import docs_tree, handwritten, write_tree
from paper_notes.site.formulas import bad_formula
from paper_notes.site.fragments import Fragments, remembered
from paper_notes.site.heads import heads
from paper_notes.site.history import last_changes
from paper_notes.site.lists import Lists, make_lists
from paper_notes.site.manifest import listing, read_manifest, write_manifest
from paper_notes.site.press import Found, Workshop
from paper_notes.site.publication import Publication
from paper_notes.site.shells import LostBodyError, Shape, shapes_of
from paper_notes.site.source_date import BadSourceDateError, source_date
from paper_notes.site.spool import Spools, spools
from paper_notes.site.staging import Staging
from paper_notes.site.swap import is_left_aside, recover, swap_in
from paper_notes.site.tools import Tools
from paper_notes.site.work_folder import clear, discard
from paper_notes.site.written_pages import written_pages
from paper_notes.snippets.figures import FIGURES, FigureFolder
from paper_notes.snippets.mutate.record import Recorded
from paper_notes.snippets.report import SnippetResult

LOCK_SECONDS = 120  # how long a build waits for another one to end


@dataclass(frozen=True)
class Built:
    """What a build came to. With an error among the problems the old site still stands."""

    pages: int
    written: int  # files of the site that are new or have changed
    problems: list[Problem]
    site: Path | None = None  # the folder of the site that was built
    listing: str = ""  # of that folder, as the build left it


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
    def manifest(self) -> Path:
        """What the standing site was made of."""
        return self.work / "cache" / "site"

    @property
    def config(self) -> Path:
        """MkDocs' own settings."""
        return self.root / "mkdocs.yml"


def build_site(
    library: Library,
    runs: Mapping[str, SnippetResult],
    say: Callable[[str], None] = lambda _line: None,
    scores: Mapping[str, Recorded] | None = None,
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
        with (
            FileLock(folders.work / ".lock", timeout=LOCK_SECONDS),
            recorded("mkdocs"),
            remembered(folders.work / "cache" / "fragments.db") as fragments,
            spools(folders.work) as waiting,
        ):
            return _build(library, runs, scores or {}, folders, fragments, waiting, say)
    except Timeout:
        return _failed(
            "locked", "build/.lock", "another build is running", "wait for it, or stop it"
        )
    except MkDocsException as error:
        return _failed("bad-config", "mkdocs.yml", str(error))
    except BadSourceDateError as error:
        return _failed("bad-source-date", "environment", str(error), "unset it, or correct it")
    except FileExistsError as error:
        message = f"two sources for {error.filename}"
        return _failed("two-sources", "docs", message, "rename the hand-written file")
    except OSError as error:
        place = str(error.filename or "build")
        reason = error.strerror or str(error)
        return _failed("cannot-write", place, reason, "the site is as it was before")


def put_right(root: Path, site: Path, say: Callable[[str], None]) -> None:
    """Remove what an interrupted build has left, where no build is at work. Never raises."""
    folders = Folders(root)
    if not is_left_aside(site) and not (folders.work / "site").exists():
        return
    with suppress(Timeout, OSError):  # the next build that has something to do does it
        clear(folders.work)
        with FileLock(folders.work / ".lock", timeout=0):
            _tidy(folders, site, say)


def _tidy(folders: Folders, place: Path, say: Callable[[str], None]) -> None:
    if recover(place):
        say("an interrupted build was put right")
    if discard(folders.work / "site"):
        say("removed build/site: an interrupted build had left it")


def _build(
    library: Library,
    runs: Mapping[str, SnippetResult],
    scores: Mapping[str, Recorded],
    folders: Folders,
    fragments: Fragments,
    waiting: Spools,
    say: Callable[[str], None],
) -> Built:
    config = load_config(
        str(folders.config), docs_dir=str((folders.work / "docs").absolute()), plugins=[]
    )
    place = Path(config.site_dir)
    _tidy(folders, place, say)
    if not config.site_url:
        say("PAPER_NOTES_SITE_URL is not set: no sitemap, feeds, canonical links, preview images")
    say("lists")
    staging = Staging(folders.work / "site", place, read_manifest(folders.manifest))
    tools = Tools(fragments)
    shop = Workshop(staging, tools, config.site_name)
    context = Context(
        *(library, runs, tools.markdown, config.repo_url or None, scores),
        read_figure=FigureFolder(folders.root / FIGURES).read,
    )
    lists = make_lists(context, tools, waiting)
    pages = heads([page.head for page in lists.pages], context)
    written, changes = handwritten(folders.docs), last_changes(folders.root)
    by_hand = tuple(written_pages(written))
    made = Publication(context, pages, config.site_url or None, changes, by_hand)
    shapes = shapes_of(pages.lists, pages.about, config.site_name)
    try:
        tree = docs_tree(written, pages, shapes)
    except ValueError as error:
        return _failed("two-sources", "docs", str(error), "rename the hand-written page")
    write_tree(tree, folders.work / "docs")
    say("shells")
    config.site_dir = str(staging.folder)
    config.extra["words"] = WORDS
    try:
        return _stage(config, made, lists, shapes, shop, say)
    finally:
        with suppress(OSError):  # the next build removes it
            discard(staging.folder)


def _stage(
    config: MkDocsConfig,
    made: Publication,
    lists: Lists,
    shapes: Collection[Shape],
    shop: Workshop,
    say: Callable[[str], None],
) -> Built:
    """Make the site in the staged folder, verify it, and swap it in where it is whole."""
    folders, staging = Folders(made.context.library.root), shop.staging
    problems = mkdocs.render(config, source_date(folders.root))
    if has_errors(problems):
        return Built(0, 0, problems)
    say("pages")
    try:
        found = assemble(made, lists, shapes, shop)
    except LostBodyError as error:
        return _failed("lost-body", "mkdocs.yml", str(error))
    problems += _problems(found, made.context.library)
    if has_errors(problems):
        return Built(0, 0, problems)
    made_so = listing(staging.folder)
    swap_in(staging.folder, staging.standing)
    write_manifest(folders.manifest, staging.manifest)
    return Built(len(made.pages), len(staging.fresh), problems, staging.standing, made_so)


def _problems(found: Found, library: Library) -> Iterator[Problem]:
    """What is wrong with what was made."""
    for link in sorted(set(found.broken)):
        yield _problem("broken-link", link.page, f"the link {link.link} leads nowhere")
    for tex, message in sorted(found.refused.items()):
        yield bad_formula(library, tex, message)


def _failed(code: str, path: str, message: str, hint: str = "") -> Built:
    return Built(0, 0, [_problem(code, path, message, hint)])


def _problem(code: str, path: str, message: str, hint: str = "") -> Problem:
    return Problem(Place(PurePosixPath(path)), code, message, hint)
