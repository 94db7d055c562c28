"""`paper-notes serve`, as a writer uses it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

PATIENCE = 60  # seconds; a busy machine may take its time


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def server(root: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "paper_notes", "--root", str(root), "serve"]
    with subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.DEVNULL) as process:
        yield process
        process.kill()


def wait_for(ready: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(0.2)
    return False


def shows(port: int, words: str) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/en/papers/tidy_scale/", timeout=5) as answer:
            return words in answer.read().decode()
    except (URLError, ConnectionError, TimeoutError):
        return False


def test_a_saved_note_is_shown_and_the_page_reloads_itself(
    root: Path, port: int, server: subprocess.Popen[bytes]
) -> None:
    assert wait_for(lambda: shows(port, "livereload"))
    assert not shows(port, "A sieve that")
    note = root / "papers/tidy_scale.yaml"
    text = note.read_text(encoding="utf-8").replace("A layer that", "A sieve that")
    note.write_text(text, encoding="utf-8")
    assert wait_for(lambda: shows(port, "A sieve that"))

    server.send_signal(signal.SIGINT)
    assert server.wait(PATIENCE) == 0


def test_a_taken_port_is_said_plainly(root: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "paper_notes", "--root", str(root), "serve"]
        ended = subprocess.run([*command, "--port", port], capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"cannot serve on port" in ended.stderr
    assert b"Traceback" not in ended.stderr
