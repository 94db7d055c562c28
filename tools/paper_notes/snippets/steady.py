"""One worker that is replaced when it dies: for one job after another."""

from __future__ import annotations

import select
import time
from typing import Any

from paper_notes.snippets.jobs import Job, Settings, lost
from paper_notes.snippets.nursery import Nursery, Worker


class SteadyWorker:
    """A worker that is there when there is a job. Not for several threads at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._nursery: Nursery | None = None
        self._worker: Worker | None = None

    def run(self, job: Job) -> dict[str, Any]:
        """Run a job: its result, or `{"refused": why}` where no worker can be started."""
        if self._nursery is None:
            self._nursery = Nursery(self._settings)
        if self._worker is None:
            worker = self._nursery.hire()
            said = worker.receive()
            if "ready" not in said:
                worker.dismiss()
                refused = said.get("refused") or self._nursery.last_words() or "no worker began"
                return {"refused": refused}
            self._worker = worker
        return self._run(self._worker, job)

    def close(self) -> None:
        """End the worker, in the middle of a job if it has one."""
        if self._worker is not None:
            self._worker.dismiss()
        if self._nursery is not None:
            self._nursery.close()
        self._worker = self._nursery = None

    def _run(self, worker: Worker, job: Job) -> dict[str, Any]:
        worker.give(job)
        left = worker.deadline - time.monotonic()
        ready, _, _ = select.select([worker.results], [], [], left)
        message = worker.receive() if ready else lost("the worker stopped answering", "timeout")
        if not ready or not message:
            worker.dismiss()
            self._worker = None
        return {**worker.facts, **(message or lost("the worker died while it ran"))}
