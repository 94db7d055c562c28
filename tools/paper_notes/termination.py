"""Ending in good order when told to: SIGTERM unwinds the program as an exception does."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

STATUS = 128 + signal.SIGTERM  # what a shell reports of a program that SIGTERM ended


@contextlib.contextmanager
def unwinding() -> Iterator[None]:
    """Within, SIGTERM raises SystemExit, so that what was begun is cleaned up, once.

    Where signals cannot be had, in a thread, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _exit(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not break off the cleaning
    raise SystemExit(STATUS)
