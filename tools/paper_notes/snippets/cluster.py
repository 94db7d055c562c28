"""Running jobs on a Dask cluster: each of its workers starts one worker of ours, and no more.

The repository must be at the same path on every machine, and paper-notes be installed there.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from distributed import Client, Future, Worker, WorkerPlugin, as_completed, get_worker
from distributed.scheduler import KilledWorker

from paper_notes.snippets.jobs import Job, Settings, WorkerError, lost
from paper_notes.snippets.steady import SteadyWorker

_PATIENCE = 30.0  # seconds that the scheduler, and then its first worker, may take to answer
_NAME = "paper-notes"


class _Host(WorkerPlugin):
    """What a Dask worker keeps between jobs: a worker of ours, one job at a time."""

    name = _NAME

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def setup(self, worker: Worker) -> None:  # noqa: ARG002
        self._one_at_a_time = threading.Lock()  # not in __init__: the object is sent over
        self._worker = SteadyWorker(self._settings)

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002
        self._worker.close()

    def run(self, job: Job) -> dict[str, Any]:
        with self._one_at_a_time:
            return self._worker.run(job)


def run_jobs(
    jobs: Sequence[Job], settings: Settings, until: float
) -> Generator[tuple[Job, dict[str, Any]], None, None]:
    """Run the jobs on the cluster of `settings.scheduler`; as `workers.run_jobs`.

    What fails is not tried again. Where a Dask worker dies, the scheduler gives its job to
    another; a job that takes several down is given up.
    Raises WorkerError where there is no scheduler, or no worker that can contain a snippet.
    """
    with _connected(settings) as client:
        futures = {
            client.submit(_run_there, job, key=f"{_NAME}-{n}-{time.time_ns()}", pure=False): job
            for n, job in enumerate(jobs)
        }
        try:
            for future in as_completed(list(futures), loop=client.loop):
                yield futures.pop(future), _result(future)
                if time.monotonic() > until:
                    return
        finally:
            client.cancel(list(futures))


@contextlib.contextmanager
def _connected(settings: Settings) -> Iterator[Client]:
    try:
        client = Client(settings.scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise WorkerError(f"no scheduler at {settings.scheduler}: {error}") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise WorkerError(f"the scheduler at {settings.scheduler} has no workers") from error
        client.register_plugin(_Host(replace(settings, scheduler="")))
        try:
            yield client
        finally:
            client.unregister_worker_plugin(_NAME)


def _run_there(job: Job) -> dict[str, Any]:
    """In a Dask worker: run a job."""
    host = get_worker().plugins[_NAME]
    assert isinstance(host, _Host)
    return host.run(job)


def _result(future: Future[dict[str, Any]]) -> dict[str, Any]:
    try:
        result = future.result()
    except KilledWorker:
        nothing = {"python": "", "torch": "", "sandbox": {}, "complete": False}
        return {**nothing, **lost("every machine that ran it died")}
    if "refused" in result:
        raise WorkerError(result["refused"])
    return result
