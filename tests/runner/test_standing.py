"""A run that found nothing to do need not look again for as long as nothing changes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from paper_notes import cli
from paper_notes.snippets import report, standing
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.run import REPORT
from paper_notes.snippets.standing import ABSENT, Asked, keep, look, stands
from tests.runner.conftest import Base

ASKED = Asked(frozenset({"a", "b"}), Limits(), "auto")
FILES = ("snippets/a.py", "build/report.json", "conftest.py")  # the last of them is not there


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "build").mkdir()
    for name in FILES[:2]:
        (tmp_path / name).write_text("one")
    return tmp_path


def let_settle(patch: pytest.MonkeyPatch) -> None:
    """Make it a minute later."""
    now = time.time_ns() + 60 * 10**9
    patch.setattr(time, "time_ns", lambda: now)


@pytest.fixture
def kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository in which there was nothing to run."""
    let_settle(monkeypatch)
    keep(root, ASKED, {name: look(f"{root}/{name}") for name in FILES})
    return root


def test_while_nothing_changes_nothing_is_to_be_run(kept):
    assert stands(kept, ASKED)


def test_where_nothing_was_kept_nothing_is_known(root):
    assert not stands(root, ASKED)


def test_a_change_that_keeps_size_and_time_is_noticed(kept):
    path, before = kept / FILES[0], (kept / FILES[0]).stat()
    path.write_text("two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not stands(kept, ASKED)


@pytest.mark.parametrize("name", FILES[:2])
def test_a_file_that_goes_is_noticed(kept, name):
    (kept / name).unlink()
    assert not stands(kept, ASKED)


def test_a_file_that_was_not_there_is_noticed(kept):
    (kept / FILES[2]).write_text("")
    assert not stands(kept, ASKED)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, ids=frozenset({"a"})),
        replace(ASKED, ids=ASKED.ids | {"c"}),
        replace(ASKED, limits=Limits(cpu_seconds=40)),
        replace(ASKED, sandbox="strict"),
    ],
)
def test_of_another_question_nothing_is_known(kept, other):
    assert not stands(kept, other)


def test_another_version_of_a_package_is_noticed(kept, monkeypatch):
    monkeypatch.setattr(standing, "installed", lambda: {"torch": "0.1"})
    assert not stands(kept, ASKED)


def test_another_runner_is_noticed(kept, monkeypatch):
    monkeypatch.setattr(standing.circumstances, "digest", lambda: b"another")
    assert not stands(kept, ASKED)


def test_what_changed_just_now_is_not_trusted(root):
    keep(root, ASKED, {name: look(f"{root}/{name}") for name in FILES})
    assert not stands(root, ASKED)


def test_what_has_no_stamp_is_not_trusted(root, monkeypatch):
    let_settle(monkeypatch)
    keep(root, ASKED, {FILES[0]: None, FILES[2]: ABSENT})
    assert not stands(root, ASKED)


@pytest.mark.hostile(52)
@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff" * 100])
def test_what_is_damaged_is_as_good_as_nothing(kept, damage):
    [path] = (kept / "build/cache").iterdir()
    path.write_bytes(damage)
    assert not stands(kept, ASKED)


@pytest.fixture(scope="module")
def ran(base: Base) -> Iterator[Path]:
    """A base in which everything was run and has settled."""
    holds = "from snippets.good import one\n\ndef test_it():\n    assert one() == 1\n"
    root = base({"good": "def one():\n    return 1\n"}, {"good": holds})
    assert cli.main(["--root", str(root), "run"]) == 0
    with pytest.MonkeyPatch.context() as patch:
        let_settle(patch)
        assert cli.main(["--root", str(root), "run"]) == 0  # looks up, and keeps
        yield root


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The reports that were read."""
    paths: list[Path] = []

    def read_report(path: Path) -> report.Report:
        paths.append(path)
        return real(path)

    real = report.read_report
    monkeypatch.setattr("paper_notes.snippets.run.read_report", read_report)
    return paths


@pytest.mark.parametrize("words", [[], ["good"]])
def test_a_run_says_that_nothing_changed_without_reading_the_report(ran, read, words, capsys):
    assert cli.main(["--root", str(ran), "run", *words]) == 0
    assert capsys.readouterr().out.startswith("1 unchanged, nothing to run (")
    assert read == []


def test_a_run_looks_results_up_where_something_may_have_changed(ran, read):
    os.utime(ran / "snippets/good.py")
    assert cli.main(["--root", str(ran), "run"]) == 0
    assert read == [ran / REPORT]


@pytest.mark.parametrize("words", [["--no-cache"], ["--recheck", "100%"]])
def test_a_run_runs_what_it_is_told_to(ran, words, capsys):
    assert cli.main(["--root", str(ran), "run", *words]) == 0
    assert "1 of 1 passed" in capsys.readouterr().out
