"""A test can look at the log as under pytest; where none does, no logger is touched."""

from __future__ import annotations

import pytest

from paper_notes.snippets.jobs import Settings
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.run import job_for
from paper_notes.snippets.workers import run_jobs
from tests.runner.conftest import SETTINGS

SNIPPET = """\
import logging
import sys


def warn():
    logging.getLogger("torch.distributed").warning("from torch")
    logging.getLogger("mine").warning("from me")


def demo():
    logging.basicConfig(format="%(message)s", stream=sys.stdout)
    logging.warning("shown")
"""
ASKS = """\
from snippets.asks import warn


def test_it(caplog):
    warn()
    assert [record.message for record in caplog.records] == ["from torch", "from me"]
    assert caplog.text.count("from me") == 1
"""
ASKS_BY_NAME = """\
from snippets.asks_by_name import warn


def test_it(request):
    warn()
    assert len(request.getfixturevalue("caplog").records) == 2
"""
ASKS_THROUGH_ANOTHER = """\
from snippets.asks_through_another import warn


def test_it(messages):
    warn()
    assert messages() == ["from torch", "from me"]
"""
CONFTEST = """\
import pytest


@pytest.fixture
def messages(caplog):
    return lambda: caplog.messages
"""
DOES_NOT_ASK = """\
import logging

from snippets.does_not_ask import warn


def test_it():
    warn()
    logging.warning("to nobody")
    assert not logging.getLogger("torch").filters


def test_no_logger_of_torch_was_given_a_handler_for_a_test():
    names = [type(handler).__name__ for handler in logging.getLogger("torch").handlers]
    assert "LogCaptureHandler" not in names
"""
TESTS = {
    "asks": ASKS,
    "asks_by_name": ASKS_BY_NAME,
    "asks_through_another": ASKS_THROUGH_ANOTHER,
    "does_not_ask": DOES_NOT_ASK,
}


@pytest.fixture(scope="module")
def results(base):
    root = base(dict.fromkeys(TESTS, SNIPPET), TESTS)
    (root / "tests/snippets/conftest.py").write_text(CONFTEST)
    ended = run_jobs([job_for(id, Limits()) for id in TESTS], 1, Settings(root))
    return {job.id: result for job, result in ended}


@pytest.mark.parametrize("id", TESTS)
def test_tests_that_ask_for_the_log_and_those_that_do_not_pass(results, id):
    assert (results[id]["status"], results[id]["error"]) == ("passed", "")


def test_a_repository_may_do_without_the_plugin(base):
    root = base({"does_not_ask": SNIPPET}, {"does_not_ask": DOES_NOT_ASK})
    (root / "pyproject.toml").write_text(
        SETTINGS.replace("mode=importlib", "mode=importlib -pno:logging")
    )
    [(_, result)] = run_jobs([job_for("does_not_ask", Limits())], 1, Settings(root))
    assert (result["status"], result["error"]) == ("passed", "")


def test_a_demo_finds_the_log_as_in_a_new_process(results):
    assert {result["demo"] for result in results.values()} == {"shown\n"}
