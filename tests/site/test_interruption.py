"""A build that is killed at any moment leaves the old site whole, and the next one succeeds."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

MOMENTS = 4
COMMAND = [sys.executable, "-m", "paper_notes", "--root"]


def build(root: Path) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen([*COMMAND, str(root), "build"], stdout=quiet, stderr=quiet)


def site(root: Path) -> dict[str, bytes]:
    files = (path for path in (root / "site").rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in files
        if "sitemap" not in path.name  # holds the day
    }


def set_words(root: Path, words: str) -> None:
    note = root / "papers/tidy_scale.yaml"
    lines = note.read_text(encoding="utf-8").split("\n")
    changed = [f'title: "{words}"' if line.startswith("title:") else line for line in lines]
    note.write_text("\n".join(changed), encoding="utf-8")


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.hostile(48)
def test_the_site_is_the_old_or_the_new_one_whenever_it_is_stopped(
    root: Path, stop: signal.Signals
) -> None:
    def built(words: str) -> dict[str, bytes]:
        set_words(root, words)
        started = time.monotonic()
        assert build(root).wait() == 0
        lasted.append(time.monotonic() - started)
        return site(root)

    lasted: list[float] = []
    new, old = built("New"), built("Old")
    moments = random.Random(0)
    set_words(root, "New")
    for _ in range(MOMENTS):
        process = build(root)
        time.sleep(moments.uniform(0.3, 1.0) * lasted[-1])
        process.send_signal(stop)
        process.wait()
        assert site(root) in (old, new)
        if site(root) == new:  # it was too late: begin again from the old one
            assert built("Old") == old
            set_words(root, "New")
    assert built("New") == new
