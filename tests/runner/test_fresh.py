"""Where there is no fork, as on Windows, each snippet has a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from paper_notes.snippets.jobs import Settings, WorkerError
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.run import job_for
from paper_notes.snippets.workers import run_jobs
from tests.runner.conftest import Base

ONE = "def one():\n    return 1\n\ndef demo():\n    print(one())\n"
HOLDS = "from snippets.{id} import one\n\ndef test_one():\n    assert one() == 1\n"
LIMITS = Limits()

# As on Windows: no fork, no POSIX modules. What is run then is an argument.
WITHOUT_POSIX = """\
import os, runpy, signal, socket, sys
for name in ("fcntl", "pwd", "resource", "termios"):
    sys.modules[name] = None
for module, names in (
    (os, ("fork", "getuid", "killpg", "pidfd_open", "setsid", "wait4", "waitid")),
    (signal, ("SIGKILL", "SIGXCPU")),
    (socket, ("send_fds", "recv_fds")),
):
    for name in names:
        delattr(module, name)
name = sys.argv.pop(1)
runpy.run_module(name, run_name="__main__", alter_sys=True)
"""


def without_posix(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a module of ours where nothing of POSIX is to be had."""
    command = [sys.executable, "-c", WITHOUT_POSIX, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def results(base: Base) -> dict[str, dict[str, object]]:
    tests = {
        "good": HOLDS.format(id="good"),
        "crashes": "import ctypes\n\ndef test_it():\n    ctypes.string_at(0)\n",
        "leaves": "import os\n\ndef test_it():\n    os._exit(0)\n",
        "quits": "import sys\n\ndef test_it():\n    sys.exit(0)\n",
    }
    root = base(dict.fromkeys(tests, ONE), tests)
    jobs = [job_for(id, LIMITS) for id in tests]
    return {job.id: raw for job, raw in run_jobs(jobs, 2, Settings(root, fork=False))}


def test_a_pass_is_a_pass_with_all_that_is_shown_and_says_how_it_was_run(results):
    good = results["good"]
    assert (good["status"], good["error"], good["demo"]) == ("passed", "", "1\n")
    assert good["complete"] is False
    assert "without a sandbox" in good["sandbox"]["isolation"]


def test_what_was_imported_before_and_in_the_job_is_named(results):
    good = results["good"]
    assert {"numpy", "pytest", "torch"} <= {*good["preloaded"]}
    assert "snippets" in good["imported"]


@pytest.mark.parametrize("id", ["crashes", "leaves"])
def test_a_process_that_gives_no_result_is_a_crash(results, id):
    assert results[id]["status"] == "crashed"
    assert "ended with exit status" in results[id]["error"]


def test_leaving_by_an_exception_is_a_failure(results):
    assert results["quits"]["status"] == "failed"


def test_a_process_that_does_not_end_is_a_timeout(base: Base, monkeypatch):
    monkeypatch.setattr("paper_notes.snippets.fresh._START", 0.0)
    root = base({"a": ONE}, {"a": "import time\n\ndef test_it():\n    time.sleep(60)\n"})
    job = job_for("a", Limits(cpu_seconds=0.1, wall_factor=0))
    [(_, raw)] = run_jobs([job], 1, Settings(root, fork=False))
    assert raw["status"] == "timeout"


def test_a_sandbox_cannot_be_insisted_on(base: Base):
    root = base({"a": ONE}, {"a": HOLDS.format(id="a")})
    with pytest.raises(WorkerError, match="no fork"):
        list(run_jobs([job_for("a", LIMITS)], 1, Settings(root, "strict", fork=False)))


def test_settings_that_pytest_refuses_end_the_run(base: Base):
    root = base({"a": ONE}, {"a": HOLDS.format(id="a")})
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--no-such'\n")
    with pytest.raises(WorkerError, match="--no-such"):
        list(run_jobs([job_for("a", LIMITS)], 1, Settings(root, fork=False)))


def test_the_process_needs_nothing_that_only_posix_has(base: Base, tmp_path: Path):
    root = base({"a": ONE}, {"a": HOLDS.format(id="a")})
    settings, job = Settings(root).as_json(tmp_path), job_for("a", LIMITS).as_json()
    once = "paper_notes.snippets.worker.once"
    done = without_posix(once, json.dumps(settings), input=json.dumps(job))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "passed"


def test_the_command_chooses_this_way_by_itself_where_there_is_no_fork(base: Base):
    root = base({"a": ONE}, {"a": HOLDS.format(id="a")})
    done = without_posix("paper_notes", "--root", str(root), "run")
    assert done.returncode == 0, done.stderr
    assert "a new process for each snippet, without a sandbox" in done.stdout
