"""Work shared among processes that are forked for it, see all that was there, and go when it ends.

Each takes the next item when it is free. Only results travel between processes: they have to be
picklable.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from paper_notes import linux

_ENDINGS = {signal.SIGINT, signal.SIGTERM}

T = TypeVar("T")
R = TypeVar("R")


def shared(
    work: Callable[[T], R], items: Sequence[T], processes: int = 0, *, again: bool = True
) -> Iterator[R]:
    """What `work` gives for each item, in no certain order, worked out by so many processes.

    0 is one for each usable core. Where forking is not possible, this process does the work.
    `work` must not depend on what it did for other items. An error of it is raised here, as if it
    had happened here. What a process that vanished was at is done here, if it may be done again;
    otherwise that is an OSError.
    """
    number = min(processes or cores(), len(items))
    helpers = _helpers(work, items, number) if number > 1 and _can_fork() else {}
    if not helpers:
        yield from map(work, items)
        return
    left = list(range(len(items)))[::-1]
    try:
        yield from _conduct(set(helpers), left)
        if left and not again:
            raise OSError("a process ended before its time")
    finally:
        for pipe, process in helpers.items():
            pipe.close()
            process.kill()
            process.join()
            process.close()
        gc.unfreeze()
    for index in left:
        yield work(items[index])


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_fork() -> bool:
    """Whether a fork is a copy of everything: other threads would not be in it.

    On macOS the system's own libraries break in forked processes.
    """
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _helpers(
    work: Callable[[T], R], items: Sequence[T], number: int
) -> dict[Connection, BaseProcess]:
    """Processes by the pipes that lead to them; fewer where there is no room for more."""
    helpers: dict[Connection, BaseProcess] = {}
    gc.freeze()  # what is here stays here: a collection in a child would copy all of it
    with suppress(OSError):
        for _ in range(number):
            pipe, process = _start(work, items)
            helpers[pipe] = process
    if not helpers:
        gc.unfreeze()
    return helpers


def _start(work: Callable[[T], R], items: Sequence[T]) -> tuple[Connection, BaseProcess]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    try:
        process = context.Process(
            target=_help, args=(work, items, theirs, ours, os.getpid()), daemon=True
        )
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)  # until it knows what to do
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    return ours, process


def _conduct(pipes: set[Connection], left: list[int]) -> Iterator[Any]:
    """Give each process the next item while there are any; what they made, as it comes.

    At the end those items are left over that were given to processes which vanished.
    """
    busy: dict[Connection, int] = {}
    lost: list[int] = []
    for pipe in pipes:
        _give(pipe, left, busy)
    while busy:
        ready = wait(busy)
        for pipe in [pipe for pipe in busy if pipe in ready]:
            index = busy.pop(pipe)
            try:
                result, error = pipe.recv()
            except (EOFError, OSError):
                lost.append(index)
                continue
            if error is not None:
                raise error
            _give(pipe, left, busy)
            yield result
    left += lost


def _give(pipe: Connection, left: list[int], busy: dict[Connection, int]) -> None:
    if not left:
        return
    with suppress(OSError):  # it has vanished, and this item is for another
        pipe.send(left[-1])
        busy[pipe] = left.pop()


def _help(
    work: Callable[[T], R],
    items: Sequence[T],
    pipe: Connection,
    parents: Connection,
    parent: int,
) -> None:
    """Work until there is nothing left, or nobody who wants it."""
    parents.close()
    # A command that is killed must not go on writing by our hands, nor keep its lock by them.
    with suppress(OSError):  # where this is not Linux the pipe's end tells, after the item
        linux.die_with_parent()
    if os.getppid() != parent:  # it died before we asked
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            pipe.send(_result(work, items[pipe.recv()]))


def _result(work: Callable[[T], R], item: T) -> tuple[R | None, Exception | None]:
    try:
        return work(item), None
    except Exception as error:
        return None, error
