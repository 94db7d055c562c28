"""An invented base to measure on: made once, made cold again, edited."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks.make_library import Parts, make_library
from benchmarks.site_costs.processes import Cost, measured

_ANSWER = re.compile(r"^what:\n  en: \|\n    ", re.MULTILINE)


@dataclass
class Base:
    """A base of so many papers."""

    root: Path
    papers: int
    _kept: frozenset[Path] = frozenset()
    _edits: count[int] = field(default_factory=lambda: count(1))

    @property
    def site(self) -> Path:
        """Where its site is built."""
        return self.root / "site"

    @property
    def ids(self) -> list[str]:
        """The ids of its papers, sorted."""
        return sorted(path.stem for path in (self.root / "snippets").glob("*.py"))

    def run(self, *arguments: str) -> Cost:
        """What a command of ours costs on it. Raises FailedError where it does not succeed."""
        return measured(_command(self.root, *arguments), self.root)

    def check_notes_alone(self) -> Cost:
        """What it costs to check its notes where there is nothing else."""
        with tempfile.TemporaryDirectory(dir=self.root.parent) as folder:
            shutil.copytree(self.root / "papers", Path(folder) / "papers")
            return measured(_command(Path(folder), "check"), Path(folder), statuses=(1,))

    def make_cold(self) -> None:
        """Throw away all that was built or remembered, but not the report of the snippets."""
        shutil.rmtree(self.site, ignore_errors=True)
        work = self.root / "build"
        for path in sorted(work.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in self._kept:
                path.unlink()

    def edit(self, id: str) -> str:
        """Write a new sentence into a note; gives it."""
        sentence = f"Edit number {next(self._edits)} of this very note."
        path = self.root / "papers" / f"{id}.yaml"
        text = path.read_text(encoding="utf-8")
        changed, times = _ANSWER.subn(lambda begin: f"{begin[0]}{sentence}\n    ", text, count=1)
        assert times == 1, id
        path.write_text(changed, encoding="utf-8")
        return sentence


def _command(root: Path, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "paper_notes", "--root", str(root), *arguments)


def make_base(root: Path, papers: int, seed: int, figures: float) -> Base:
    """A new base in that folder."""
    make_library(papers, root, seed, Parts(figures=figures))
    kept = frozenset(path for path in (root / "build").rglob("*") if path.is_file())
    return Base(root, papers, kept)
