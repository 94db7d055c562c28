"""The verdict on a base stands until something that it depends on changes."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from paper_notes.checking import verdict
from paper_notes.checking.verdict import Verdict, judge
from paper_notes.cli import main
from paper_notes.reading import readings

LIBRARY = Path(__file__).parents[1] / "data" / "library"
NOTE = "papers/slow_pooling.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A base that is worth remembering, a minute after its last change, with a problem in it."""
    now = time.time_ns() + 60 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: now)
    monkeypatch.setattr(readings, "LEAST", 1)
    root = tmp_path / "base"
    shutil.copytree(LIBRARY, root, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (root / "snippets" / "orphan.py").write_text("x = 1\n")
    return root


def afresh(root: Path, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """The verdict where nothing is remembered."""
    with monkeypatch.context() as patch:
        patch.setattr(readings, "LEAST", 1_000_000)
        return judge(root)


def stands(root: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a verdict is given without loading anything."""

    def refuse(*_: object) -> None:
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(verdict, "load", refuse)
        try:
            judge(root)
        except InterruptedError:
            return False
        return True


def test_it_falls_where_formulas_are_read_by_something_else(root, monkeypatch):
    judge(root)
    monkeypatch.setattr(verdict, "reader", lambda: "a newer KaTeX")
    assert not stands(root, monkeypatch)


def test_it_stands_while_nothing_changes(root, monkeypatch):
    first = judge(root)
    assert stands(root, monkeypatch)
    assert judge(root) == first == afresh(root, monkeypatch)


@pytest.mark.parametrize(
    "path",
    [
        NOTE,
        "snippets/slow_pooling.py",
        "tests/snippets/test_slow_pooling.py",
        "papers/topics.yaml",
        "papers/paths.yaml",
        "papers/synonyms.yaml",
        "papers/new.yaml",
        "snippets/new.py",
        "tests/snippets/test_new.py",
    ],
)
def test_any_change_of_a_source_ends_it(root, monkeypatch, path):
    judge(root)
    with (root / path).open("a", encoding="utf-8") as file:
        file.write("# more\n")
    assert not stands(root, monkeypatch)
    assert judge(root) == afresh(root, monkeypatch)


@pytest.mark.parametrize("path", [NOTE, "papers/topics.yaml", "papers/paths.yaml"])
def test_a_file_that_goes_ends_it(root, monkeypatch, path):
    judge(root)
    (root / path).unlink()
    assert not stands(root, monkeypatch)
    assert judge(root) == afresh(root, monkeypatch)


def test_a_link_in_place_of_a_file_ends_it(root, monkeypatch):
    judge(root)
    (root / NOTE).rename(root / "elsewhere")
    (root / NOTE).symlink_to(root / "elsewhere")
    assert not stands(root, monkeypatch)
    assert judge(root) == afresh(root, monkeypatch)


def test_another_version_judges_for_itself(root, monkeypatch):
    judge(root)
    monkeypatch.setattr(verdict, "version", lambda: b"another")
    assert not stands(root, monkeypatch)


def test_a_damaged_verdict_is_none(root, monkeypatch):
    judge(root)
    path = root / readings.FOLDER / "verdict"
    path.write_bytes(path.read_bytes()[:-1])
    assert not stands(root, monkeypatch)
    assert judge(root) == afresh(root, monkeypatch)


def test_check_prints_the_same_again(root, capsys):
    shown = []
    for _ in range(2):
        assert main(["--root", str(root), "check", "--format", "json"]) == 1
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert "orphan" in shown[0]


def test_paths_choose_from_it(root, capsys):
    for _ in range(2):
        assert main(["--root", str(root), "check", str(root / NOTE)]) == 0
        assert capsys.readouterr().err.startswith("1 note, 1 snippet, ")


def test_without_notes_there_is_none(root, capsys):
    judge(root)
    shutil.rmtree(root / "papers")
    assert main(["--root", str(root), "check"]) == 1
    assert "no-papers" in capsys.readouterr().out


def test_a_file_name_that_is_no_text_is_judged_each_time(root, monkeypatch):
    try:
        (root / "tests/snippets/test_\udcff.py").write_text("")
    except OSError:
        pytest.skip("names of files are text here")
    assert judge(root) == judge(root) == afresh(root, monkeypatch)
