"""Writes files whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path, PurePosixPath

from paper_notes.storage.held import held_file
from paper_notes.storage.pending import undone_unless_done

_GENERATED = "build"  # in folders of this name everything is ours
PART = ".paper-notes.part"  # what the name of a file that is being written ends in


def write_whole(path: Path, content: bytes) -> None:
    """Make `path` hold this content in one step, creating its folders; readers never see half.

    Raises OSError where it cannot be written; what was there before is then untouched.
    """
    with _beside(path, content) as whole:
        whole.replace(path)


def write_generated(path: Path, content: bytes) -> None:
    """As `write_whole`, for a file that nobody else writes: what is in its way is removed.

    Raises OSError where it cannot be written.
    """
    clear_way(path)
    write_whole(path, content)


def clear_way(path: Path) -> None:
    """Remove what nobody who keeps to the rules has put where a file of ours is to be.

    That is a folder or a link in its place, and below build/ whatever stands for a folder on the
    way to it and is none. Nothing is emptied or written through a link: the link goes.
    Raises OSError where it cannot be removed.
    """
    for folder in _folders_of_ours(path):
        _keep_only_a_folder(folder)
    if path.is_symlink():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)


def make_folder(path: Path) -> None:
    """Have a folder of ours at path, with the way to it cleared as `clear_way` does.

    Raises OSError where it cannot be made.
    """
    for folder in (*_folders_of_ours(path), path):
        _keep_only_a_folder(folder)
    path.mkdir(parents=True, exist_ok=True)


def _keep_only_a_folder(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        path.unlink()


def _folders_of_ours(path: Path) -> Iterator[Path]:
    """The folders on the way to path that are below build/, the outermost first."""
    names = [folder.name for folder in path.parents]
    if _GENERATED in names:
        yield from reversed(path.parents[: names.index(_GENERATED)])


def write_new(root: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    """Write files below root that must not exist yet: all, or none where one cannot be written.

    Where this is cut off in the middle, `recovery.put_right` removes those that were written.
    Raises FileExistsError where one exists; OSError where one cannot be written.
    """
    with ExitStack() as stack:
        parts = {
            path: stack.enter_context(_beside(root / path, content))
            for path, content in files.items()
        }
        with undone_unless_done(root, parts):
            for path, part in parts.items():
                # Unlike a rename, this never replaces what is there.
                (root / path).hardlink_to(part)


def _beside(path: Path, content: bytes) -> AbstractContextManager[Path]:
    """A file with this content in the folder of `path`, for as long as it is needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return held_file(path.parent, content, f".{path.name}.", PART)
