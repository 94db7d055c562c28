"""The command `paper-notes diff`."""

from __future__ import annotations

import argparse
import io
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

from paper_notes.changes.comment import as_comment
from paper_notes.changes.model import compare
from paper_notes.library import load_library
from paper_notes.problems import Place, Problem, render
from paper_notes.site.runs import REPORT, current_runs
from paper_notes.storage.held import ScratchFolder

_SOURCES = ("papers", "snippets", "tests/snippets")


def diff(arguments: argparse.Namespace) -> tuple[int, str]:
    """Compare the base as it is with a commit; the exit status and what to say.

    Files of either state that cannot be read are left out; `check` is there to name them.
    """
    root: Path = arguments.root
    with ScratchFolder() as folder:
        refused = _unpack(root, arguments.base, Path(folder))
        if refused:
            return 1, render([refused], "text")
        before, _ = load_library(Path(folder))
    after, problems = load_library(root)
    if any(problem.code == "no-papers" for problem in problems):
        return 1, render(problems, "text")
    return 0, as_comment(compare(before, after, current_runs(after, root / REPORT)))


def _unpack(root: Path, revision: str, folder: Path) -> Problem | None:
    """Put the sources of that commit into the folder; a problem where git cannot."""
    kind = ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", "--end-of-options"]
    try:
        known = subprocess.run([*kind, f"{revision}^{{commit}}"], capture_output=True, check=False)
    except FileNotFoundError:
        return _problem(revision, "no-git", "git is not installed", "install git")
    if known.returncode:
        hint = "give a branch, a tag or a commit of this repository: main"
        return _problem(revision, "unknown-commit", "git knows no such commit", hint)
    commit = known.stdout.decode().strip()
    for source in _SOURCES:
        command = ["git", "-C", str(root), "archive", commit, "--", source]
        archive = subprocess.run(command, capture_output=True, check=False)
        if archive.returncode == 0:  # a folder that was not there yet is no fault
            with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
                tar.extractall(folder, filter="data")
    return None


def _problem(revision: str, code: str, message: str, hint: str) -> Problem:
    return Problem(Place(PurePosixPath(revision or ".")), code, message, hint)
