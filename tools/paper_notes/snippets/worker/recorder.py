"""A pytest plugin that notes what became of each test, and what was checked in it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from paper_notes.snippets.sandbox import resources
from paper_notes.snippets.worker.proof import Counter

LONGEST = 4000  # characters of one failure's text


class Recorder:
    """A pytest plugin that notes what became of each test, and what was checked in it."""

    def __init__(self) -> None:
        self.counter = Counter()
        self.order: Mapping[str, float] = {}  # by test: the lowest goes first
        self.allowed: Mapping[str, float] = {}  # by test: CPU seconds; if any, no other is run
        self.reached: set[int] = set()  # lines that a marked snippet said
        self.outcomes: dict[str, dict[str, Any]] = {}
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.skipped: set[str] = set()
        self._before = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.allowed:
            items[:] = [item for item in items if _test_name(item.nodeid) in self.allowed]
        items.sort(key=lambda item: self.order.get(_test_name(item.nodeid), 0.0))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._before = self.counter.held
        allowed = self.allowed.get(_test_name(nodeid))
        if allowed is not None:
            resources.limit_next(allowed)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = _test_name(report.nodeid)
        outcome = self.outcomes.setdefault(name, _outcome(name))
        outcome["seconds"] = round(outcome["seconds"] + report.duration, 4)
        if report.failed:
            _fail(outcome, f"{'' if report.when == 'call' else f'{report.when}: '}{_text(report)}")
        elif report.skipped:
            self._skip(outcome, report)
        elif report.when == "teardown" and outcome["outcome"] == "passed":
            outcome["recorded"] = _recorded(report.user_properties)
            outcome["checks"] = self.counter.held - self._before
            if not outcome["checks"]:
                outcome["unproved"] = "no check was made"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.errors.append(f"cannot be collected: {_text(report)}")
        elif report.skipped:
            self.errors.append(f"the whole test file is skipped: {_reason(report)}")

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        self.warnings.append(describe(warning_message))

    def _skip(self, outcome: dict[str, Any], report: pytest.TestReport) -> None:
        expected = getattr(report, "wasxfail", None)
        reason = _reason(report) if expected is None else expected.removeprefix("reason: ")
        self.skipped.add(outcome["name"].partition("[")[0])
        outcome["outcome"] = "skipped"
        outcome["message"] = reason if expected is None else f"expected to fail: {reason}"
        if reason in ("", "unconditional skip", "<Skipped instance>"):
            outcome["unproved"] = "skipped without a reason"


def _test_name(nodeid: str) -> str:
    return nodeid.partition("::")[2]


def _outcome(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "outcome": "passed",
        "seconds": 0.0,
        "message": "",
        "recorded": {},
        "checks": 0,
    }


def _fail(outcome: dict[str, Any], message: str) -> None:
    if outcome["outcome"] != "failed":
        outcome.update(outcome="failed", message=message)


def _text(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why it failed: pytest's own words, its crash line first."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return (crash.message if crash else str(report.longrepr)).strip()[:LONGEST]


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why it was skipped."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped").removeprefix(": ").strip()


def _recorded(properties: Sequence[tuple[str, object]]) -> dict[str, str | int | float | bool]:
    return {
        name: value if isinstance(value, str | int | float | bool) else str(value)
        for name, value in properties
    }


def describe(warning: warnings.WarningMessage) -> str:
    """One line for a warning: where it points, its kind, its text."""
    place = f"{Path(warning.filename).name}:{warning.lineno}"
    return f"{place}: {warning.category.__name__}: {warning.message}"[:LONGEST]
