"""Work is done once for each item, whichever process does it, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from paper_notes.parallel import shared

ITEMS = range(7)


def square(number: int) -> bytes:
    return str(number * number).encode()


def who(_: int) -> bytes:
    return str(os.getpid()).encode()


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


def children() -> set[str]:
    """This process's, dead ones that nobody has waited for among them."""
    task = Path(f"/proc/self/task/{os.getpid()}/children")
    return set(task.read_text().split()) if task.exists() else set()


@pytest.mark.parametrize("processes", [1, 2, 3, 20])
def test_each_item_is_done_once(processes):
    assert sorted(shared(square, ITEMS, processes)) == sorted(map(square, ITEMS))


def test_nothing_to_do_gives_nothing():
    assert list(shared(square, [], 2)) == []


def test_several_processes_share_the_work():
    assert len(set(shared(who, ITEMS, 2))) == 2


def test_one_process_does_it_where_there_are_threads():
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert set(shared(who, ITEMS, 2)) == {who(0)}
    finally:
        done.set()
        thread.join()


def test_a_helper_that_is_killed_is_replaced():
    parent = os.getpid()

    def work(number: int) -> bytes:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return square(number)

    assert sorted(shared(work, ITEMS, 2)) == sorted(map(square, ITEMS))


def test_a_helper_that_fails_says_nothing_and_is_replaced(capfd):
    parent = os.getpid()

    def work(number: int) -> bytes:
        if os.getpid() != parent:
            raise KeyboardInterrupt
        return square(number)

    assert sorted(shared(work, ITEMS, 2)) == sorted(map(square, ITEMS))
    assert capfd.readouterr() == ("", "")


def test_without_room_for_results_one_process_does_it(monkeypatch):
    def full() -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert sorted(shared(square, ITEMS, 2)) == sorted(map(square, ITEMS))


def test_what_is_not_waited_for_is_ended():
    results = shared(square, ITEMS, 2)
    next(results)
    results.close()


def test_an_error_of_the_work_reaches_the_caller():
    def work(number: int) -> bytes:
        raise ValueError(number)

    with pytest.raises(ValueError, match="0"):
        list(shared(work, ITEMS, 2))
