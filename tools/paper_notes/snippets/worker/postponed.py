"""Modules that a package imports for a few of its users: run only when somebody asks for them."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


@contextmanager
def postponed(names: Collection[str]) -> Iterator[None]:
    """Within, importing one of these modules does not run it; asking for an attribute runs all.

    Python's own `LazyLoader` runs a module when it is imported for the second time.
    """
    finder = _Finder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    """Finds these modules where they would be found, but to be run later."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._waiting: list[tuple[ModuleType, Loader]] = []

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(fullname, path, target) if fullname in self._names else None
        if found and found.loader:
            found.loader = _Later(found.loader, self._waiting)
        return found


class _Later(Loader):
    """Puts a module among those that wait."""

    def __init__(self, loader: Loader, waiting: list[tuple[ModuleType, Loader]]) -> None:
        self._loader, self._waiting = loader, waiting

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Asleep(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        self._waiting.append((module, self._loader))

    def run_all(self) -> None:
        """Run those that wait, in order: one of them may rely on what another only registers."""
        while self._waiting:
            module, loader = self._waiting.pop(0)
            module.__class__ = ModuleType
            module.__loader__ = loader
            if module.__spec__:
                module.__spec__.loader = loader
            loader.exec_module(module)


class _Asleep(ModuleType):
    """A module that has not run yet."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") or not isinstance(self.__loader__, _Later):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.__loader__.run_all()
        return getattr(self, name)
