"""The same sources and results give the same bytes, wherever, whenever and however they are built.

Each build is a process of its own: folder, hash seed, time zone, language, umask, number of
processes and order of folders differ. That nothing asks the clock is ruff's to see
(pyproject.toml, banned-api).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reproducible import HERE, THERE, Circumstances, build_in, count, differences
from tests.conftest import lay_out
from tests.site.test_history import git

NOTE = "papers/tidy_scale.yaml"


def base(folder: Path) -> Path:
    """The invented base, committed at a known time."""
    root = lay_out(folder)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


def build(root: Path, circumstances: Circumstances) -> Path:
    build_in(root, circumstances, "tests.site.invented_build")
    return root / "site"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The site as it is built in ordinary circumstances."""
    return build(base(tmp_path / HERE.folder), HERE)


def test_other_circumstances_give_the_same_site_and_the_same_zip(
    here: Path, tmp_path: Path
) -> None:
    there = build(base(tmp_path / THERE.folder), THERE)
    assert count(here) > 50
    assert list(differences(here, there)) == []
    assert (here / "../site.zip").read_bytes() == (there / "../site.zip").read_bytes()


def test_a_site_that_was_changed_and_changed_back_is_as_if_made_at_once(
    here: Path, tmp_path: Path
) -> None:
    root = base(tmp_path / THERE.folder)
    note = root / NOTE
    text = note.read_text(encoding="utf-8")
    note.write_text(text.replace("2018", "2017"), encoding="utf-8")
    assert list(differences(here, build(root, THERE))) != []
    note.write_text(text, encoding="utf-8")
    assert list(differences(here, build(root, THERE))) == []
