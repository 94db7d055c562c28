"""The docs folder that MkDocs reads: hand-written pages, and one page for each shape of ours.

Everything is worked out in memory first, then only what changed is written, so that an unchanged
build touches nothing and a failed one leaves nothing half written.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from paper_notes.pages.page import Page, as_markdown
from paper_notes.site.shells import Shape
from paper_notes.storage.whole import write_whole

_MARKDOWN = re.compile(r"[\w./-]+\.md\b")

Tree = Mapping[PurePosixPath, bytes]


def handwritten(folder: Path) -> Tree:
    """What people wrote, by its path."""
    return {
        PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def docs_tree(written: Tree, pages: Iterable[Page], shapes: Iterable[Shape]) -> Tree:
    """Every file of the docs folder by its path in it.

    Pages of ours that hand-written ones link to are there, too, because MkDocs looks for them.

    Raises ValueError where a hand-written page stands where one of ours belongs.
    """
    tree = {PurePosixPath(shape.source): shape.markdown.encode() for shape in shapes}
    linked = _linked(written)
    for page in pages:
        path = PurePosixPath(page.source)
        if path in written:
            raise ValueError(f"two sources for {path}")
        if page.source in linked and path not in tree:
            tree[path] = as_markdown(page).encode()
    return {**written, **tree}


def _linked(written: Tree) -> frozenset[str]:
    """The sources that hand-written pages name."""
    return frozenset(
        posixpath.normpath(path.parent / name)
        for path, content in written.items()
        if path.suffix == ".md"
        for name in _MARKDOWN.findall(content.decode("utf-8", "replace"))
    )


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
