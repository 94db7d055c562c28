"""A run on a Dask cluster: a real scheduler and two worker processes, one of which is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from paper_notes import snippets
from paper_notes.snippets.jobs import WorkerError
from paper_notes.snippets.run import Options, run_snippets
from tests.runner.conftest import Base

pytest.importorskip("distributed", reason="needs the extra `cluster`")

ONE = "def one():\n    return 1\n"
# Leaves a mark when it begins, and takes its time: there is a middle in which to be killed.
SLOW = (
    "import time\nfrom snippets.{id} import one\n\ndef test_it():\n"
    "    open('marks/{id}-' + str(time.time_ns()), 'x').close()\n"
    "    time.sleep(1)\n    assert one() == 1\n"
)
FAILS = "def test_it():\n    assert 1 > 2\n"
KILLS = "import os, signal\n\ndef test_it():\n    os.kill(os.getppid(), signal.SIGKILL)\n"


def start(module: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of Dask."""
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ}
    )


def address_of(process: subprocess.Popen[str], what: str) -> str:
    """What a process says of its own address."""
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(rf"{what}\D*(tcp://[\d.:]+)", line):
            return found[1]
    raise AssertionError(f"{process.args} ended without an address")


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def scheduler(processes: list[subprocess.Popen[str]], tmp_path: Path) -> str:
    """The address of a scheduler with two workers, the second and third of the processes."""
    quiet = ("--no-dashboard", "--host=127.0.0.1")
    processes.append(start("dask_scheduler", "--port=0", *quiet))
    address = address_of(processes[0], "Scheduler at:")
    for name in ("a", "b"):
        folder = f"--local-directory={tmp_path / name}"
        processes.append(
            start("dask_worker", address, "--no-nanny", "--nthreads=1", folder, *quiet)
        )
        address_of(processes[-1], "Start worker at:")
    return address


def test_nothing_is_lost_and_nothing_is_there_twice_when_a_worker_is_killed(
    base: Base, processes, scheduler
):
    ids = [f"s{n}" for n in range(6)]
    root = base(dict.fromkeys(ids, ONE), {id: SLOW.format(id=id) for id in ids})
    (root / "marks").mkdir()
    seen = []

    def kill_after_the_first(progress) -> None:
        seen.append(progress.result.id)
        if len(seen) == 1:
            processes[1].send_signal(signal.SIGKILL)

    options = Options(sandbox="off", scheduler=scheduler)
    report, _ = run_snippets(root, ids, options, kill_after_the_first)
    assert {id: result.status for id, result in report.results.items()} == dict.fromkeys(
        ids, "passed"
    )
    assert sorted(seen) == ids


def test_what_fails_or_kills_its_worker_is_tried_once_and_the_others_go_on(base: Base, scheduler):
    tests = {"fails": FAILS, "good": SLOW.format(id="good"), "kills": KILLS}
    root = base(dict.fromkeys(tests, ONE), tests)
    (root / "marks").mkdir()
    report, _ = run_snippets(root, tests, Options(sandbox="off", scheduler=scheduler))
    errors = {id: (result.status, result.error) for id, result in report.results.items()}
    assert errors == {
        "fails": ("failed", "test_it: assert 1 > 2"),
        "good": ("passed", ""),
        "kills": ("crashed", "the worker died while it ran"),
    }
    assert len(list((root / "marks").iterdir())) == 1


def test_the_sandbox_is_the_one_of_the_machine_that_ran_it(base: Base, scheduler):
    root = base({"a": ONE}, {"a": "def test_it():\n    assert 1 < 2\n"})
    report, _ = run_snippets(root, ["a"], Options(scheduler=scheduler))
    assert report.sandbox["environment"].startswith("cleared")


def test_no_process_of_ours_is_left_on_the_cluster(base: Base, scheduler):
    root = base({"a": ONE}, {"a": "def test_it():\n    assert 1 < 2\n"})
    run_snippets(root, ["a"], Options(scheduler=scheduler))
    deadline = time.monotonic() + 30
    while _naming(str(root)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _naming(str(root)) == []


def _naming(text: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # it has ended
    return [line for line in found if text in line and "snippets.worker" in line]


def test_where_there_is_no_scheduler_it_says_so(base: Base, monkeypatch):
    monkeypatch.setattr("paper_notes.snippets.cluster._PATIENCE", 0.5)
    root = base({"a": ONE}, {"a": FAILS})
    with pytest.raises(WorkerError, match=r"no scheduler at tcp://127\.0\.0\.1:9"):
        run_snippets(root, ["a"], Options(scheduler="tcp://127.0.0.1:9"))


def test_where_dask_is_not_installed_it_says_what_to_install(base: Base, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "paper_notes.snippets.cluster", raising=False)
    monkeypatch.delattr(snippets, "cluster", raising=False)
    root = base({"a": ONE}, {"a": FAILS})
    with pytest.raises(WorkerError, match=r"pip install 'paper-notes\[cluster\]'"):
        run_snippets(root, ["a"], Options(scheduler="tcp://127.0.0.1:9"))
