"""The keeper: stands between the supervisor and one worker, and cleans up after it.

It enters the namespaces, so that the worker, its only child, is process 1 of its own table, and
it notices when the supervisor lets go: then it ends the worker and all that is left below it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Mapping
from typing import Any

from paper_notes import linux
from paper_notes.snippets.sandbox import chosen, namespaces
from paper_notes.snippets.worker import processes, serve

_TICK = 200  # milliseconds between looks at the worker where its end makes no handle readable


def keep(settings: Mapping[str, Any], jobs: int, results: int) -> int:
    """Fork the worker and wait for it. Returns in both processes: the exit status.

    In: the handles where jobs come from and results go. The supervisor closes its end of the
    first to be rid of the worker, and sees the end of the second when all is cleaned up.
    """
    _stay_in_the_family()
    tried = chosen.wanted(settings["sandbox"], settings["without"])
    reason = namespaces.enter() if "namespaces" in tried else "not tried"
    pid = os.fork()
    if pid == 0:
        _stay_in_the_family()
        return serve.serve(settings, tried, reason, jobs, results)
    _wait(pid, jobs)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    processes.kill_descendants()
    return max(0, os.waitstatus_to_exitcode(status))


def _stay_in_the_family() -> None:
    with contextlib.suppress(OSError):  # neither is there outside Linux
        linux.die_with_parent()
        linux.adopt_orphans()


def _wait(pid: int, jobs: int) -> None:
    """Return when the worker has ended, or when no more jobs can come."""
    ended = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    poll = select.poll()
    poll.register(jobs, 0)  # only its end is of interest: jobs are for the worker
    if ended is not None:
        poll.register(ended, select.POLLIN)
    while not poll.poll(None if ended is not None else _TICK) and not processes.has_ended(pid):
        pass
