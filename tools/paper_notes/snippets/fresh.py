"""A new process for each job: slow, but it works where there is no fork, as on Windows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from paper_notes.snippets.jobs import Job, Settings, WorkerError, lost
from paper_notes.snippets.sandbox import chosen
from paper_notes.storage.held import ScratchFolder
from paper_notes.storage.whole import make_folder

CANNOT_BEGIN = 75  # the exit status where torch is missing or pytest refuses its settings
_START = 60.0  # seconds that importing torch may take


def run_jobs(
    waiting: deque[Job], count: int, settings: Settings, until: float
) -> Generator[tuple[Job, dict[str, Any]], None, None]:
    """Run the waiting jobs, count at a time; as `workers.run_jobs`, which decides for this way.

    Raises WorkerError where a sandbox is insisted on: there is none here.
    """
    if settings.sandbox == "strict":
        raise WorkerError("cannot contain files, network, processes: there is no fork here")
    running: dict[Future[dict[str, Any]], Job] = {}
    with ThreadPoolExecutor(count) as pool:
        while waiting or running:
            while waiting and len(running) < count and time.monotonic() < until:
                job = waiting.popleft()
                running[pool.submit(_run, job, settings)] = job
            if not running:
                return
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(ended), ended.result()


def _run(job: Job, settings: Settings) -> dict[str, Any]:
    """Run one job in a process of its own. Raises WorkerError where that says nothing."""
    with ScratchFolder() as folder:
        scratch = Path(folder).resolve()
        described = settings.as_json(scratch)
        make_folder(Path(described["cache"]))
        command = [sys.executable, "-P", "-m", "paper_notes.snippets.worker.once"]
        try:
            done = subprocess.run(
                [*command, json.dumps(described)],
                input=json.dumps(job.as_json()).encode(),
                capture_output=True,
                env=chosen.environment(scratch, os.environ),
                timeout=job.limits.wall_seconds + _START,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _without_facts(lost("it did not come to an end", "timeout"))
    try:
        result: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        if done.returncode == CANNOT_BEGIN:
            raise WorkerError(done.stderr[-2000:].decode(errors="replace").strip()) from None
        return _without_facts(lost(f"ended with exit status {done.returncode}"))
    return result


def _without_facts(result: dict[str, Any]) -> dict[str, Any]:
    return {"python": "", "torch": "", "sandbox": {}, "complete": False, **result}
