"""A copy of the invented library to spoil, and a check of it that keeps time."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from paper_notes.cli import main
from paper_notes.library import load_library
from paper_notes.problems import Problem

LIBRARY = Path(__file__).parents[1] / "data" / "library"


@dataclass(frozen=True)
class Base:
    """A knowledge base in a temporary folder."""

    root: Path
    capsys: pytest.CaptureFixture[str]

    def write(self, path: str, content: str | bytes) -> Path:
        """Put a file there."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def replace(self, path: str, old: str, new: str) -> None:
        """Change a file that is there; the old text must stand in it."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new, 1))

    def problems(self) -> list[Problem]:
        """Everything that is wrong, found in less than a second of computing."""
        start = time.process_time()
        problems = load_library(self.root)[1]
        assert time.process_time() - start < 1.0
        return problems

    def refusals(self) -> list[str]:
        """The lines `file:line:column: code: message` that `check` prints; it must exit with 1."""
        before = sorted(self.root.rglob("*"))
        start = time.process_time()
        status = main(["--root", str(self.root), "check"])
        assert time.process_time() - start < 1.0
        shown = self.capsys.readouterr()
        assert status == 1
        assert "Traceback" not in shown.out + shown.err
        assert sorted(self.root.rglob("*")) == before
        return [line for line in shown.out.splitlines() if not line.startswith("    ")]

    def note(self, answer: str = "", **changes: str) -> str:
        """A whole valid note as YAML; `what` answers so where given, other keys change."""
        text = (LIBRARY / "papers" / "slow_pooling.yaml").read_text(encoding="utf-8")
        lines = text.splitlines()
        if answer:
            changes["what"] = answer
        for key, value in changes.items():
            lines = [f"{key}: {value}" if row.startswith(f"{key}:") else row for row in lines]
        return "\n".join(lines) + "\n"


@pytest.fixture
def base(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Base:
    root = tmp_path / "base"
    shutil.copytree(LIBRARY, root, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return Base(root, capsys)
