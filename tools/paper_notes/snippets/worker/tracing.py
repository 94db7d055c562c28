"""What a run depended on: the files it opened and the packages it imported."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable, Reversible
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path


class OpenedFiles:
    """Records every file that Python opens for reading, from `start` to the end of the process."""

    def __init__(self) -> None:
        self._paths: set[str] = set()

    def start(self) -> None:
        """Begin. An audit hook cannot be taken out again, so this belongs in a child."""
        sys.addaudithook(self._hook)

    def inside(self, root: Path, ignored: tuple[Path, ...]) -> tuple[str, ...]:
        """The files below root and not below any of ignored, relative to root, sorted."""
        # Real paths: a folder may have two names, and the same file must have one.
        base = os.path.realpath(root)
        others = tuple(os.path.realpath(folder) + os.sep for folder in ignored)
        real = {os.path.realpath(path) for path in self._paths}
        return tuple(
            sorted(
                Path(os.path.relpath(path, base)).as_posix()
                for path in real
                if path.startswith(base + os.sep)
                and not path.startswith(others)
                and Path(path).is_file()
            )
        )

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if event != "open":
            return
        path, _, flags = arguments
        if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR):
            return
        if isinstance(path, str | bytes | os.PathLike):
            self._paths.add(_source(os.path.abspath(os.fsdecode(path))))  # noqa: PTH100 (often)


def _source(path: str) -> str:
    """The file that a cached bytecode file was made of; other paths as they are."""
    if not path.endswith(".pyc"):
        return path
    try:
        return importlib.util.source_from_cache(path)
    except ValueError:
        return path


@dataclass(frozen=True)
class Imports:
    """What the worker had imported, so that a child looks only at what came after.

    Touching the thousands of earlier names would copy the pages of memory that they lie on.
    """

    last: str  # the module that was imported last

    @classmethod
    def until_now(cls) -> Imports:
        """What this process has imported."""
        return cls(next(reversed(sys.modules)))

    def later(self, modules: Reversible[str]) -> list[str]:
        """What of these modules, in order of import, came later: `names` of them."""
        return names(takewhile(lambda name: name != self.last, reversed(modules)))


def names(modules: Iterable[str]) -> list[str]:
    """The first part of each module's name, which says whose it is: each once, sorted."""
    return sorted({name.partition(".")[0] for name in modules})
