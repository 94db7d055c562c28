"""The folder build/ as a build finds it: whatever stands there in a wrong shape gives way.

Anybody may have put anything there. No link is written through and none is emptied: the links
themselves are removed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

_FOLDERS = ("docs", "site")  # we empty these, so they must be folders and not lead elsewhere
_FILES = (".lock",)


def clear(work: Path) -> list[str]:
    """Remove what stands where a build needs a folder or a file of its own; gives the names.

    Raises OSError where it cannot be removed.
    """
    wrong = [name for name in _FOLDERS if not _absent(work / name) and not _is_folder(work / name)]
    wrong += [name for name in _FILES if not _absent(work / name) and not _is_file(work / name)]
    for name in wrong:
        discard(work / name)
    return wrong


def discard(path: Path) -> bool:
    """Remove a file, a link or a folder with all that is in it; whether there was one.

    Raises OSError where it cannot be removed.
    """
    if _absent(path):
        return False
    if _is_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink()
    return True


def _absent(path: Path) -> bool:
    return not path.exists() and not path.is_symlink()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
