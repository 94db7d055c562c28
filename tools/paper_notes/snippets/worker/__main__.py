"""The nursery: imports torch once, then forks a worker whenever the supervisor asks for one.

    python -P -m paper_notes.snippets.worker SETTINGS

A request is a message with two handles on the control socket: where the new worker's jobs come
from, and where its results go. No code of the repository is run here, nor read.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from paper_notes.snippets.worker import keeper
from paper_notes.snippets.worker.preload import make_ready_to_fork, preload
from paper_notes.snippets.worker.processes import reap


def main(settings: Mapping[str, Any]) -> NoReturn:
    """Answer requests until the control socket ends, then end the process with status 0."""
    control = socket.socket(fileno=settings["control"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor tells us when to stop
    preload(settings["preload"], Path(settings["scratch"]), Path(settings["cache"]))
    make_ready_to_fork()
    while True:
        message, handles, _, _ = socket.recv_fds(control, 1, 2)
        if not message:
            break
        reap(block=False)
        if os.fork() == 0:
            control.close()
            _be_a_keeper(settings, *handles)
        for handle in handles:
            os.close(handle)
    reap()  # keepers end when the supervisor lets go of them
    os._exit(0)  # taking torch apart would take a third of a second


def _be_a_keeper(settings: Mapping[str, Any], jobs: int, results: int) -> NoReturn:
    code = 1
    try:
        code = keeper.keep(settings, jobs, results)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
