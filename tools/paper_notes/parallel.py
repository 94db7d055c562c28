"""Work shared among processes that are forked for it and gone when it is done."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import IO, TypeVar

T = TypeVar("T")

_LENGTH = 8  # bytes before each result


def shared(work: Callable[[T], bytes], items: Sequence[T], processes: int = 0) -> Iterator[bytes]:
    """What `work` gives for each item, in no certain order, worked out by so many processes.

    0 is one for each usable core. Where forking is not possible, or a forked process comes to
    grief, this process does the work. `work` must not depend on what it did for other items.
    """
    parts = min(processes or cores(), len(items))
    if parts < 2 or not _can_fork():
        yield from map(work, items)
        return
    helpers = [_Helper(work, items[part::parts]) for part in range(1, parts)]
    try:
        yield from map(work, items[::parts])
        for helper in helpers:
            yield from helper.results()
    finally:
        for helper in helpers:
            helper.end()


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_fork() -> bool:
    """Whether a fork is a copy of everything: other threads would not be in it."""
    return hasattr(os, "fork") and threading.active_count() == 1


class _Helper:
    """A forked process that writes its results into a file without a name."""

    def __init__(self, work: Callable[[T], bytes], items: Sequence[T]) -> None:
        self._do_all = partial(map, work, items)
        self._count = len(items)
        self._file: IO[bytes] | None = None
        self._process = 0
        parent = os.getpid()
        try:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `end`)
            self._process = os.fork()
        except OSError:  # no room, or no more processes
            return
        if os.getpid() != parent:
            status = 1
            try:
                self._perform(self._file, parent)
                status = 0
            finally:
                os._exit(status)  # whatever happened: it must not go on as if it were the parent

    def _perform(self, file: IO[bytes], parent: int) -> None:
        for result in self._do_all():
            if os.getppid() != parent:  # nobody is left to read this
                return
            file.write(len(result).to_bytes(_LENGTH, "big") + result)
        file.flush()

    def results(self) -> Iterator[bytes]:
        """Everything, once it is there."""
        process, self._process = self._process, 0
        if self._file is None or not process or os.waitpid(process, 0)[1]:
            yield from self._do_all()
            return
        self._file.seek(0)
        for _ in range(self._count):
            length = int.from_bytes(self._file.read(_LENGTH), "big")
            yield self._file.read(length)

    def end(self) -> None:
        """Leave nothing behind, whether it was finished or not."""
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        if self._file:
            self._file.close()
