"""How long from a save to the new page under `serve`: `python benchmarks/serve.py BASE`.

The base is a folder that `paper-notes serve` can be run in; its notes are written to and put back.
For each save the clock runs from before the write until a listening client was told to reload, and
until it has got the page with the new words.
"""

from __future__ import annotations

import argparse
import contextlib
import platform
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path

from paper_notes.notes.read import NOT_PAPERS

_FIRST_WORDS = re.compile(rb"\nwhat:\n  en: (?:\|\n    )?(?=[A-Z])")
PATIENCE = 1200  # seconds: the first build of a large base


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path)
    parser.add_argument("--saves", type=int, default=20)
    parser.add_argument("--port", type=int, default=8765)
    options = parser.parse_args(arguments)
    notes = sorted(path for path in (options.base / "papers").glob("*.yaml"))
    notes = [path for path in notes if path.stem not in NOT_PAPERS]
    notes = [path for path in notes if _FIRST_WORDS.search(path.read_bytes())]
    chosen = notes[:: max(1, len(notes) // options.saves)][: options.saves]
    with serving(options.base, options.port):
        times = [save(note, options.port) for note in chosen]
    told, shown = zip(*times, strict=True)
    lines = [f"{len(notes)} papers, {len(chosen)} saves, Python {platform.python_version()}, ms:"]
    lines += ["", "| from the save until | median | worst |", "|---|---:|---:|"]
    for name, seconds in (("told to reload", told), ("the new page is there", shown)):
        ms = [1000 * each for each in seconds]
        lines.append(f"| {name} | {statistics.median(ms):.0f} | {max(ms):.0f} |")
    sys.stdout.write("\n".join(lines) + "\n")


@contextlib.contextmanager
def serving(base: Path, port: int) -> Iterator[None]:
    """The server, once the first build is done and the base is in memory."""
    command = [sys.executable, "-m", "paper_notes", "--root", str(base), "serve"]
    command += ["--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if " pages (" in line:
                    break
            time.sleep(2)  # what the first build left to do, such as reading the base
            yield
        finally:
            process.terminate()


def save(note: Path, port: int) -> tuple[float, float]:
    """Change one note; seconds until a client was told, and until it had the page."""
    before = note.read_bytes()
    words = f"Saved at {time.time_ns()}."
    after = _FIRST_WORDS.sub(lambda match: match[0] + f"{words} ".encode(), before, count=1)
    page = f"/en/papers/{note.stem}/"
    with listening(page, port) as lines:
        start = time.perf_counter()
        note.write_bytes(after)
        for line in lines:
            if line.startswith(b"event: reload"):
                break
        told = time.perf_counter() - start
        assert words in get(page, port)
        shown = time.perf_counter() - start
        note.write_bytes(before)
        next(line for line in lines if line.startswith(b"event: reload"))
    return told, shown


@contextlib.contextmanager
def listening(page: str, port: int) -> Iterator[Iterator[bytes]]:
    """The lines of the stream of events for this page, the first of which has come."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        request = f"GET /livereload/events?page={page} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.sendall(request.encode())
        lines = connection.makefile("rb")
        next(line for line in lines if line.startswith(b"event: problems"))
        yield iter(lines)


def get(page: str, port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", page)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


if __name__ == "__main__":
    main()
