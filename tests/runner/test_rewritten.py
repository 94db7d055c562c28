"""Tests that were made into code ahead prove what they prove anyway."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from paper_notes.snippets.jobs import Job, Settings
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.rewritten import Rewritten, rewrite, with_code
from paper_notes.snippets.run import job_for
from paper_notes.snippets.steady import SteadyWorker
from tests.runner.conftest import Base

ONE = "def one():\n    return 1\n"
HEAD = "import pytest\nfrom snippets.{0} import one\n\n"
TESTS = {
    "holds": "def test_it():\n    assert one() == 1\n    assert one() > 0\n",
    "fails": "def test_it():\n    assert one() == 2, 'not two'\n",
    "skips": "def test_it():\n    for n in []:\n        assert n == one()\n",
    "raises": "def test_it():\n    with pytest.raises(TypeError):\n        one(1)\n",
}


@pytest.fixture(scope="module")
def root(base: Base) -> Path:
    tests = {id: HEAD.format(id) + text for id, text in TESTS.items()}
    return base(dict.fromkeys(TESTS, ONE), tests)


@pytest.fixture(scope="module")
def worker(root):
    worker = SteadyWorker(Settings(root))
    yield worker
    worker.close()


def job(id: str) -> Job:
    return job_for(id, Limits())


def outcome(result):
    return {
        **result,
        "seconds": 0,
        "tests": [{**test, "seconds": 0} for test in result["tests"]],
    }


@pytest.mark.parametrize("id", TESTS)
def test_the_result_is_the_same(root, worker, id):
    ahead = with_code(job(id), root)
    assert ahead.code
    assert outcome(worker.run(ahead)) == outcome(worker.run(job(id)))


def test_code_of_another_text_is_not_used(root, worker):
    older = replace(with_code(job("fails"), root), id="holds", path="snippets/holds.py")
    result = worker.run(replace(older, tests=job("holds").tests))
    assert (result["status"], result["tests"][0]["checks"]) == ("passed", 2)


def test_it_comes_back_from_its_packing():
    made = rewrite(b"def test_it():\n    assert one\n", "test_it.py")
    assert Rewritten.unpack(made.pack()) == made


@pytest.mark.parametrize(
    "text", ["def", "x = '\0'", "(" * 10_000, "#" * 100_000, b"\xff".decode("latin-1")]
)
def test_what_cannot_be_made_ahead_is_left_to_its_own_process(tmp_path, text):
    (tmp_path / "tests/snippets").mkdir(parents=True)
    (tmp_path / job("odd").tests).write_text(text, encoding="latin-1")
    assert with_code(job("odd"), tmp_path) == job("odd")


def test_without_a_file_there_is_no_code(tmp_path):
    assert with_code(job("nowhere"), tmp_path) == job("nowhere")


def test_asserts_are_there_whatever_python_was_told():
    code = (
        "from paper_notes.snippets.rewritten import rewrite\n"
        "made = rewrite(b'assert len([]) == 1', 'test_it.py')\n"
        "exec(made.code)"
    )
    ended = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True)
    assert "AssertionError" in ended.stderr
