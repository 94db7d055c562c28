"""How long it takes from saving a note under `paper-notes serve` until its page is there anew."""

from __future__ import annotations

import http.client
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks.site_costs.base import Base
from benchmarks.site_costs.figures import Figures

_EDITS = 5  # of which the median counts
_PAUSE = 1.0  # seconds between two saves; what goes on in the background goes on
_PATIENCE = 1800  # seconds until the first page
_LONG_POLL = re.compile(r"livereload\((\d+),\s*(\d+)\)")


def serve_costs(base: Base) -> Figures:
    """Milliseconds until the signal to reload reaches a listening client, and until the new page
    can be had."""
    id = base.ids[len(base.ids) // 2]
    with _serving(base) as port:
        client = _Client(port, f"/en/papers/{id}/")
        client.wait_until(lambda page: "<h1" in page)
        signals, pages = [], []
        for _ in range(_EDITS):
            arrived = client.listen()
            start = time.perf_counter()
            sentence = base.edit(id)
            signals.append(arrived() - start)  # only then does a browser ask for the page
            pages.append(client.wait_until(partial(_holds, sentence)) - start)
            time.sleep(_PAUSE)
    return {
        "serve: signal": statistics.median(signals) * 1000,
        "serve: page": statistics.median(pages) * 1000,
    }


def _holds(sentence: str, page: str) -> bool:
    return sentence in page


@contextmanager
def _serving(base: Base) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "paper_notes", "--root", str(base.root), "serve"]
    with subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()


class _Client:
    """A browser as far as the measure needs one: fetches a page, and waits for what the page's
    script would wait for."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path

    def wait_until(self, ready: Callable[[str], bool]) -> float:
        """Ask for the page until it is ready; gives the moment of the answer."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                page = self._get(self._path)
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
                continue
            if ready(page):
                return time.perf_counter()
            time.sleep(0.005)
        raise TimeoutError(self._path)

    def listen(self) -> Callable[[], float]:
        """Begin to wait for the signal; what comes back gives the moment it arrived."""
        page = self._get(self._path)
        poll = _LONG_POLL.search(page)
        moments: list[float] = []
        ready = threading.Event()
        path = f"/livereload/{poll[1]}/{poll[2]}" if poll else "/events"
        thread = threading.Thread(
            target=self._wait_for_signal, args=(path, not poll, moments, ready), daemon=True
        )
        thread.start()
        ready.wait()
        time.sleep(0.1)  # the server has taken the request

        def arrived() -> float:
            thread.join(_PATIENCE)
            return moments[0]

        return arrived

    def _wait_for_signal(
        self, path: str, stream: bool, moments: list[float], ready: threading.Event
    ) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        connection.request("GET", path, headers={"Accept": "text/event-stream"} if stream else {})
        if stream:
            answer = connection.getresponse()
            ready.set()
            while not answer.readline().startswith(b"data:"):
                pass
        else:
            ready.set()
            connection.getresponse().read()
        moments.append(time.perf_counter())
        connection.close()

    def _get(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()
