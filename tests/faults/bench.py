"""Where faults are tried: a small base in a folder of its own, and commands that faults strike."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paper_notes.storage.held import SCRATCH
from paper_notes.storage.whole import PART
from tests.conftest import REPOSITORY, lay_out

Files = Mapping[str, bytes]
GENERATED = ("build", "site")


@dataclass(frozen=True)
class Ended:
    """What became of a command."""

    status: int  # negative: the signal that ended it
    moments: int
    text: str


class Forker:
    """Runs commands, by `forker.py`."""

    def __init__(self, folder: Path, before: Sequence[str] = ()) -> None:
        self._output = folder / "output"
        self._temporary = folder / "temporary"
        self._temporary.mkdir()
        self._process = subprocess.Popen(
            [*before, sys.executable, "-m", "tests.faults.forker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            text=True,
        )

    def __call__(
        self,
        *arguments: str | Path,
        fault: str = "",
        at: int = 0,
        lines: bool = False,
        forked: bool = False,
        below: Path | None = None,
    ) -> Ended:
        """Run a command; the fault strikes at its moment with this number."""
        assert self._process.stdin and self._process.stdout
        request: dict[str, Any] = {
            "arguments": [str(argument) for argument in arguments],
            "fault": fault,
            "at": at,
            "lines": lines,
            "forked": forked,
            "below": str(below or "/"),
            "output": str(self._output),
            "temporary": str(self._temporary),
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Ended(**answer, text=self._output.read_text(encoding="utf-8", errors="replace"))

    def close(self) -> None:
        """End it."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    @property
    def temporary(self) -> Path:
        """The folder of the commands' temporary files."""
        return self._temporary


@dataclass
class Bench:
    """A base, its state at the beginning to come back to, and the commands."""

    root: Path
    run: Forker
    saved: Path = field(init=False)
    called: Path = field(init=False)  # what the root is called where commands run

    def __post_init__(self) -> None:
        self.saved = self.root.with_name("saved")
        self.called = self.root

    def save(self) -> None:
        """Take the state of now for the one to come back to."""
        shutil.rmtree(self.saved, ignore_errors=True)
        shutil.copytree(self.root, self.saved, symlinks=True)

    def restore(self) -> None:
        """Come back to the saved state."""
        shutil.rmtree(self.root)
        shutil.copytree(self.saved, self.root, symlinks=True)

    def sources(self) -> Files:
        """All that people wrote, and what commands wrote for them; but for strays."""
        files = contents(self.root).items()
        return {
            path: data
            for path, data in files
            if path.split("/")[0] not in GENERATED and not path.endswith(PART)
        }

    def site(self) -> Files:
        """The site."""
        return contents(self.root / "site")

    def strays(self) -> list[str]:
        """Everything that only a command at work may have lying about."""
        found = [path for path in self.root.rglob("*") if path.name.endswith(PART)]
        found += self.root.glob("build/begun.*")
        found += self.root.glob("build/site")
        found += self.root.glob(".site.old")
        found += self.run.temporary.glob(f"{SCRATCH}*")
        return [str(path) for path in found]

    def is_at_work(self) -> bool:
        """Whether a process has a file of the base open."""
        for handle in Path("/proc").glob("[0-9]*/fd/*"):
            with suppress(OSError):  # it has ended, or been closed
                if handle.readlink().is_relative_to(self.root):
                    return True
        return False

    def comes_to_rest(self, seconds: float) -> bool:
        """Whether so many seconds are enough for all processes to let go of the base."""
        deadline = time.monotonic() + seconds
        while self.is_at_work() and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.is_at_work()


def contents(folder: Path) -> Files:
    """Every file below a folder by its path there; of links where they lead."""
    found: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = b"-> " + os.fsencode(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def small_base(folder: Path) -> Path:
    """The invented base, without the pictures of the real one's documentation."""
    root = lay_out(folder)
    shutil.rmtree(root / "docs" / "images", ignore_errors=True)
    return root
