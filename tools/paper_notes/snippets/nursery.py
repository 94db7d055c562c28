"""The process that imports torch once and forks workers, as the supervisor sees it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from paper_notes.snippets.jobs import Job, Settings
from paper_notes.snippets.sandbox import bubblewrap, chosen
from paper_notes.storage.held import ScratchFolder
from paper_notes.storage.whole import make_folder

_GRACE = 20.0  # seconds beyond a worker's own limit before the worker itself is given up
_FAREWELL = 5.0  # seconds that cleaning up after a worker may take


class Worker:
    """One worker and the job that it has."""

    def __init__(self, jobs: IO[bytes], results: IO[bytes]) -> None:
        self.results = results  # where its messages come from
        self.facts: Mapping[str, Any] = {}  # what it said of itself when it was ready
        self.job: Job | None = None
        self.deadline = float("inf")
        self._jobs = jobs

    def give(self, job: Job) -> None:
        """Hand it a job. It must be ready and free."""
        self.job = job
        self.deadline = time.monotonic() + job.limits.wall_seconds + _GRACE
        with contextlib.suppress(BrokenPipeError):  # its end is noticed where messages are read
            self._jobs.write(json.dumps(job.as_json()).encode() + b"\n")
            self._jobs.flush()

    def receive(self) -> dict[str, Any]:
        """Its next message; an empty one where it has died."""
        line = self.results.readline()
        message: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {}
        if "ready" in message:
            containment = {name: message[name] for name in ("sandbox", "complete")}
            self.facts = {**message["ready"], **containment}
        return message

    def dismiss(self) -> None:
        """End it, in the middle of a job if it has one, and wait until it has cleaned up."""
        with contextlib.suppress(BrokenPipeError):
            self._jobs.close()
        until = time.monotonic() + _FAREWELL
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self.results], [], [], left)
            if ready and not os.read(self.results.fileno(), 1 << 16):
                break
        self.results.close()


class Nursery:
    """The process, started with the object and ended by `close`."""

    def __init__(self, settings: Settings) -> None:
        # Removes itself at the latest when this program ends, should this not come to its end.
        self._folder = ScratchFolder()
        scratch = Path(self._folder.name).resolve()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._control, theirs = socket.socketpair()
        described = settings.as_json(scratch)
        make_folder(Path(described["cache"]))
        around, words = _around(settings, scratch, Path(described["cache"]))
        described |= {"control": theirs.fileno(), "around": words}
        command = [sys.executable, "-P", "-m", "paper_notes.snippets.worker"]
        self._process = subprocess.Popen(
            [*around, *command, json.dumps(described)],
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            env=chosen.environment(scratch, os.environ),
            pass_fds=(theirs.fileno(),),
            start_new_session=True,  # an interrupt at the keyboard is ours to pass on
        )
        theirs.close()

    def hire(self) -> Worker:
        """Ask for a worker; its first message says that it is ready, or why it is not."""
        jobs_out, jobs_in = os.pipe()
        results_out, results_in = os.pipe()
        with contextlib.suppress(OSError):  # it has ended: seen where the message is awaited
            socket.send_fds(self._control, [b"w"], [jobs_out, results_in])
        os.close(jobs_out)
        os.close(results_in)
        return Worker(os.fdopen(jobs_in, "wb"), os.fdopen(results_out, "rb"))

    def last_words(self) -> str:
        """The end of what it and its workers wrote to standard error."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-2000:].strip()

    def close(self) -> None:
        """End it and remove its folder. Its workers must have been dismissed."""
        self._control.close()
        try:
            self._process.wait(timeout=_FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        self._folder.cleanup()


def _around(settings: Settings, *writable: Path) -> tuple[list[str], dict[str, str]]:
    """What to put before the command, and what to say of it in the report."""
    tried = chosen.wanted(settings.sandbox, settings.without)
    if not tried:
        return [], {}
    if "bubblewrap" not in tried:
        return [], {"bubblewrap": "none: not tried"}
    return bubblewrap.around(writable)
