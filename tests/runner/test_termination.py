"""A supervisor that is told to stop leaves no process and no folder, and keeps what it has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from paper_notes.snippets.mutate.run import SCORES
from paper_notes.snippets.mutate.score import read_scores
from paper_notes.snippets.report import read_report
from paper_notes.snippets.run import REPORT
from paper_notes.termination import STATUS
from tests.runner.conftest import Base

if not Path("/proc/self/cmdline").exists():
    pytest.skip("looks for processes in /proc", allow_module_level=True)

ONE = "def one():\n    return 1\n"
QUICK = "from snippets.a import one\n\ndef test_it():\n    assert one() == 1\n"
SLOW = "import time\n\ndef test_it():\n    assert time.sleep(60) is None\n"
SUM = (
    "def total(x):\n" + "".join(f"    x = x * {n} + {n}\n" for n in range(2, 12)) + "    return x\n"
)
COUNTED = (
    "import time\nfrom snippets.sum import total\n\ndef test_it():\n"
    "    with open('ran', 'a') as stream:\n        stream.write('x')\n"
    "    time.sleep(0.2)\n    assert isinstance(total(1), float | int)\n"
)


def start(root: Path, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command on the base at root, with folder for its temporary files."""
    return subprocess.Popen(
        [sys.executable, "-m", "paper_notes", "--root", str(root), *arguments],
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_with(text: str) -> list[str]:
    """The command lines of living processes that hold text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # it has ended
    return [line for line in found if text in line]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, STATUS), (signal.SIGINT, 130)])
def test_a_run_that_is_told_to_stop_keeps_what_has_ended_and_leaves_nothing(
    base: Base, tmp_path, number, status
):
    root = base({"a": ONE, "b": ONE}, {"a": QUICK, "b": SLOW})
    with start(root, tmp_path, "run", "--jobs=2") as process:
        assert process.stderr is not None
        assert "[1/2] a: passed" in process.stderr.readline()
        assert processes_with(str(tmp_path))
        process.send_signal(number)
        assert process.wait(timeout=30) == status
    assert list(read_report(root / REPORT).results) == ["a"]
    assert processes_with(str(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_of_a_run_that_is_killed(base: Base, tmp_path):
    root = base({"a": ONE, "b": ONE}, {"a": QUICK, "b": SLOW})
    with start(root, tmp_path, "run", "--jobs=2") as process:
        assert process.stderr is not None
        assert "[1/2] a: passed" in process.stderr.readline()
        process.kill()
    deadline = time.monotonic() + 30
    while processes_with(str(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_with(str(tmp_path)) == []


def test_mutate_keeps_the_scores_it_has_when_it_is_told_to_stop(base: Base, tmp_path):
    root = base({"sum": SUM}, {"sum": COUNTED})
    ran = root / "ran"
    with start(root, tmp_path, "mutate", "--jobs=1", "--sandbox=off") as process:
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline:
            if ran.exists() and ran.stat().st_size > 3:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == STATUS
    score = read_scores(root / SCORES)["sum"]
    assert 0 < score.run < score.total
    assert processes_with(str(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []
