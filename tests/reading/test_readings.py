"""What was read is remembered, and what is remembered is what would be read."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path, PurePosixPath

import pytest

from paper_notes.library import load_library
from paper_notes.problems import render
from paper_notes.reading import readings
from paper_notes.reading.units import Unit

LIBRARY = Path(__file__).parents[1] / "data" / "library"
NOTE = "papers/slow_pooling.yaml"
SNIPPET = "snippets/slow_pooling.py"
TESTS = "tests/snippets/test_slow_pooling.py"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A base that is worth remembering, a minute after its last change."""
    now = time.time_ns() + 60 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: now)
    monkeypatch.setattr(readings, "LEAST", 1)
    root = tmp_path / "base"
    shutil.copytree(LIBRARY, root, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return root


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the units that are parsed, as it happens."""
    names: list[str] = []
    understand = Unit.understand

    def watched(unit, contents):
        names.append(unit.name)
        return understand(unit, contents)

    monkeypatch.setattr(Unit, "understand", watched)
    return names


def afresh(root: Path, monkeypatch: pytest.MonkeyPatch):
    """What is read where nothing is remembered."""
    with monkeypatch.context() as patch:
        patch.setattr(readings, "LEAST", 1_000_000)
        return load_library(root)


def write(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


def test_what_is_remembered_is_what_would_be_read(root, monkeypatch):
    write(root, NOTE, "topic:", "topik:")
    write(root, TESTS, "assert", "print")
    expected = afresh(root, monkeypatch)
    assert load_library(root) == expected
    assert load_library(root) == expected


def test_an_unchanged_base_is_not_parsed_again(root, parsed):
    load_library(root)
    parsed.clear()
    load_library(root)
    assert parsed == []


def test_the_files_of_an_unchanged_base_are_not_read_again(root, monkeypatch):
    load_library(root)

    def refuse(_: Path, path: PurePosixPath, limit: int) -> None:
        raise AssertionError(f"{path} was read again, up to {limit}")

    monkeypatch.setattr(readings, "read_bytes", refuse)
    load_library(root)


@pytest.mark.parametrize(("path", "unit"), [(NOTE, NOTE), (SNIPPET, SNIPPET), (TESTS, SNIPPET)])
def test_only_what_changed_is_parsed_again(root, parsed, monkeypatch, path, unit):
    load_library(root)
    parsed.clear()
    (root / path).write_bytes((root / path).read_bytes() + b"\n# more\n")
    assert load_library(root) == afresh(root, monkeypatch)
    assert parsed == [unit]


def test_a_copy_of_the_files_elsewhere_is_not_parsed_again(root, parsed, tmp_path):
    load_library(root)
    parsed.clear()
    shutil.copytree(root, tmp_path / "other")
    load_library(tmp_path / "other")
    assert parsed == []


def test_what_is_gone_is_forgotten(root, monkeypatch):
    load_library(root)
    for path in (NOTE, SNIPPET, TESTS):
        (root / path).unlink()
    assert load_library(root) == afresh(root, monkeypatch)
    kept = b"".join(file.read_bytes() for file in (root / readings.FOLDER).glob("[0-9]*"))
    assert NOTE.encode() not in kept
    assert b"papers/tidy_scale.yaml" in kept


def test_tests_that_come_and_go_are_noticed(root, monkeypatch):
    tests = (root / TESTS).read_bytes()
    load_library(root)
    (root / TESTS).unlink()
    assert load_library(root) == afresh(root, monkeypatch)
    (root / TESTS).write_bytes(tests)
    assert load_library(root) == afresh(root, monkeypatch)


@pytest.mark.parametrize("damage", [b"", b"\x00" * 100, None])
def test_a_damaged_memory_is_made_anew(root, monkeypatch, parsed, damage):
    load_library(root)
    for file in (root / readings.FOLDER).iterdir():
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2] + b"\xff" if damage is None else damage)
    assert load_library(root) == afresh(root, monkeypatch)
    parsed.clear()
    load_library(root)
    assert parsed == []


def test_the_memory_of_another_version_is_not_used(root, monkeypatch, parsed):
    load_library(root)
    parsed.clear()
    monkeypatch.setattr(readings, "version", lambda: b"another")
    load_library(root)
    assert len(parsed) == 6


def test_where_nothing_can_be_written_it_is_read_each_time(root, monkeypatch):
    (root / "build").write_text("in the way")
    assert load_library(root) == afresh(root, monkeypatch)
    assert load_library(root) == afresh(root, monkeypatch)


def test_a_few_files_are_not_worth_a_memory(root, monkeypatch):
    monkeypatch.setattr(readings, "LEAST", 100)
    load_library(root)
    assert not (root / "build").exists()


def test_a_link_to_a_file_that_was_read_is_refused(root):
    load_library(root)
    elsewhere = root / "elsewhere.yaml"
    (root / NOTE).rename(elsewhere)
    (root / NOTE).symlink_to(elsewhere)
    library, problems = load_library(root)
    assert "slow_pooling" not in library.notes
    assert "symbolic-link" in {problem.code for problem in problems}


def test_a_linked_folder_of_files_that_were_read_is_refused(root):
    load_library(root)
    (root / "snippets").rename(root / "elsewhere")
    (root / "snippets").symlink_to(root / "elsewhere")
    library, problems = load_library(root)
    assert library.snippets == {}
    assert {problem.code for problem in problems} >= {"symbolic-link"}


def test_a_text_that_is_none_is_read_each_time(root, monkeypatch):
    write(root, SNIPPET, 'r"""', '"""\\ud800')
    expected = afresh(root, monkeypatch)
    assert load_library(root) == expected
    assert load_library(root) == expected


def test_several_processes_read_what_one_reads(root, monkeypatch):
    expected = afresh(root, monkeypatch)
    monkeypatch.setattr(readings, "_WORTH_A_FORK", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert load_library(root) == expected
    assert render(load_library(root)[1], "text") == render(expected[1], "text")


def test_what_several_processes_read_is_remembered(root, parsed, monkeypatch):
    monkeypatch.setattr(readings, "_WORTH_A_FORK", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    load_library(root)
    parsed.clear()
    load_library(root)
    assert parsed == []
