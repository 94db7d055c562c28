"""The supervisor's side: starts workers, hands out jobs, and survives whatever they do."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from paper_notes.snippets.limits import Limits
from paper_notes.snippets.sandbox import layers

_GRACE = 20.0  # seconds beyond the worker's own limit before the worker itself is given up


class WorkerError(Exception):
    """No worker could be started: torch is missing, or the sandbox cannot be had."""


@dataclass(frozen=True)
class Job:
    """One snippet to run once."""

    id: str
    path: str  # of the snippet, relative to the repository
    tests: str  # of its tests
    limits: Limits
    source: str | None = None  # runs instead of the snippet's own text: a mutant
    stop_at_first: bool = False  # at the first test that fails
    show: bool = True  # run demo() and figure() as well
    durations: Mapping[str, float] = field(default_factory=dict)  # by test: quickest go first

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the worker."""
        return {**self.__dict__, "limits": self.limits.as_json()}


@dataclass(frozen=True)
class Settings:
    """What all workers of a run have in common."""

    root: Path
    sandbox: layers.Mode = "auto"
    without: tuple[str, ...] = ()  # layers of the sandbox not to try: how it is without them
    preload: tuple[str, ...] = ()  # modules to import before the first fork, beyond torch
    limits: Limits = field(default_factory=Limits)
    fork: bool = hasattr(os, "fork")


class Worker:
    """One worker process and the job that it has."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ready: Mapping[str, Any] = {}  # what it said of itself when it was ready
        self.job: Job | None = None
        self.deadline = float("inf")
        # Removes itself at the latest when this program ends, should this not come to its end.
        self._folder = tempfile.TemporaryDirectory(
            prefix="paper-notes-", ignore_cleanup_errors=True
        )
        self._scratch = Path(self._folder.name).resolve()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        described = {
            "root": str(settings.root.resolve()),
            "scratch": str(self._scratch),
            "sandbox": settings.sandbox,
            "without": list(settings.without),
            "preload": list(settings.preload),
            "limits": settings.limits.as_json(),
            "fork": settings.fork,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "paper_notes.snippets.worker", json.dumps(described)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=layers.environment(self._scratch, os.environ),
            start_new_session=True,  # an interrupt at the keyboard is ours to pass on
        )

    @property
    def output(self) -> IO[bytes]:
        """Where its messages come from."""
        assert self.process.stdout is not None
        return self.process.stdout

    def give(self, job: Job) -> None:
        """Hand it a job. It must be ready and free."""
        assert self.process.stdin is not None
        self.job = job
        self.deadline = time.monotonic() + job.limits.wall_seconds + _GRACE
        with contextlib.suppress(BrokenPipeError):  # its end is noticed where messages are read
            self.process.stdin.write(json.dumps(job.as_json()).encode() + b"\n")
            self.process.stdin.flush()

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-2000:].strip()

    def stop(self, now: bool = False) -> None:
        """End it and remove its folder; now: in the middle of a job."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        if now:
            self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.output.close()
        self._errors.close()
        self._folder.cleanup()


def run_jobs(
    jobs: Sequence[Job], count: int, settings: Settings, until: float = float("inf")
) -> Generator[tuple[Job, dict[str, Any]], None, None]:
    """Run all jobs on up to count workers; each comes back once, as it ends.

    In: until is the time (of time.monotonic) after which no job is begun any more.
    Out: the job and its result as the worker reported it, with "python", "torch", "sandbox" and
    "complete" (whether every layer of the sandbox held) of that worker.
    Raises WorkerError where no worker can be started.
    """
    waiting = deque(jobs)
    workers: list[Worker] = []
    selector = selectors.DefaultSelector()

    def hire() -> None:
        worker = Worker(settings)
        workers.append(worker)
        selector.register(worker.output, selectors.EVENT_READ, worker)

    def dismiss(worker: Worker, now: bool = False) -> None:
        selector.unregister(worker.output)
        workers.remove(worker)
        worker.stop(now)

    try:
        for _ in range(min(count, len(waiting))):
            hire()
        while workers:
            ready = [key.data for key, _ in selector.select(timeout=1.0)]
            for worker in ready:
                line = worker.output.readline()
                message = json.loads(line) if line.endswith(b"\n") else {}
                job = worker.job
                if "refused" in message:
                    raise WorkerError(message["refused"])
                if "ready" in message:
                    worker.ready = message
                elif message and job is not None:
                    worker.job = None
                    yield job, {**_facts(worker), **message}
                elif job is not None:  # it died in the middle of a job
                    facts = _facts(worker)
                    dismiss(worker, now=True)
                    yield job, {**facts, **_lost("the worker died while it ran")}
                    if waiting:
                        hire()
                    continue
                else:
                    raise WorkerError(worker.last_words() or "the worker ended before it began")
                if time.monotonic() > until:
                    waiting.clear()
                if waiting and (settings.fork or not job):
                    worker.give(waiting.popleft())
                else:
                    dismiss(worker)
                    if waiting:
                        hire()
            for worker in [w for w in workers if w.job and time.monotonic() > w.deadline]:
                late, facts = worker.job, _facts(worker)
                dismiss(worker, now=True)
                if late is not None:
                    yield late, {**facts, **_lost("the worker stopped answering", "timeout")}
                if waiting:
                    hire()
    finally:
        for worker in list(workers):
            dismiss(worker, now=True)
        selector.close()


def _facts(worker: Worker) -> dict[str, Any]:
    ready = worker.ready
    return {**ready["ready"], "sandbox": ready["sandbox"], "complete": ready["complete"]}


def _lost(error: str, status: str = "crashed") -> dict[str, Any]:
    return {"status": status, "error": error, "seconds": 0.0}
