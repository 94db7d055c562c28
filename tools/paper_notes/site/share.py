"""Shares work among processes that were forked from this one, so that they see all it has made."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from paper_notes.snippets.sandbox import linux

_ENDINGS = {signal.SIGINT, signal.SIGTERM}

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """How many processes can run at once here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shared_out(work: Callable[[T], R], items: Sequence[T], jobs: int) -> Iterator[R]:
    """The result of each item, in no order; `jobs` processes take the next item when they can.

    Only results travel between processes: they have to be picklable. An error of `work` is raised
    here, as if it had happened here; a process that vanishes is an OSError. Where processes cannot
    be forked safely, or there is but one job, the work is done in this one.
    """
    jobs = min(jobs, len(items))
    if jobs < 2 or not _can_fork():
        yield from map(work, items)
        return
    gc.freeze()  # what is here stays here: a collection in a child would copy all of it
    workers = [_start(work, items) for _ in range(jobs)]
    try:
        yield from _conduct({pipe for _, pipe in workers}, len(items))
    finally:
        for process, pipe in workers:
            pipe.close()
            process.terminate()
            process.join()
        gc.unfreeze()


def _conduct(pipes: set[Connection], items: int) -> Iterator[Any]:
    """Give each process the next item until there are none, and take in what they made."""
    try:
        yield from _results(pipes, items)
    except (EOFError, ConnectionError):
        raise OSError("a process that made pages ended before its time") from None


def _results(pipes: set[Connection], items: int) -> Iterator[Any]:
    todo = iter(range(items))
    busy: set[Connection] = set()
    for pipe in pipes:
        pipe.send(next(todo))
        busy.add(pipe)
    while busy:
        ready = wait(busy)
        for pipe in [pipe for pipe in busy if pipe in ready]:
            result, error = pipe.recv()
            if error is not None:
                raise error
            following = next(todo, None)
            if following is None:
                busy.discard(pipe)
            else:
                pipe.send(following)
            yield result


def _start(work: Callable[[T], R], items: Sequence[T]) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    arguments = (work, items, theirs, ours, os.getpid())
    process = context.Process(target=_worker, args=arguments, daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)  # until it knows what to do
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    return process, ours


def _worker(
    work: Callable[[T], R],
    items: Sequence[T],
    pipe: Connection,
    parents: Connection,
    parent: int,
) -> None:
    """Work until there is nothing left, or nobody who wants it."""
    parents.close()
    # A build that is killed must not go on writing by our hands, nor keep its lock by them.
    with suppress(OSError):  # where this is not Linux the pipe's end tells, after the item
        linux.die_with_parent()
    if os.getppid() != parent:  # it died before we asked
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)
    try:
        while True:
            pipe.send(_result(work, items[pipe.recv()]))
    except (EOFError, OSError):
        return


def _result(work: Callable[[T], R], item: T) -> tuple[R | None, Exception | None]:
    try:
        return work(item), None
    except Exception as error:
        return None, error


def _can_fork() -> bool:
    """Not on macOS: its own libraries break in forked processes."""
    return sys.platform != "darwin" and "fork" in multiprocessing.get_all_start_methods()
