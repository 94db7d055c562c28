"""Hostile snippets are contained and named for what they are, and leave nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from paper_notes.snippets.report import Report, read_report
from tests.runner.conftest import Base
from tests.runner.hostile import CASES, SNIPPET

PROGRAM = """\
import sys
from pathlib import Path
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.run import Options, run_snippets, snippet_ids
root = Path(sys.argv[1])
limits = Limits(cpu_seconds=1, wall_factor=8, memory=512 << 20)
run_snippets(root, snippet_ids(root), Options(2, limits=limits, without=tuple(sys.argv[2:])))
"""

# What it takes to be contained by ourselves where the kernel gives no namespace.
HARDEST = ("daemon", "fork_bomb", "kills_its_parent", "network", "sleeps", "home")


@dataclass(frozen=True)
class Ran:
    """What a run of hostile snippets came to."""

    report: Report
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    left: list[str]  # processes and temporary files


def run_all(base: Base, ids: tuple[str, ...], *without: str, ordinary: bool = False) -> Ran:
    """Run cases in a process of its own, with a secret in its environment."""
    tests = {id: CASES[id].source(id).replace("{home!r}", repr(str(Path.home()))) for id in ids}
    root = base(dict.fromkeys(ids, SNIPPET), tests)
    temporary = root.parent / "tmp"
    for folder in (temporary, root / "build"):
        folder.mkdir(mode=0o777)
        folder.chmod(0o777)
    become = as_nobody(root.parent) if ordinary and os.getuid() == 0 else [sys.executable]
    command = [*become, "-c", PROGRAM, str(root), *without]
    environment = {**os.environ, "SECRET_TOKEN": "hush", "TMPDIR": str(temporary)}
    before = contents(root)
    subprocess.run(command, env=environment, check=True, timeout=300)
    left = [*map(str, temporary.iterdir()), *processes_naming(str(root))]
    return Ran(read_report(root / "build" / "report.json"), before, contents(root), left)


def as_nobody(folder: Path) -> list[str]:
    """How root starts Python as the user nobody, who may not reach root's own interpreter."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    system = shutil.which(version, path="/usr/local/bin:/usr/bin")
    if system is None or shutil.which("setpriv") is None:
        pytest.skip(f"needs setpriv and a {version} that every user may run")
    packages = folder / "python" / "lib" / version / "site-packages"
    (folder / "python" / "bin").mkdir(parents=True)
    packages.mkdir(parents=True)
    (folder / "python" / "bin" / "python").symlink_to(system)
    (folder / "python" / "pyvenv.cfg").write_text(f"home = {Path(system).parent}\n")
    ours = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (packages / "ours.pth").write_text(ours)
    nobody = pwd.getpwnam("nobody").pw_uid
    user = ["setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups"]
    return [*user, str(folder / "python" / "bin" / "python")]


def contents(root: Path) -> dict[str, bytes]:
    """The files of the base, apart from the report."""
    files = [path for path in root.rglob("*") if path.is_file() and "build" not in path.parts]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def processes_naming(text: str) -> list[str]:
    """The processes with text among their arguments: a worker's children have the worker's."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (entry / "cmdline").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def contained(base: Base) -> Ran:
    return run_all(base, tuple(CASES))


@pytest.fixture(scope="module")
def as_ordinary_user(base: Base) -> Ran:
    return run_all(base, tuple(CASES), ordinary=True)


@pytest.fixture(scope="module")
def without_namespaces(base: Base) -> Ran:
    return run_all(base, HARDEST, "namespaces", "bubblewrap", ordinary=True)


def check(ran: Ran, id: str) -> None:
    result, case = ran.report.results[id], CASES[id]
    assert result.status == case.status, result.error
    assert any(part in result.error for part in case.says.split(" or ")), result.error


@pytest.mark.parametrize("id", CASES)
def test_a_hostile_snippet_is_named_for_what_it_is(contained, id):
    check(contained, id)


@pytest.mark.parametrize("id", CASES)
def test_an_ordinary_user_is_protected_as_well(as_ordinary_user, id):
    check(as_ordinary_user, id)


@pytest.mark.parametrize("id", HARDEST)
def test_without_namespaces_the_worker_finds_what_snippets_start(without_namespaces, id):
    check(without_namespaces, id)
    assert without_namespaces.report.sandbox["namespaces"] == "none: not tried"


@pytest.mark.parametrize("ran", ["contained", "as_ordinary_user", "without_namespaces"])
def test_no_process_and_no_file_is_left(ran, request):
    assert request.getfixturevalue(ran).left == []


@pytest.mark.parametrize("ran", ["contained", "as_ordinary_user", "without_namespaces"])
def test_the_repository_is_as_it_was(ran, request):
    result = request.getfixturevalue(ran)
    assert result.after == result.before
