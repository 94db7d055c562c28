"""Complete builds behind the pages that are shown already: one at a time, the newest wins."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from time import perf_counter

from paper_notes.problems import Place, Problem
from paper_notes.site.serving.child import Report, read_report

_SECONDS = 10  # a build that was told to end has time to clean up


@dataclass(frozen=True)
class Outcome:
    """A build that came to its end."""

    number: int  # of the build
    report: Report
    seconds: float


class Builder:
    """Starts builds of the base at root; `tell` hears of each that ends, from another thread."""

    def __init__(self, root: Path, tell: Callable[[Outcome], object]) -> None:
        module = "paper_notes.site.serving.child"
        self._command = (sys.executable, "-m", module, str(root), str(os.getpid()))
        self._tell = tell
        self._number = 0
        self._children: list[subprocess.Popen[str]] = []  # the newest last

    def start(self, *, aloud: bool = False) -> None:
        """Begin a build; one that is under way is given up. Aloud: it says how far it is."""
        self.cancel()
        child = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if aloud else subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl-C is for the server, which then ends its builds
        )
        self._children = [*(old for old in self._children if old.poll() is None), child]
        threading.Thread(target=self._wait, args=(child, self._number), daemon=True).start()

    def cancel(self) -> None:
        """Give up the build that is under way, if any: what it comes to is of no interest."""
        self._number += 1
        for child in self._children:
            child.terminate()

    def is_newest(self, outcome: Outcome) -> bool:
        """Whether nothing has been begun or given up since this build was begun."""
        return outcome.number == self._number

    def close(self) -> None:
        """End the builds that are under way and wait until they have."""
        self.cancel()
        for child in self._children:
            try:
                child.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _wait(self, child: subprocess.Popen[str], number: int) -> None:
        start = perf_counter()
        out, error = child.communicate()
        report = read_report(out) or _broken_off(error or "")
        self._tell(Outcome(number, report, perf_counter() - start))


def _broken_off(error: str) -> Report:
    last = error.strip().rpartition("\n")[2] or "it ended without a word"
    problem = Problem(Place(PurePosixPath("build")), "build-ended", last, "paper-notes build")
    return Report(0, (problem,))
