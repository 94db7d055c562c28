"""Work is done once for each item, whichever process does it, and nothing is left behind."""

from __future__ import annotations

import multiprocessing.context
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.util import register_after_fork
from pathlib import Path

import pytest

from paper_notes.parallel import shared

pytestmark = pytest.mark.usefixtures("no_other_threads")

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


def test_without_room_for_processes_one_does_it(monkeypatch):
    def full(_: object) -> None:
        raise OSError(11, "no more processes")

    monkeypatch.setattr(multiprocessing.context.ForkProcess, "start", full)
    assert sorted(shared(square, ITEMS, 2)) == sorted(map(square, ITEMS))


def test_what_must_not_be_done_again_is_an_error_where_a_process_vanishes():
    parent = os.getpid()

    def work(number: int) -> bytes:
        if number == 2 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return square(number)

    with pytest.raises(OSError, match="before its time"):
        list(shared(work, ITEMS, 2, again=False))


def test_processes_see_what_was_there_before_them():
    there = {0: object()}  # nothing that could be sent
    assert list(shared(lambda key: key in there, ITEMS, 2)).count(True) == 1


def test_what_is_not_waited_for_is_ended():
    results = shared(square, ITEMS, 2)
    next(results)
    results.close()


def test_an_error_of_the_work_reaches_the_caller():
    def work(number: int) -> bytes:
        raise ValueError(number)

    with pytest.raises(ValueError, match=r"^[01]$"):
        list(shared(work, ITEMS, 2))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they end after what they are at")
def test_processes_end_with_a_parent_that_is_killed():
    held, theirs = os.pipe()  # ends when nobody has the other end any more
    parent = os.fork()
    if parent == 0:
        for _ in shared(lambda seconds: time.sleep(seconds), [0, 0, 300, 300], 2):
            os.write(theirs, b"at work")
        os._exit(0)
    os.close(theirs)
    os.read(held, 100)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    while ended := select.select([held], [], [], 60)[0]:
        if not os.read(held, 100):
            break
    os.close(held)
    assert ended


def test_an_interrupt_that_meets_a_process_at_its_birth_is_the_parents_to_answer():
    class Newborn:
        pass

    newborn = Newborn()  # for as long as it is there, each process begins with an interrupt
    register_after_fork(newborn, lambda _: os.kill(os.getpid(), signal.SIGINT))
    assert sorted(shared(abs, [1, 2], 2, again=False)) == [1, 2]
