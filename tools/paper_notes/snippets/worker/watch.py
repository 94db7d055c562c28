"""Watching one child: its time, its output, its last word, and what it leaves behind."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paper_notes.snippets.limits import Limits
from paper_notes.snippets.sandbox.rules import Rules
from paper_notes.snippets.worker import judge, processes
from paper_notes.snippets.worker.child import Common, live
from paper_notes.snippets.worker.judge import Seen

_TICK = 0.1  # seconds between looks at the clock and at the number of processes


@dataclass
class Pipe:
    """The reading end of a pipe from the child, with a limit on what may come through it."""

    handle: int
    limit: int
    size: int = 0
    data: bytes = b""  # the first `limit` bytes

    @property
    def over(self) -> bool:
        return self.size > self.limit

    def read_what_is_there(self) -> bool:
        """Take what has been written; False at the end of the pipe."""
        while not self.over:
            try:
                data = os.read(self.handle, 1 << 16)
            except BlockingIOError:
                return True
            if not data:
                return False
            self.size += len(data)
            self.data += data[: max(0, self.limit - len(self.data))]
        return True


@dataclass(frozen=True)
class Watcher:
    """Runs jobs in children of this process, one at a time."""

    common: Common
    room: Path  # where each finds an empty folder, and may write
    rules: Rules  # which say so
    first_process: bool  # this process is number 1 of its own table
    own_proc: bool  # and /proc shows that table

    @property
    def folder(self) -> Path:
        """The home and temporary folder of each, made anew."""
        return self.room / "home"

    def run(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Run a job to its end, whatever it does; its result, ready for JSON."""
        limits = Limits(**job["limits"])
        self.folder.mkdir(0o700)
        nonce = secrets.token_hex(16)
        said_r, said_w = os.pipe()
        printed_r, printed_w = os.pipe()
        start = time.perf_counter()
        rules = self.rules.handle()
        pid = os.fork()
        if pid == 0:
            live(self.common, job, rules, nonce, said_w, printed_w)
        os.close(said_w)
        os.close(printed_w)
        said = Pipe(said_r, limits.result_bytes)
        printed = Pipe(printed_r, limits.output_bytes)
        try:
            killed = self._watch(pid, said, printed, limits)
            seen = self._end(pid, killed)
        finally:
            os.close(said_r)
            os.close(printed_r)
            self._tidy()
        verdict = judge.judge(seen, said.data, nonce, limits)
        return {**verdict, "id": job["id"], "seconds": _since(start)}

    def _watch(self, pid: int, said: Pipe, printed: Pipe, limits: Limits) -> str:
        """Wait until the child ends or goes too far; "" or why it must be killed."""
        deadline = time.monotonic() + limits.wall_seconds
        with _ended_signal(pid) as ended:
            poll = select.poll()
            open_pipes = {pipe.handle: pipe for pipe in (said, printed)}
            for handle in (*open_pipes, *([] if ended is None else [ended])):
                poll.register(handle, select.POLLIN)
            for pipe in (said, printed):
                os.set_blocking(pipe.handle, False)
            tick = time.monotonic() + _TICK
            while True:
                ready = {h for h, _ in poll.poll(5 if ended is None else _TICK * 1000)}
                over = ended in ready if ended is not None else processes.has_ended(pid)
                for handle in [h for h in open_pipes if h in ready or over]:
                    if not open_pipes[handle].read_what_is_there():
                        poll.unregister(handle)
                        del open_pipes[handle]
                if said.over:
                    return f"reported more than {limits.result_bytes >> 20} MiB"
                if printed.over:
                    return f"printed more than {limits.output_bytes >> 10} kB"
                if over:
                    return ""
                if time.monotonic() > tick:
                    tick = time.monotonic() + _TICK
                    if self._number_of_processes() > limits.processes:
                        return f"started more than {limits.processes} processes"
                if time.monotonic() > deadline:
                    return f"{judge.TOO_LONG} {limits.wall_seconds:g} s by the clock"

    def _tidy(self) -> None:
        """Remove all that was written to the room, whatever it was made of."""
        self.room.chmod(0o700)
        for entry in os.scandir(self.room):
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)  # noqa: PTH108
            elif not _removed(entry.path):
                shutil.rmtree(entry.path, onerror=_make_removable)

    def _number_of_processes(self) -> int:
        if self.own_proc:
            return processes.count()
        return len(processes.descendants(processes.myself()))

    def _end(self, pid: int, killed: str) -> Seen:
        """Collect the child's status and kill whatever else it has started."""
        if killed:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        processes.reap(block=False)
        if self.first_process:
            left_running = processes.kill_all_but_self()
        else:
            left_running = processes.kill_group(pid)
            left_running = processes.kill_descendants() or left_running
        return Seen(
            killed, os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, left_running
        )


@contextlib.contextmanager
def _ended_signal(pid: int) -> Any:
    """A handle that becomes readable when the process ends; None where there are no such."""
    if not hasattr(os, "pidfd_open"):
        yield None
        return
    handle = os.pidfd_open(pid)
    try:
        yield handle
    finally:
        os.close(handle)


def _removed(folder: str) -> bool:
    """Whether it could be removed as it is, which is to say empty: most snippets write nothing."""
    try:
        os.rmdir(folder)  # noqa: PTH106 (of strings, hundreds of times)
    except OSError:
        return False
    return True


def _since(start: float) -> float:
    return round(time.perf_counter() - start, 4)


def _make_removable(function: Any, path: str, _: object) -> None:
    """A snippet may have taken away the permission to remove its files."""
    with contextlib.suppress(OSError):
        Path(path).parent.chmod(0o700)
        Path(path).chmod(0o700)
        function(path)
