"""Jobs whose tests are made into code before a worker asks for them."""

from __future__ import annotations

import pytest

from paper_notes.snippets import ahead
from paper_notes.snippets.ahead import Ahead
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.run import job_for

IDS = ("a", "b", "c")


@pytest.fixture
def waiting(tmp_path):
    (tmp_path / "tests/snippets").mkdir(parents=True)
    jobs = [job_for(id, Limits()) for id in IDS]
    for job in jobs:
        (tmp_path / job.tests).write_text("def test_it():\n    assert True\n")
    return Ahead(jobs, tmp_path)


def test_they_are_made_in_the_order_in_which_they_are_taken(waiting):
    assert waiting.make_one()
    assert waiting.make_one()
    taken = [waiting.take() for _ in IDS]
    assert [job.id for job in taken] == list(IDS)
    assert [bool(job.code) for job in taken] == [True, True, False]


def test_all_are_counted(waiting):
    waiting.make_one()
    assert len(waiting) == len(IDS)


def test_there_is_an_end_to_making(waiting):
    assert [waiting.make_one() for _ in (*IDS, 1)] == [True, True, True, False]


def test_not_too_many_are_made_ahead(waiting, monkeypatch):
    monkeypatch.setattr(ahead, "MOST", 1)
    assert [waiting.make_one(), waiting.make_one()] == [True, False]
    waiting.take()
    assert waiting.make_one()


def test_none_is_left_once_they_are_forgotten(waiting):
    waiting.make_one()
    waiting.clear()
    assert not waiting
    with pytest.raises(IndexError):
        waiting.take()
