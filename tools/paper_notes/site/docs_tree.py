"""The docs folder that MkDocs reads: hand-written pages, generated pages and assets as one tree.

Everything is worked out in memory first, then only what changed is written, so that an unchanged
build touches nothing and a failed one leaves nothing half written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from paper_notes.export.bibtex import bibtex
from paper_notes.export.notebook import notebook
from paper_notes.notes.model import LANGUAGES
from paper_notes.pages.context import Context
from paper_notes.pages.data import data_files
from paper_notes.pages.figure import drawing
from paper_notes.pages.page import Page, as_markdown
from paper_notes.pages.words import WORDS
from paper_notes.pages.words.search import WORDS as SEARCH_WORDS
from paper_notes.search.files import search_files
from paper_notes.search.opensearch import opensearch
from paper_notes.whole import write_whole

Tree = Mapping[PurePosixPath, bytes]
Files = Iterable[tuple[PurePosixPath, bytes]]


def docs_tree(
    context: Context, pages: Iterable[Page], handwritten: Path, assets: Files, address: str | None
) -> Tree:
    """Every file of the docs folder by its path in it; some need the site's own address.

    Raises ValueError where a hand-written page stands where a generated one belongs.
    """
    tree: dict[PurePosixPath, bytes] = {}
    sources = (
        _folder(handwritten),
        assets,
        _citations(context),
        _notebooks(context),
        ((PurePosixPath(path), content) for path, content in data_files(context)),
        _figures(context),
        search_files(context.library, context.totals, SEARCH_WORDS),
        _opensearch(address),
        ((PurePosixPath(page.source), as_markdown(page).encode()) for page in pages),
    )
    for source in sources:
        for path, content in source:
            if path in tree:
                raise ValueError(f"two sources for {path}")
            tree[path] = content
    return tree


def write_tree(tree: Tree, folder: Path) -> int:
    """Make the folder hold this tree and nothing else; gives how many files were written.

    Raises OSError where the folder cannot be written.
    """
    _remove_strangers(tree, folder)
    written = 0
    for path, content in tree.items():
        target = folder / path
        if target.is_file() and target.read_bytes() == content:
            continue
        write_whole(target, content)
        written += 1
    return written


def _remove_strangers(tree: Tree, folder: Path) -> None:
    """Remove all that this tree does not need as it is: files, links, folders without files."""
    known = {folder / path for path in tree}
    for path in sorted(folder.rglob("*"), reverse=True):  # children before their folders
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in known or not path.is_file() or path.is_symlink():
            path.unlink()


def _folder(folder: Path) -> Files:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield PurePosixPath(path.relative_to(folder).as_posix()), path.read_bytes()


def _citations(context: Context) -> Files:
    for paper in context.library.papers.values():
        yield PurePosixPath(f"bibtex/{paper.id}.bib"), bibtex(paper).encode()


def _notebooks(context: Context) -> Files:
    for id, snippet in context.library.snippets.items():
        text = notebook(snippet, context.library.papers.get(id))
        yield PurePosixPath(f"notebooks/{id}.ipynb"), text.encode()


def _figures(context: Context) -> Files:
    for id in sorted(context.runs):
        if figure := drawing(context.runs[id]):
            yield PurePosixPath(figure.path), figure.content


def _opensearch(site_url: str | None) -> Iterable[tuple[PurePosixPath, bytes]]:
    for language in LANGUAGES if site_url else ():
        description = opensearch(str(site_url), language, WORDS[language])
        yield PurePosixPath(f"{language}/opensearch.xml"), description.encode()
