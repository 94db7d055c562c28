"""Builds the base twice in circumstances that have nothing in common, and compares the bytes.

    python -m benchmarks.reproducible

Both builds are of the newest commit and of build/report.json with its figures, in clones of this
repository.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPORT = "build/report.json"
FIGURES = "build/figures"


@dataclass(frozen=True)
class Circumstances:
    """What a build must not show."""

    folder: str
    environment: Mapping[str, str]
    options: Sequence[str]


HERE = Circumstances(
    "here",
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"},
    ("--cores", "1", "--umask", "022"),
)
THERE = Circumstances(
    "elsewhere/at a place with a longer name",
    {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LANG": "C", "LC_ALL": "C"},
    ("--cores", "3", "--umask", "077", "--backwards"),
)


def build_in(root: Path, one: Circumstances, *command: str) -> None:
    """Run a module in these circumstances; its tools are those of this repository.

    Raises CalledProcessError where it fails.
    """
    given = {"HOME": str(root), "PATH": os.environ["PATH"], **one.environment}
    given["PYTHONPATH"] = os.pathsep.join(map(str, (ROOT / "tools", ROOT)))
    given["PAPER_NOTES_SITE_URL"] = "https://notes.example.org/"
    call = [sys.executable, "-m", "benchmarks.circumstances", *one.options, *command]
    subprocess.run(call, cwd=root, env=given, check=True)


def differences(one: Path, other: Path) -> Iterator[str]:
    """The files below two folders that are not the same in both."""
    left, right = _digests(one), _digests(other)
    for path in sorted(left.keys() | right.keys()):
        if left.get(path) != right.get(path):
            yield path


def count(folder: Path) -> int:
    """How many files are below a folder."""
    return len(_digests(folder))


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _clone(target: Path) -> Path:
    command = ["git", "clone", "-q", "--no-local", f"file://{ROOT}", str(target)]
    subprocess.run(command, check=True)
    (target / "build").mkdir()
    if (ROOT / REPORT).is_file():
        shutil.copy(ROOT / REPORT, target / REPORT)
    if (ROOT / FIGURES).is_dir():
        shutil.copytree(ROOT / FIGURES, target / FIGURES)
    return target


def main() -> int:
    """Build twice, compare, and say what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        roots = []
        for one in (HERE, THERE):
            root = _clone(Path(folder) / one.folder)
            build_in(root, one, "paper_notes", "build", "--zip", "site/notes.zip")
            roots.append(root / "site")
        found = list(differences(*roots))
        files = count(roots[0])
    for path in found:
        sys.stdout.write(f"differs: {path}\n")
    verdict = f"{len(found)} differ" if found else "the same bytes"
    sys.stdout.write(f"{files} files: {verdict}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
