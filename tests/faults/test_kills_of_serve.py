"""A server that is killed, while it rebuilds or not, leaves a whole site and no process."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.faults.bench import Bench
from tests.faults.commands import BUILD
from tests.faults.conftest import kills
from tests.faults.matrix import Matrix
from tests.faults.moments import KILLS
from tests.faults.test_kills import SEED
from tests.faults.test_kills_of_build import STATES, set_state

PATIENCE = 60  # seconds until the first page is served, or a process has ended
REBUILD = 1.5  # seconds that noticing a change and building a small site take, about


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def serve(root: Path, log: Path) -> subprocess.Popen[bytes]:
    """A server that serves."""
    port = free_port()
    words = [sys.executable, "-m", "paper_notes", f"--root={root}", "serve", f"--port={port}"]
    with log.open("wb") as stream:
        process = subprocess.Popen(words, stdout=stream, stderr=stream)
    deadline = time.monotonic() + PATIENCE
    while not answers(port):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    return process


def running(root: Path) -> bool:
    """Whether a process still works on this base."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"--root={root}".encode() in path.read_bytes():
                return True
        except OSError:
            continue
    return False


@pytest.mark.parametrize("fault", KILLS)
def test_the_site_is_the_old_or_the_new_one(
    bench: Bench, matrix: Matrix, tmp_path: Path, fault: str
) -> None:
    words = BUILD.at(bench.root)
    sites = {}
    for title in STATES:
        set_state(bench, title)
        assert bench.run(*words).status == 0
        sites[title] = bench.site()
    pauses = random.Random(SEED)
    for number in range(max(1, kills() // 15)):
        old, new = ("Other", "One") if number % 2 == 0 else ("One", "Other")
        process = serve(bench.root, tmp_path / "log")
        set_state(bench, new)
        sources = bench.sources()
        time.sleep(pauses.uniform(0, REBUILD))
        process.send_signal(getattr(signal, fault))
        status = process.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while running(bench.root) and time.monotonic() < deadline:
            time.sleep(0.05)
        text = (tmp_path / "log").read_text(encoding="utf-8")
        now = bench.site()
        again = bench.run(*words)
        told = {
            "ended": status in ((0, 130, 143) if fault != "SIGKILL" else (-9,)),
            "quiet": "Traceback" not in text + again.text,
            "no process": not running(bench.root),
            "whole": now in (sites[old], sites[new]),
            "sources as they were": bench.sources() == sources,
            "completed": again.status == 0 and bench.site() == sites[new] and not bench.strays(),
        }
        matrix.add("serve", fault, all(told.values()))
        assert all(told.values()), (told, status, text, again)
