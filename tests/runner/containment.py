"""Runs the hostile snippets, as oneself or as an ordinary user, and looks for what is left."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from paper_notes.snippets.report import Report, SnippetResult, read_report
from tests.runner.conftest import write_base
from tests.runner.hostile import CASES, SNIPPET

PROGRAM = """\
import sys
from pathlib import Path
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.ids import snippet_ids
from paper_notes.snippets.run import Options, run_snippets
root = Path(sys.argv[1])
limits = Limits(cpu_seconds=1, wall_factor=8, memory=512 << 20)
run_snippets(root, snippet_ids(root), Options(2, limits=limits, without=tuple(sys.argv[2:])))
"""


@dataclass(frozen=True)
class Ran:
    """What a run of hostile snippets came to."""

    report: Report
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    left: list[str]  # processes and temporary files


def run_all(folder: Path, ids: Iterable[str], *without: str, ordinary: bool = False) -> Ran:
    """Run cases in a process of its own, with a secret in its environment.

    In: folder, a new one, is for their base; the layers of the sandbox to do without; ordinary
    makes root's run one of the user nobody.
    Raises LookupError where there is no way to become an ordinary user.
    """
    tests = {id: CASES[id].source(id).replace("{home!r}", repr(str(Path.home()))) for id in ids}
    root, temporary = folder / "base", folder / "tmp"
    write_base(root, dict.fromkeys(tests, SNIPPET), tests)
    for open_to_all in (temporary, root / "build"):
        open_to_all.mkdir()
        open_to_all.chmod(0o777)
    become = as_nobody(folder) if ordinary and os.getuid() == 0 else [sys.executable]
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
        raise LookupError(f"needs setpriv and a {version} that every user may run")
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


def as_expected(id: str, result: SnippetResult) -> bool:
    """Whether a hostile snippet was named for what it is."""
    case = CASES[id]
    named = any(part in result.error for part in case.says.split(" or "))
    return named and result.status == case.status
