"""What a run depended on: the files it opened and the packages it imported."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable, Mapping, Reversible
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from paper_notes.snippets import packages


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

    known: Mapping[str, tuple[str, ...]]  # packages.providers()
    last: str  # the module that was imported last
    before: frozenset[str]  # the distributions that the modules until then come from

    @classmethod
    def until_now(cls) -> Imports:
        """What this process has imported."""
        known = packages.providers()
        return cls(known, next(reversed(sys.modules)), _origins(sys.modules, known))

    def distributions(self, modules: Reversible[str]) -> frozenset[str]:
        """The distributions that these modules, in order of import, and the earlier come from."""
        later = takewhile(lambda name: name != self.last, reversed(modules))
        return self.before | _origins(later, self.known)


def _origins(modules: Iterable[str], known: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    tops = {name.partition(".")[0] for name in modules}
    return frozenset(name for top in tops for name in known.get(top, ()))
