"""Two of a command at once: both end, no file is torn, and what they write is there once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.bench import Bench, Forker
from tests.faults.commands import BUILD, QUICK, Command
from tests.faults.conftest import kills
from tests.faults.matrix import Matrix


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forker]:
    """A second one."""
    made = Forker(tmp_path_factory.mktemp("other"))
    yield made
    made.close()


@pytest.mark.parametrize("command", [*QUICK, BUILD], ids=lambda command: command.name)
def test_two_at_once(bench: Bench, other: Forker, matrix: Matrix, command: Command) -> None:
    command.prepare(bench.root)
    bench.save()
    words = command.at(bench.root)
    undisturbed = bench.run(*words)
    assert undisturbed.status == 0, undisturbed.text
    new, site = bench.sources(), bench.site()
    for _ in range(max(1, kills() // (15 if command is BUILD else 3))):
        bench.restore()
        with ThreadPoolExecutor(2) as pool:
            ended = list(pool.map(lambda run: run(*words), (bench.run, other)))
        told = {
            "one succeeds": 0 in [one.status for one in ended],
            "the other, too, or says why not": all(one.status in (0, 1) for one in ended),
            "quiet": not any("Traceback" in one.text for one in ended),
            "nothing undone": not any("after an interrupted" in one.text for one in ended),
            "new": bench.sources() == new and bench.site() == site,
            "nothing left over": not bench.strays(),
        }
        matrix.add(command.name, "two at once", all(told.values()))
        assert all(told.values()), (told, ended)
