"""Handing out jobs: to workers that fork where that is possible, else to fresh processes."""

from __future__ import annotations

import selectors
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from types import ModuleType
from typing import Any

from paper_notes.snippets.ahead import Ahead
from paper_notes.snippets.jobs import Job, Settings, WorkerError, lost
from paper_notes.snippets.nursery import Nursery, Worker

Results = Generator[tuple[Job, dict[str, Any]], None, None]


def run_jobs(
    jobs: Sequence[Job],
    count: int,
    settings: Settings,
    until: float = float("inf"),
    meanwhile: Callable[[], None] = lambda: None,
) -> Results:
    """Run all jobs on up to count workers; each comes back once, as it ends.

    In: until is the time (of time.monotonic) after which no job is begun any more; meanwhile is
    called while workers are being started, before the first job begins.
    Out: the job and its result as the worker reported it, with "python", "torch", "sandbox" and
    "complete" (whether every layer of the sandbox held) of that worker.
    Raises WorkerError where no worker can be started.
    """
    if not jobs:
        return
    if settings.scheduler:
        meanwhile()
        yield from _cluster().run_jobs(jobs, settings, until)
        return
    if not settings.fork:
        from paper_notes.snippets import fresh  # not needed, and so not loaded, elsewhere

        meanwhile()
        yield from fresh.run_jobs(deque(jobs), count, settings, until)
        return
    crew = _Crew(settings)
    try:
        for _ in range(min(count, len(jobs))):
            crew.hire()
        meanwhile()
        waiting = Ahead(jobs, settings.root)
        while crew.workers:
            while not crew.is_heard() and waiting.make_one():
                pass
            for worker in crew.with_news():
                ended = [*crew.result_of(worker)]
                if time.monotonic() > until:
                    waiting.clear()
                crew.go_on(worker, waiting)  # before the result is looked at: it need not wait
                yield from ended
    finally:
        crew.close()


def _cluster() -> ModuleType:
    try:
        from paper_notes.snippets import cluster
    except ImportError as error:
        needs = "a scheduler needs the extra `cluster`: pip install 'paper-notes[cluster]'"
        raise WorkerError(needs) from error
    return cluster


class _Crew:
    """The workers of a run."""

    def __init__(self, settings: Settings) -> None:
        self.workers: list[Worker] = []
        self._nursery = Nursery(settings)
        self._selector = selectors.DefaultSelector()

    def hire(self) -> None:
        worker = self._nursery.hire()
        self.workers.append(worker)
        self._selector.register(worker.results, selectors.EVENT_READ, worker)

    def dismiss(self, worker: Worker) -> None:
        self.workers.remove(worker)
        self._selector.unregister(worker.results)
        worker.dismiss()

    def is_heard(self) -> bool:
        """Whether one of them has something to say."""
        return bool(self._selector.select(timeout=0))

    def with_news(self) -> list[Worker]:
        """The workers that have something to say, or have had a job for too long."""
        said = [key.data for key, _ in self._selector.select(timeout=1.0)]
        now = time.monotonic()
        return said or [worker for worker in self.workers if now > worker.deadline]

    def result_of(self, worker: Worker) -> Results:
        """What became of the worker's job, if it had one; it may be gone afterwards."""
        job, late = worker.job, time.monotonic() > worker.deadline
        message = {} if late else worker.receive()
        if "refused" in message:
            raise WorkerError(message["refused"])
        if not message:
            self.dismiss(worker)
            if job is None:
                raise WorkerError(self._nursery.last_words() or "the worker ended before it began")
            message = lost("the worker died while it ran")
            if late:
                message = lost("the worker stopped answering", "timeout")
        worker.job = None
        if job is not None:
            yield job, {**worker.facts, **message}

    def go_on(self, worker: Worker, waiting: Ahead) -> None:
        """Give it, or one in its place, the next job; without a job it goes."""
        if worker in self.workers:
            if waiting:
                worker.give(waiting.take())
            else:
                self.dismiss(worker)
        elif waiting:
            self.hire()

    def close(self) -> None:
        for worker in list(self.workers):
            self.dismiss(worker)
        self._selector.close()
        self._nursery.close()
