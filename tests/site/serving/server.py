"""A running `paper-notes serve`, and a browser that waits for news of a page."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

PATIENCE = 120  # seconds; a busy machine may take its time
NOTE = "papers/tidy_scale.yaml"
PAGE = "/en/papers/tidy_scale/"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Served:
    """A running server with the base that it serves."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        command = [sys.executable, "-m", "paper_notes", "--root", str(root), "serve"]
        command += ["--port", str(self.port)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def get(self, path: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        except OSError:
            return ""
        finally:
            connection.close()

    def shows(self, words: str, path: str = PAGE) -> bool:
        return wait_until(lambda: words in self.get(path))

    def lacks(self, words: str, path: str) -> bool:
        return wait_until(lambda: words not in self.get(path))

    def text(self, path: str = NOTE) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def edit(self, old: str, new: str, path: str = NOTE) -> None:
        text = self.text(path)
        assert old in text
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def children(self) -> list[int]:
        """The processes that it has started and that still run."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]


class Listener:
    """A browser that waits for news of one page."""

    def __init__(self, served: Served, page: str = PAGE) -> None:
        self._socket = socket.create_connection(("127.0.0.1", served.port))
        request = f"GET /livereload/events?page={page} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        self._socket.sendall(request.encode())
        self._events = SimpleQueue[tuple[str, Any]]()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        self.wait_for("problems")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _read(self) -> None:
        name = ""
        with self._socket.makefile("rb") as lines:
            for line in lines:
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    self._events.put((name, json.loads(value)))

    def wait_for(self, name: str, of: Callable[[Any], bool] = lambda _: True) -> Any:
        while True:
            found, data = self._events.get(timeout=PATIENCE)
            if found == name and of(data):
                return data


def wait_until(done: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.05)
    return False
