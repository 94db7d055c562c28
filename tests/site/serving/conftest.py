"""The invented base, built once; tests that write get a copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from paper_notes.site.publish import publish
from tests.conftest import lay_out

ADDRESS = "https://notes.example.org/base/"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base with its site, which knows its address. Not to be written to."""
    root = lay_out(tmp_path_factory.mktemp("serving") / "base")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PAPER_NOTES_SITE_URL", ADDRESS)
        publish(root, strict=False, say=lambda _line: None)
    assert (root / "site/en/index.html").is_file()
    return root


@pytest.fixture
def base(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to write to."""
    monkeypatch.setenv("PAPER_NOTES_SITE_URL", ADDRESS)
    return shutil.copytree(built, tmp_path / "base")
