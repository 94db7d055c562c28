"""From sources and a real run to a site: what may be ticked, and what strict refuses."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from paper_notes.cli import main
from paper_notes.site.publish import publish
from paper_notes.snippets.figures import file_of
from paper_notes.snippets.mutate import record
from paper_notes.snippets.mutate.score import Score
from paper_notes.snippets.report import read_report
from tests.conftest import lay_out

SNIPPET = "snippets/tidy_scale.py"
PAGE = "site/en/papers/tidy_scale/index.html"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented base, run once."""
    root = lay_out(tmp_path_factory.mktemp("publish") / "base")
    assert main(["--root", str(root), "run", "--jobs", "1"]) == 0
    return root


@pytest.fixture
def base(ran: Path, tmp_path: Path) -> Path:
    """A copy of the base with its report, to change."""
    return Path(shutil.copytree(ran, tmp_path / "base"))


def codes(root: Path, *, strict: bool) -> set[tuple[str, str]]:
    built = publish(root, strict=strict, say=lambda _line: None)
    return {(problem.severity, problem.code) for problem in built.problems}


def change(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_after_a_run_the_claims_are_ticked(base: Path) -> None:
    assert ("error", "not-run") not in codes(base, strict=True)
    page = (base / PAGE).read_text(encoding="utf-8")
    assert "claims verified" in page or "claim verified" in page
    assert 'class="pn-badge pn-verified"' in page


def test_a_changed_snippet_makes_strict_refuse(base: Path) -> None:
    change(base, SNIPPET, "import torch", "import torch  # changed")
    assert ("error", "not-run") in codes(base, strict=True)
    assert not (base / "site").exists()


def test_a_changed_snippet_loses_its_ticks(base: Path) -> None:
    change(base, SNIPPET, "import torch", "import torch  # changed")
    assert ("warning", "not-run") in codes(base, strict=False)
    page = (base / PAGE).read_text(encoding="utf-8")
    assert 'class="pn-badge pn-unchecked"' in page
    assert 'class="pn-badge pn-verified"' not in page


def test_without_a_report_nothing_is_ticked(base: Path) -> None:
    (base / "build/report.json").unlink()
    assert ("warning", "not-run") in codes(base, strict=False)
    assert 'class="pn-badge pn-verified"' not in (base / PAGE).read_text(encoding="utf-8")


def test_a_damaged_report_ticks_nothing(base: Path) -> None:
    (base / "build/report.json").write_text("{")
    assert ("error", "not-run") in codes(base, strict=True)


@pytest.mark.hostile(52)
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("<svg></svg>")])
def test_a_lost_or_damaged_figure_is_not_shown_and_takes_no_tick(
    base: Path, damage: Callable[[Path], object]
) -> None:
    codes(base, strict=True)
    assert "figures/tidy_scale.svg" in (base / PAGE).read_text(encoding="utf-8")
    figure = read_report(base / "build/report.json").results["tidy_scale"].figure
    assert figure
    damage(base / file_of(figure))
    codes(base, strict=True)
    page = (base / PAGE).read_text(encoding="utf-8")
    assert "figures/tidy_scale.svg" not in page
    assert 'class="pn-badge pn-verified"' in page
    assert not (base / "site/figures/tidy_scale.svg").exists()
    assert main(["--root", str(base), "run", "--jobs", "1"]) == 0
    codes(base, strict=True)
    assert "figures/tidy_scale.svg" in (base / PAGE).read_text(encoding="utf-8")


def test_a_failing_test_makes_strict_refuse_and_the_page_show_a_cross(base: Path) -> None:
    change(base, SNIPPET, "/ x.abs()", "* x.abs()")
    assert main(["--root", str(base), "run", "--jobs", "1"]) == 1
    assert ("error", "run-failed") in codes(base, strict=True)
    assert ("warning", "run-failed") in codes(base, strict=False)
    assert 'class="pn-badge pn-failing"' in (base / PAGE).read_text(encoding="utf-8")


def test_a_bad_note_leaves_the_old_site(base: Path) -> None:
    codes(base, strict=False)
    before = (base / PAGE).read_bytes()
    change(base, "papers/tidy_scale.yaml", "topic: training", "topic: nothing")
    assert ("error", "unknown-topic") in codes(base, strict=False)
    assert (base / PAGE).read_bytes() == before


def test_the_command_says_how_much_it_built(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(base), "build"]) == 0
    assert "pages" in capsys.readouterr().err


def test_the_command_ends_with_1_and_the_reason(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(base, SNIPPET, "import torch", "import torch  # changed")
    assert main(["--root", str(base), "build", "--strict"]) == 1
    shown = capsys.readouterr()
    assert "not-run" in shown.out
    assert "the site is as it was before" in shown.err


def test_a_mutation_score_on_record_is_shown_until_its_snippet_changes(base: Path) -> None:
    record.record(base, {"tidy_scale": Score("tidy_scale", "", 2, {}, {"a": "test", "b": None})})
    codes(base, strict=True)
    assert "Tests noticed 1 of 2" in (base / PAGE).read_text(encoding="utf-8")
    change(base, SNIPPET, "import torch", "import torch  # changed")
    codes(base, strict=False)
    assert "is not measured." in (base / PAGE).read_text(encoding="utf-8")
