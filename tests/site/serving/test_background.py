"""Builds behind the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import pytest

from paper_notes.problems import Place, Problem, as_json
from paper_notes.site.serving.background import Builder, Outcome
from paper_notes.site.serving.child import Report, read_report

PATIENCE = 120  # seconds; a busy machine may take its time


@pytest.fixture
def outcomes() -> SimpleQueue[Outcome]:
    return SimpleQueue()


@pytest.fixture
def builder(base: Path, outcomes: SimpleQueue[Outcome]) -> Iterator[Builder]:
    with closing(Builder(base, outcomes.put)) as builder:
        yield builder


def test_a_build_tells_what_it_came_to(
    base: Path, builder: Builder, outcomes: SimpleQueue[Outcome]
) -> None:
    note = base / "papers/tidy_scale.yaml"
    note.write_text(note.read_text(encoding="utf-8").replace("A layer", "A sieve"), "utf-8")
    builder.start()
    outcome = outcomes.get(timeout=PATIENCE)
    assert builder.is_newest(outcome)
    assert outcome.report.pages > 0
    assert "A sieve" in (base / "site/en/papers/tidy_scale/index.html").read_text("utf-8")


def test_a_build_that_fails_tells_why(
    base: Path, builder: Builder, outcomes: SimpleQueue[Outcome]
) -> None:
    (base / "papers/tidy_scale.yaml").write_text("yeer: 2018\n", encoding="utf-8")
    builder.start()
    report = outcomes.get(timeout=PATIENCE).report
    assert report.pages == 0
    assert str(report.problems[0].place.path) == "papers/tidy_scale.yaml"


def test_the_newest_build_wins(builder: Builder, outcomes: SimpleQueue[Outcome]) -> None:
    builder.start()
    builder.start()
    ends = [outcomes.get(timeout=PATIENCE), outcomes.get(timeout=PATIENCE)]
    [newest] = [outcome for outcome in ends if builder.is_newest(outcome)]
    assert newest.report.pages > 0


def test_what_was_given_up_is_not_the_newest(
    builder: Builder, outcomes: SimpleQueue[Outcome]
) -> None:
    builder.start()
    builder.cancel()
    assert not builder.is_newest(outcomes.get(timeout=PATIENCE))


def test_after_the_end_no_build_is_left(base: Path, outcomes: SimpleQueue[Outcome]) -> None:
    builder = Builder(base, outcomes.put)
    for _ in range(3):
        builder.start()
    builder.close()
    for _ in range(3):
        outcomes.get(timeout=PATIENCE)
    assert not any(is_building(base, path) for path in Path("/proc").glob("[0-9]*/cmdline"))


def is_building(base: Path, path: Path) -> bool:
    try:
        return str(base).encode() in path.read_bytes()
    except OSError:  # it has ended
        return False


def test_a_build_that_breaks_off_is_a_problem(
    tmp_path: Path, outcomes: SimpleQueue[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with closing(Builder(tmp_path, outcomes.put)) as builder:
        builder.start()
        [problem] = outcomes.get(timeout=PATIENCE).report.problems
    assert problem.code == "build-ended"


def test_what_a_child_writes_is_read_again() -> None:
    problem = Problem(Place(Path("papers/ゆ.yaml"), 3, 4), "year", "a\nb", "c", "warning")  # type: ignore[arg-type]
    text = '{"pages": 3}\n' + as_json([problem])
    report = read_report(text)
    assert report is not None
    assert (report.pages, as_json(report.problems)) == (3, as_json([problem]))


@pytest.mark.parametrize("text", ["", "{}", '{"pages": 3}\n', '{"pages": 3}\n{"problems": [1]}'])
def test_what_is_no_report_is_none(text: str) -> None:
    assert read_report(text) is None


def test_a_report_may_be_without_problems() -> None:
    assert read_report('{"pages": 3}\n{"problems": []}') == Report(3, ())
