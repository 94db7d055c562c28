"""Bubblewrap is used where it works, named in the report, and never required."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from paper_notes.snippets.run import Options, run_snippets
from paper_notes.snippets.sandbox.bubblewrap import around
from tests.runner.conftest import Base

SNIPPET = "def one():\n    return 1\n"
TEST = "from snippets.a import one\n\ndef test_one():\n    assert one() == 1\n"
LIKE_IT = """\
#!/bin/sh
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of bwrap, to be written."""
    program = tmp_path / "bin" / "bwrap"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return program


def test_the_command_is_run_inside_with_only_these_folders_writable(installed, tmp_path):
    installed.write_text(LIKE_IT)
    command, words = around([tmp_path])
    assert command[0] == str(installed)
    assert command[command.index("--bind") :][:3] == ["--bind", str(tmp_path), str(tmp_path)]
    assert words == {"bubblewrap": "around all: read-only, no network, own process table"}


def test_where_it_may_not_do_its_work_it_says_why(installed):
    installed.write_text("#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n")
    assert around([]) == ([], {"bubblewrap": "none: bwrap: No permissions"})


def test_where_it_cannot_be_run_it_says_why(installed):
    installed.write_text("no program")
    command, words = around([])
    assert command == []
    assert words["bubblewrap"].startswith("none: ")


def test_where_it_is_not_installed_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert around([]) == ([], {"bubblewrap": "none: not installed"})


@pytest.mark.skipif(not around([])[0], reason="needs bwrap, and a kernel that lets it work")
def test_the_real_one_lets_nothing_be_written_elsewhere(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    command, _ = around([inside])
    touch = shutil.which("touch")
    assert subprocess.run([*command, touch, str(inside / "x")], check=False).returncode == 0
    done = subprocess.run([*command, touch, str(outside)], capture_output=True, check=False)
    assert b"Read-only file system" in done.stderr


@pytest.mark.skipif(not around([])[0], reason="needs bwrap, and a kernel that lets it work")
@pytest.mark.parametrize("without", [(), ("namespaces",), ("namespaces", "landlock", "sockets")])
def test_snippets_pass_inside_and_the_report_names_it(base: Base, without):
    root = base({"a": SNIPPET}, {"a": TEST})
    report, _ = run_snippets(root, ["a"], Options(jobs=1, without=without))
    assert (report.results["a"].status, report.results["a"].error) == ("passed", "")
    assert report.sandbox["bubblewrap"].startswith("around all")
