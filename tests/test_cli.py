"""The command line as a shell meets it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

COMMAND = [sys.executable, "-m", "paper_notes"]


def test_a_reader_that_has_enough_is_no_traceback() -> None:
    with subprocess.Popen(
        [*COMMAND, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["check", "--format", "xml"]])
def test_wrong_usage_ends_with_2_and_says_what_is_right(arguments: list[str]) -> None:
    ended = subprocess.run([*COMMAND, *arguments], capture_output=True, check=False)
    assert ended.returncode == 2
    assert b"usage: paper-notes" in ended.stderr


def test_the_module_and_the_command_are_the_same() -> None:
    ended = subprocess.run([*COMMAND, "--help"], capture_output=True, check=True)
    assert b"usage: paper-notes" in ended.stdout
