"""A bench for faults, and the matrix of what became of them.

    pytest tests/faults               45 kills of each quick command, fewer of slow ones
    FAULTS=100 pytest tests/faults    a hundred kills of a build, three hundred of quick ones

FAULT_MATRIX=docs/benchmarks/faults.md writes the matrix to that file as well.
"""

from __future__ import annotations

import datetime
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bench import Bench, Forker, small_base
from tests.faults.matrix import Matrix

if sys.platform == "win32":
    pytest.skip("signals and forks", allow_module_level=True)

_MATRIX = Matrix()
_HEAD = """\
# Faults and what became of them

Made on {date} by `FAULTS={kills} FAULT_MATRIX=… pytest tests/faults` with Python {python} on
Linux {kernel}. "3 of 3": the fault struck three times, and each time the old or the new state was
whole and the next run of the command succeeded by itself.

"""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the matrix."""
    if not _MATRIX.struck:
        return
    terminalreporter.section("faults survived")
    table = "\n".join(_MATRIX.lines())
    terminalreporter.write_line(table)
    if place := os.environ.get("FAULT_MATRIX"):
        head = _HEAD.format(
            date=datetime.date.today(),
            kills=kills(),
            python=platform.python_version(),
            kernel=".".join(platform.release().split(".")[:2]),
        )
        Path(place).write_text(f"{head}{table}\n", encoding="utf-8")


def kills() -> int:
    """How often each signal strikes each quick command; slow ones take a part of it.

    A hundred kills of a build take minutes: a nightly run asks for them.
    """
    return int(os.environ.get("FAULTS", "15"))


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    """Where each fault is written down."""
    return _MATRIX


@pytest.fixture(scope="session")
def forker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forker]:
    """Runs commands quickly."""
    made = Forker(tmp_path_factory.mktemp("forker"))
    yield made
    made.close()


@pytest.fixture
def bench(tmp_path: Path, forker: Forker) -> Bench:
    """A small base to try faults on."""
    return Bench(small_base(tmp_path / "base"), forker)
