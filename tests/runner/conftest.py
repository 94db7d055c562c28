"""Small invented bases with snippets to run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

SETTINGS = """\
[tool.pytest.ini_options]
addopts = "--import-mode=importlib"
pythonpath = ["."]
filterwarnings = ["error"]
"""

Base = Callable[[Mapping[str, str], Mapping[str, str]], Path]


def write_base(root: Path, snippets: Mapping[str, str], tests: Mapping[str, str]) -> Path:
    """A base at root with these sources by id."""
    (root / "snippets").mkdir(parents=True)
    (root / "tests" / "snippets").mkdir(parents=True)
    (root / "pyproject.toml").write_text(SETTINGS)
    for id, source in snippets.items():
        (root / "snippets" / f"{id}.py").write_text(source)
    for id, source in tests.items():
        (root / "tests" / "snippets" / f"test_{id}.py").write_text(source)
    return root


@pytest.fixture(scope="module")
def base() -> Iterator[Base]:
    """Makes bases in a folder that every user of this machine may read."""
    folders = []

    def make(snippets: Mapping[str, str], tests: Mapping[str, str]) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="base-"))
        folder.chmod(0o755)
        folders.append(folder)
        return write_base(folder / "base", snippets, tests)

    yield make
    for folder in folders:
        shutil.rmtree(folder)
