"""A bench for faults, and the matrix of what became of them.

    pytest tests/faults               27 kills of each quick command, fewer of slow ones
    FAULTS=100 pytest tests/faults    a hundred kills of a build, three hundred of quick ones

FAULT_MATRIX=docs/benchmarks/faults.md adds the matrix to that file as well: a part of the tests may
run with one number, and another with another.
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

"3 of 3": the fault struck three times, and each time the old or the new state was whole and the
next run of the command succeeded by itself.
"""
_ABOUT = """
`FAULTS={kills} FAULT_MATRIX=… pytest {tests}`, {date}, Python {python}, Linux {kernel}:

"""


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show the matrix."""
    if not _MATRIX.struck:
        return
    terminalreporter.section("faults survived")
    table = "\n".join(_MATRIX.lines())
    terminalreporter.write_line(table)
    if place := os.environ.get("FAULT_MATRIX"):
        words = config.invocation_params.args
        about = _ABOUT.format(
            date=datetime.date.today(),
            kills=kills(),
            tests=" ".join(word for word in words if not word.startswith("-")),
            python=platform.python_version(),
            kernel=".".join(platform.release().split(".")[:2]),
        )
        head = "" if Path(place).exists() else _HEAD
        with Path(place).open("a", encoding="utf-8") as stream:
            stream.write(f"{head}{about}{table}\n")


def kills() -> int:
    """How often each signal strikes each quick command; slow ones take a part of it.

    A hundred kills of a build take minutes: a nightly run asks for them.
    """
    return int(os.environ.get("FAULTS", "9"))


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
