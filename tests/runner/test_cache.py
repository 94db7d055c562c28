"""A result holds as long as nothing it depended on has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from paper_notes.snippets.cache import Keys, dependencies
from paper_notes.snippets.figures import FIGURES, FigureFolder, file_of
from paper_notes.snippets.report import Report as TheReport
from paper_notes.snippets.report import SnippetResult, TestOutcome, read_report, write_report
from tests.runner.conftest import SETTINGS, write_base

FILES = ("data.txt", "pyproject.toml", "snippets/a.py", "tests/snippets/test_a.py")
PACKAGES = ("numpy", "torch")
INSTALLED = {"numpy": "2.4.0", "torch": "2.13.0", "rich": "15.0"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = write_base(tmp_path / "base", {"a": "x = 1\n"}, {"a": "def test_x(): assert 1 < 2\n"})
    (root / "data.txt").write_text("1 2 3")
    return root


@pytest.fixture
def result(root: Path) -> SnippetResult:
    key = Keys(root, INSTALLED).key(FILES, PACKAGES, "20 s")
    return SnippetResult(
        *("a", key, "passed", 0.1, "2026-01-31", "3.11.0", "2.13.0"),
        files=FILES,
        packages=PACKAGES,
        limits="20 s",
    )


def holds(root: Path, result: SnippetResult, **installed: str) -> bool:
    return Keys(root, {**INSTALLED, **installed}).holds(result)


def test_a_pass_holds_while_nothing_changes(root, result):
    assert holds(root, result)


@pytest.mark.parametrize("name", ["data.txt", "snippets/a.py", "tests/snippets/test_a.py"])
def test_a_change_in_a_file_ends_it(root, result, name):
    (root / name).write_text("changed")
    assert not holds(root, result)


def test_a_file_that_is_gone_ends_it(root, result):
    (root / "data.txt").unlink()
    assert not holds(root, result)


def test_imported_names_are_known_by_the_distributions_that_bring_them(root):
    assert Keys(root).distributions(["yaml", "json", "numpy", "yaml"]) == ("numpy", "pyyaml")


def test_the_runner_is_no_package_of_a_result(root):
    assert Keys(root).distributions(["paper_notes"]) == ()


def test_another_version_of_an_imported_package_ends_it(root, result):
    assert not holds(root, result, torch="2.14.0")


def test_another_version_of_a_package_that_was_not_imported_does_not(root, result):
    assert holds(root, result, rich="16.0")


def test_other_limits_end_it(root, result):
    assert not holds(root, replace(result, limits="40 s"))


@pytest.mark.parametrize("status", ["failed", "timeout", "crashed"])
def test_only_a_pass_is_kept(root, result, status):
    assert not holds(root, replace(result, status=status))


def test_a_pass_with_its_figure_holds(root, result):
    name = FigureFolder(root / FIGURES).keep("<svg/>")
    assert holds(root, replace(result, figure=name))


@pytest.mark.hostile(52)
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("<svg></svg>")])
def test_a_lost_or_damaged_figure_ends_it_but_what_was_proved_stays(root, result, damage):
    name = FigureFolder(root / FIGURES).keep("<svg/>")
    damage(root / file_of(name))
    drawn = replace(result, figure=name)
    assert not holds(root, drawn)
    assert Keys(root, INSTALLED).matches(drawn)


def test_a_linters_settings_do_not_matter_but_pytests_do(root, result):
    (root / "pyproject.toml").write_text(SETTINGS + "[tool.ruff]\nline-length = 80\n")
    assert holds(root, result)
    (root / "pyproject.toml").write_text(SETTINGS.replace("error", "ignore"))
    assert not holds(root, result)


def test_a_conftest_that_appears_ends_it(root, result):
    files = dependencies("snippets/a.py", "tests/snippets/test_a.py", ())
    key = Keys(root, INSTALLED).key(files, PACKAGES, "20 s")
    later = replace(result, files=files, key=key)
    assert holds(root, later)
    (root / "tests" / "snippets" / "conftest.py").write_text("")
    assert not holds(root, later)


def test_a_report_comes_back_as_it_was_written(tmp_path, result):
    test = TestOutcome("test_x[1]", "passed", 0.01, recorded={"n": 3}, checks=2)
    drawn = replace(result, tests=(test,), figure="0" * 32)
    report = TheReport({"a": drawn}, {"files": "Landlock"})
    write_report(tmp_path / "report.json", report)
    assert read_report(tmp_path / "report.json") == report


@pytest.mark.hostile(52)
@pytest.mark.parametrize("figure", ["../../secret", "", "A" * 32, "0" * 32 + "\n", "<svg/>"])
def test_a_report_with_an_odd_name_for_a_figure_proves_nothing(tmp_path, result, figure):
    write_report(tmp_path / "report.json", TheReport({"a": replace(result, figure=figure)}))
    assert read_report(tmp_path / "report.json") == TheReport()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'{"version": 1}', b"null"])
@pytest.mark.hostile(52)
def test_a_damaged_report_proves_nothing(tmp_path, damage):
    (tmp_path / "report.json").write_bytes(damage)
    assert read_report(tmp_path / "report.json") == TheReport()
