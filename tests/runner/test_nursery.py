"""One process imports torch; workers are forked from it, replaced and dismissed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from paper_notes.snippets.jobs import Job, Settings
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.nursery import Nursery, Worker
from paper_notes.snippets.run import job_for
from paper_notes.snippets.steady import SteadyWorker
from tests.runner.conftest import Base
from tests.runner.test_termination import processes_with

ONE = "def one():\n    return 1\n"
TESTS = {
    "good": "from snippets.good import one\n\ndef test_it():\n    assert one() == 1\n",
    "sleeps": "import time\n\ndef test_it():\n    time.sleep(60)\n",
    "leaves": (
        "import os, pathlib\n\ndef test_it():\n"
        "    room = pathlib.Path(os.environ['TMPDIR']).parent\n"
        "    assert len(list(room.iterdir())) == 1\n"
        "    (room / 'file').touch()\n"
        "    (room / 'link').symlink_to('/')\n"
        "    (room / 'folder').mkdir(mode=0)\n"
        "    room.chmod(0)\n"
    ),
    "kills": "import os, signal\n\ndef test_it():\n    os.kill(os.getppid(), signal.SIGKILL)\n",
}


@pytest.fixture(scope="module")
def root(base: Base) -> Path:
    return base(dict.fromkeys(TESTS, ONE), TESTS)


@pytest.fixture
def nursery(root: Path) -> Iterator[Nursery]:
    with closing(Nursery(Settings(root))) as nursery:
        yield nursery


def job(id: str) -> Job:
    return job_for(id, Limits())


def ready(nursery: Nursery) -> Worker:
    worker = nursery.hire()
    assert "ready" in worker.receive()
    return worker


def test_workers_run_jobs_side_by_side(nursery):
    workers = [ready(nursery), ready(nursery)]
    for worker in workers:
        worker.give(job("good"))
    assert [worker.receive()["status"] for worker in workers] == ["passed", "passed"]
    for worker in workers:
        worker.dismiss()


def test_a_worker_can_be_dismissed_in_the_middle_of_a_job(nursery, root):
    worker = ready(nursery)
    worker.give(job("sleeps"))
    before = len(processes_with(str(root)))
    worker.dismiss()
    # The keeper, the worker and its child are gone; the nursery takes the next request.
    assert len(processes_with(str(root))) <= before - 2
    ready(nursery).dismiss()


def test_when_the_nursery_is_closed_nothing_is_left(root):
    with closing(Nursery(Settings(root))) as nursery:
        ready(nursery).dismiss()
    assert processes_with(str(root)) == []


def test_a_steady_worker_is_replaced_when_it_dies(root):
    with closing(SteadyWorker(Settings(root, "off"))) as worker:
        results = [worker.run(job(id)) for id in ("good", "kills", "good")]
    assert [(r["status"], r["error"]) for r in results] == [
        ("passed", ""),
        ("crashed", "the worker died while it ran"),
        ("passed", ""),
    ]


def test_a_steady_worker_says_why_it_cannot_be_had(root):
    without = ("bubblewrap", "namespaces", "landlock")
    with closing(SteadyWorker(Settings(root, "strict", without))) as worker:
        assert worker.run(job("good"))["refused"].startswith("cannot contain files")


def test_a_folder_that_is_replaced_between_two_jobs_can_be_read(base):
    root = base({"good": ONE}, {"good": TESTS["good"]})
    with closing(SteadyWorker(Settings(root))) as worker:
        assert worker.run(job("good"))["status"] == "passed"
        (root / "snippets").rename(root / "old")
        shutil.copytree(root / "old", root / "snippets")
        assert worker.run(job("good"))["status"] == "passed"


def test_what_a_job_leaves_beside_its_folder_is_gone_for_the_next(root):
    with closing(SteadyWorker(Settings(root))) as worker:
        assert [worker.run(job("leaves"))["error"] for _ in range(2)] == ["", ""]
