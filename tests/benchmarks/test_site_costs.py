"""The table of what a large base costs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.site_costs import table
from benchmarks.site_costs.figures import MEASURES, Measure
from benchmarks.site_costs.pages import page_bytes
from benchmarks.site_costs.processes import MB, FailedError, measured

FAST = Measure("build cold", "s", {100: 10, 1000: 90}, "build")


@pytest.mark.parametrize(
    ("values", "met"),
    [({100: 10}, "yes"), ({100: 9, 1000: 91}, "**no**"), ({300: 1}, "")],
)
def test_a_target_is_met_where_it_is_met_everywhere(values: dict[int, float], met: str) -> None:
    assert FAST.met(values) == met


def test_targets_say_at_how_many_papers() -> None:
    assert FAST.target == "≤ 10 s at 100, ≤ 90 s at 1,000"


def test_a_figure_is_compared_with_the_other_tool_s() -> None:
    rows = list(table.targets({1000: {"build cold": 5.0}}, {1000: {"build": 20.0}}))
    assert rows[-1] == "| build cold | ≤ 10 s at 1,000, ≤ 90 s at 10,000 | 5.00 s (0.25×) | yes |"


def test_seconds_are_parts_of_what_material_takes_now_and_took_when_targets_were_set() -> None:
    rows = list(table.parts({1000: {"build cold": 20.0}}, {1000: {"build CPU": 200.0}}))
    assert rows[2:] == ["| build cold | ≤ 0.25 × at 1,000, ≤ 0.231 × at 10,000 | 0.1 × | yes |"]


def test_what_was_not_measured_has_no_row() -> None:
    assert len(list(table.targets({1000: {}}, {}))) == 2


def test_cost_for_each_paper_shows_whether_it_is_linear() -> None:
    rows = list(table.linearity({100: {"check cold": 1.0}, 1000: {"check cold": 30.0}}))
    assert rows[-1] == "| check cold | 10.00 | 30.00 |"


def test_what_was_scaled_is_marked() -> None:
    rows = list(table.peers({"material": {10: {"build": 1.0}, 90: {"build": 9.0}}}, [10, 90], 50))
    assert rows[-1] == "| material | build | 1.0 | 9.0 * |"


def test_every_measure_has_one_row() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)


def test_pages_are_told_apart_by_kind_and_lists_count_by_their_largest(tmp_path: Path) -> None:
    pages = {
        "": 5,
        "papers/a": 10,
        "papers/b": 30,
        "papers/c": 20,
        "papers": 7,
        "tags/x": 8,
        "tags": 3,
    }
    for path, length in pages.items():
        page = tmp_path / "en" / path / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("x" * length)
    found = {kind: one.raw for kind, one in page_bytes(tmp_path).items()}
    assert found == {"home": 5, "paper": 20, "papers": 7, "tags": 8}


def test_the_memory_of_a_command_counts_what_it_starts(tmp_path: Path) -> None:
    hold = "import time; held = b'x' * 60_000_000; time.sleep(1)"
    both = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}], check=True)"
    cost = measured([sys.executable, "-c", both], tmp_path)
    assert cost.memory > 60 * MB
    assert cost.largest > 60 * MB


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="no such thing"):
        measured([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)
