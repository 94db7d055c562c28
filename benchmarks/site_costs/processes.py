"""What a command costs: seconds by the clock and of the processors, and memory of all it starts."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_PAUSE = 0.1  # seconds between two looks at the memory, at least
_REST = 30  # times as long as a look takes: the kernel counts pages on the processors we measure
MB = 1_000_000
TIMES = 3  # runs of what takes seconds, of which the least counts


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    wall: float
    cpu: float  # user and system, of the command and whatever it waited for
    memory: int  # bytes: the highest sum of PSS over its processes, seen up to ten times a second
    largest: int  # bytes: the highest RSS of any one of them, as the kernel counts


class FailedError(Exception):
    """The command did not succeed; the message holds the end of what it said."""


def measured(command: Sequence[str], cwd: Path, statuses: Collection[int] = (0,)) -> Cost:
    """Run the command and wait for it. Raises FailedError where its exit status is another."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        with Watch(process.pid) as watch:
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in statuses:
            said.seek(0)
            raise FailedError(said.read()[-2000:].decode(errors="replace"))
    cpu = used.ru_utime + used.ru_stime
    return Cost(wall, cpu, watch.highest, used.ru_maxrss * 1024)


def least(run: Callable[[], Cost], times: int = TIMES) -> Cost:
    """What the quickest of some runs took: whatever else a machine does only ever adds."""
    return min((run() for _ in range(times)), key=lambda cost: cost.wall)


class Watch:
    """Looks at the memory of a process and its descendants while the context is open."""

    def __init__(self, pid: int) -> None:
        self.highest = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        pause = _PAUSE
        while not self._done.wait(pause):
            start = time.perf_counter()
            self.highest = max(self.highest, sum(map(_pss, tree(self._pid))))
            pause = max(_PAUSE, _REST * (time.perf_counter() - start))


def tree(pid: int) -> Iterator[int]:
    """A process and its descendants, as far as they are still there."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:
            continue
        for child in found:
            yield from tree(int(child))


def _pss(pid: int) -> int:
    """Bytes of memory, what several processes share being divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
