"""Runs a Python module as it would run somewhere else, to see whether anything of that shows.

    python -m benchmarks.circumstances --cores 1 --backwards -- paper_notes build

What the environment can say (PYTHONHASHSEED, TZ, LANG) is the caller's to set.
"""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self


def main() -> None:
    """Set the circumstances up, then become the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cores", type=int, help="how many there seem to be")
    parser.add_argument("--backwards", action="store_true", help="list folders in another order")
    parser.add_argument("--umask", type=lambda text: int(text, 8))
    parser.add_argument("module")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    said = parser.parse_args()
    if said.cores:
        seem_to_have(said.cores)
    if said.backwards:
        list_backwards()
    if said.umask is not None:
        os.umask(said.umask)
    sys.argv = [said.module, *said.arguments]
    runpy.run_module(said.module, run_name="__main__")


def seem_to_have(cores: int) -> None:
    """Let this process think that it may use so many cores."""
    os.cpu_count = lambda: cores
    if hasattr(os, "sched_getaffinity"):
        os.sched_getaffinity = lambda _process: set(range(cores))


def list_backwards() -> None:
    """Let every folder list what is in it in the reverse of the names' order.

    Which order a file system gives is its own affair: this one none gives by chance.
    """
    listdir, scandir = os.listdir, os.scandir
    os.listdir = lambda *place: sorted(listdir(*place), reverse=True)
    os.scandir = lambda *place: _Backwards(scandir, *place)


class _Backwards:
    """What os.scandir gives, in another order."""

    def __init__(self, scandir: Callable[..., Any], *place: Any) -> None:
        with scandir(*place) as entries:
            found = sorted(entries, key=lambda entry: entry.name, reverse=True)
        self._entries: Iterator[Any] = iter(found)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        return next(self._entries)

    def close(self) -> None:
        """There is nothing left to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()


if __name__ == "__main__":
    main()
