"""Work shared out among processes."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from multiprocessing.util import register_after_fork

import pytest

from paper_notes.site.share import shared_out


@pytest.mark.parametrize("jobs", [1, 2, 3, 20])
@pytest.mark.parametrize("items", [[], [1], list(range(10))])
def test_every_item_is_worked_on_once(items: list[int], jobs: int) -> None:
    assert sorted(shared_out(lambda item: item * item, items, jobs)) == [n * n for n in items]


def test_processes_see_what_was_there_before_them() -> None:
    there = {"a": object()}  # nothing that could be sent
    assert list(shared_out(lambda key: key in there, ["a", "b"], 2)).count(True) == 1


def test_an_error_of_the_work_is_raised_here() -> None:
    def work(item: int) -> int:
        raise OSError(28, "No space left on device", f"file {item}")

    with pytest.raises(OSError, match="No space left") as caught:
        list(shared_out(work, [1, 2, 3], 2))
    assert caught.value.filename.startswith("file")


def test_a_process_that_is_killed_is_an_error_and_no_hang() -> None:
    parent = os.getpid()

    def work(item: int) -> int:
        if item == 2 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    with pytest.raises(OSError, match="before its time"):
        list(shared_out(work, [1, 2, 3], 2))


def test_processes_that_are_dead_before_they_are_given_anything_are_an_error() -> None:
    class Newborn:
        pass

    newborn = Newborn()
    register_after_fork(newborn, lambda _: os.kill(os.getpid(), signal.SIGKILL))
    for _ in range(20):  # whichever notices first, sending or receiving
        with pytest.raises(OSError, match="before its time"):
            list(shared_out(abs, [1, 2], 2))


def test_no_process_is_left_when_nobody_wants_more() -> None:
    results = shared_out(lambda _item: os.getpid(), list(range(100)), 2)
    worker = next(results)
    results.close()  # type: ignore[attr-defined]  # a generator
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they end after what they are at")
def test_processes_end_with_a_parent_that_is_killed() -> None:
    held, theirs = os.pipe()  # ends when nobody has the other end any more
    parent = os.fork()
    if parent == 0:
        for _ in shared_out(lambda seconds: time.sleep(seconds), [0, 0, 300, 300], 2):
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


def test_an_interrupt_that_meets_a_process_at_its_birth_is_the_parents_to_answer() -> None:
    class Newborn:
        pass

    newborn = Newborn()  # for as long as it is there, each process begins with an interrupt
    register_after_fork(newborn, lambda _: os.kill(os.getpid(), signal.SIGINT))
    assert sorted(shared_out(abs, [1, 2], 2)) == [1, 2]
