"""Whenever a command is killed, each file is the old or the new one; the next run completes."""

from __future__ import annotations

import random

import pytest

from tests.faults.bench import Bench, Files
from tests.faults.commands import QUICK, Command
from tests.faults.conftest import kills
from tests.faults.matrix import Matrix
from tests.faults.moments import KILLS

SEED = 0
STATUS = {"SIGINT": 130, "SIGTERM": 143, "SIGKILL": -9}


def moments(count: int, number: int) -> list[int]:
    """So many of the moments of a command that has count, spread by chance."""
    return random.Random(SEED).choices(range(count), k=number)


def is_torn(now: Files, old: Files, new: Files) -> bool:
    """Whether there is a file that is neither as it was nor as it is to be."""
    files = now.keys() | old.keys() | new.keys()
    return any(now.get(path) not in (old.get(path), new.get(path)) for path in files)


@pytest.mark.parametrize("command", QUICK, ids=lambda command: command.name)
@pytest.mark.parametrize("fault", KILLS)
def test_what_a_killed_command_began_is_completed_by_the_next(
    bench: Bench, matrix: Matrix, command: Command, fault: str
) -> None:
    command.prepare(bench.root)
    bench.save()
    old = bench.sources()
    undisturbed = bench.run(*command.at(bench.root), lines=True)
    assert undisturbed.status == 0, undisturbed.text
    new = bench.sources()
    assert new != old
    for at in moments(undisturbed.moments, kills()):
        bench.restore()
        killed = bench.run(*command.at(bench.root), fault=fault, at=at, lines=True)
        now, left = bench.sources(), bench.strays()
        again = bench.run(*command.at(bench.root))
        said = "after an interrupted command" in again.text
        told = {
            "ended by the fault": killed.status == STATUS[fault] or killed.moments <= at,
            "quiet": "Traceback" not in killed.text + again.text,
            "whole": not is_torn(now, old, new),
            "completed": bench.sources() == new and not bench.strays(),
            "says so": again.status == 0 or (now == new and "same-paper" in again.text),
            "names what it put right": said == bool(left),
        }
        matrix.add(command.name, fault, all(told.values()))
        assert all(told.values()), (at, told, killed, again, left)
