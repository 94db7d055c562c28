"""What runs in the child: one snippet's tests through pytest, its demo, its figure.

The worker has imported everything beforehand, so this starts at once. Nothing here trusts the
snippet to come back: what counts is the message with the nonce at the end of it.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import importlib.abc
import importlib.util
import io
import os
import random
import sys
import threading
import traceback
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import rewrite

from paper_notes.snippets import collection
from paper_notes.snippets.collection import Prepared
from paper_notes.snippets.proof import HIT, Counter
from paper_notes.snippets.tracing import Imports, OpenedFiles

_MESSAGE = 4000  # characters of one failure's text


class OutputTooLongError(Exception):
    """demo() printed more than a page can show."""


class Printed(io.StringIO):
    """What demo() prints, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, text: str) -> int:
        if self.tell() + len(text) > self._limit:
            raise OutputTooLongError(f"demo() prints more than {self._limit >> 10} kB")
        return super().write(text)


class Recorder:
    """A pytest plugin that notes what became of each test, and what was checked in it."""

    def __init__(self, counter: Counter, durations: Mapping[str, float]) -> None:
        self.counter = counter
        self._durations = durations
        self.outcomes: dict[str, dict[str, Any]] = {}
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.skipped: set[str] = set()
        self._before = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._durations.get(item.nodeid.partition("::")[2], 0.0))

    def pytest_runtest_logstart(self) -> None:
        self._before = self.counter.held

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.partition("::")[2]
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
        self.warnings.append(_warning(warning_message))

    def _skip(self, outcome: dict[str, Any], report: pytest.TestReport) -> None:
        expected = getattr(report, "wasxfail", None)
        reason = _reason(report) if expected is None else expected.removeprefix("reason: ")
        self.skipped.add(outcome["name"].partition("[")[0])
        outcome["outcome"] = "skipped"
        outcome["message"] = reason if expected is None else f"expected to fail: {reason}"
        if reason in ("", "unconditional skip", "<Skipped instance>"):
            outcome["unproved"] = "skipped without a reason"


class _Replaced(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports one module from a text instead of its file: a mutant."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, path, source

    def find_spec(
        self, fullname: str, _path: object, _target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._path))

    def get_source(self, _fullname: str) -> str:
        return self._source


def run(root: Path, job: Mapping[str, Any], imports: Imports, prepared: Prepared) -> Any:
    """Run one job to its end.

    In: the repository, the job as the supervisor wrote it, what the worker had imported, and
    pytest as it was prepared there.
    Out: a dictionary ready for JSON: tests, demo, figure, errors, warnings, files, packages.
    """
    opened, counter = OpenedFiles(), Counter()
    opened.start()
    module = f"snippets.{job['id']}"
    if job["source"] is not None:
        replaced = _Replaced(module, root / job["path"], job["source"])
        sys.meta_path.insert(0, replaced)
    recorder = Recorder(counter, job["durations"])
    _run_tests(prepared, root / job["tests"], recorder, job["stop_at_first"])
    errors = [*recorder.errors, *_unproved(root / job["tests"], recorder)]
    demo, figure = "", None
    if job["show"]:
        demo, figure, problems, warned = _show(module, job)
        errors += problems
        recorder.warnings += warned
        errors += _lingering()
    return {
        "tests": list(recorder.outcomes.values()),
        "errors": errors,
        "demo": demo,
        "figure": figure,
        "warnings": list(dict.fromkeys(recorder.warnings)),
        "files": opened.inside(root, (Path(sys.prefix), Path(os.environ["TMPDIR"]))),
        "packages": sorted(imports.distributions(sys.modules)),
    }


def warm_up(folder: Path) -> None:
    """Do in the worker, once, what every child would else do first: pytest's and torch's own
    imports and caches.

    In: an empty folder to write an invented test into.
    """
    import torch

    test = folder / "test_warm_up.py"
    test.write_text(
        "import pytest\n\n\n@pytest.fixture\ndef x():\n    return 1\n\n\n"
        "def test_x(x, tmp_path, record_property):\n    assert x == 1\n"
    )
    pytest.main([*collection.ARGUMENTS, "--import-mode=importlib", f"-c{os.devnull}", str(test)])
    x = torch.ones(2, requires_grad=True)
    torch.autograd.backward((x * 2).sum())
    torch.optim.SGD([x], lr=0.1).step()
    torch.testing.assert_close(x, x)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
    str(x)
    test.unlink()


def broken(error: BaseException) -> dict[str, Any]:
    """The result where the run itself broke down."""
    text = "".join(traceback.format_exception(error))
    return {"tests": [], "errors": [f"{type(error).__name__}: {error}", text[-_MESSAGE:]]}


def _run_tests(prepared: Prepared, path: Path, recorder: Recorder, stop_at_first: bool) -> None:
    setattr(builtins, HIT, recorder.counter.hit)
    if not path.is_file():
        recorder.errors.append(f"{path.name} is missing: nothing was proved")
        return
    rewriting = rewrite.rewrite_asserts

    def counting(tree: Any, source: bytes, module_path: str | None = None, *rest: Any) -> None:
        recorder.counter.instrument(tree, str(module_path))
        rewriting(tree, source, module_path, *rest)

    # pytest offers no hook between reading a test file and rewriting its asserts.
    rewrite.rewrite_asserts = counting  # type: ignore[assignment]
    rewrite.PYC_TAIL = "-never-written.pyc"  # what pytest has cached does not count
    try:
        collection.run(prepared, path, [recorder], stop_at_first)
    except SystemExit as error:
        recorder.errors.append(f"sys.exit({error.code!r}) before the tests ran")
    except Exception as error:
        recorder.errors.append(f"cannot be collected: {type(error).__name__}: {error}"[:_MESSAGE])


def _unproved(path: Path, recorder: Recorder) -> list[str]:
    """What the run does not prove although nothing failed."""
    if not recorder.outcomes:
        return [] if recorder.errors else ["no test was found: nothing was proved"]
    outcomes = recorder.outcomes.values()
    found = [f"{o['name']}: {o.pop('unproved')}" for o in outcomes if "unproved" in o]
    if all(outcome["outcome"] == "skipped" for outcome in outcomes):
        found.append("every test was skipped: nothing was proved")
    lines = recorder.counter.never_ran(str(path), frozenset(recorder.skipped))
    if lines and all(outcome["outcome"] != "failed" for outcome in outcomes):
        found.append(f"asserts never ran at lines {', '.join(map(str, lines))}")
    return found


def _show(module: str, job: Mapping[str, Any]) -> tuple[str, str | None, list[str], list[str]]:
    """Run demo() and figure(): the text, the SVG, what went wrong, what was warned of."""
    errors: list[str] = []
    printed = Printed(job["limits"]["output_bytes"])
    svg = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        snippet = _attempt("import", errors, lambda: importlib.import_module(module))
        if hasattr(snippet, "demo"):
            with contextlib.redirect_stdout(printed):
                _attempt("demo()", errors, lambda: _seeded(snippet.demo))
        if hasattr(snippet, "figure"):
            svg = _attempt("figure()", errors, lambda: _svg(_seeded(snippet.figure), job["id"]))
    return printed.getvalue(), svg, errors, [_warning(warning) for warning in caught]


def _attempt(what: str, errors: list[str], step: Callable[[], Any]) -> Any:
    try:
        return step()
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1:]
        line = f" at {Path(where[0].filename).name}:{where[0].lineno}" if where else ""
        errors.append(f"{what}: {type(error).__name__}: {error}{line}"[:_MESSAGE])
        return None


def _seeded(function: Callable[[], Any]) -> Any:
    import numpy as np
    import torch

    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    return function()


def _svg(figure: Any, id: str) -> str:
    """The figure as SVG, the same bytes each time: paths for text, no date, ids from the id."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    if not isinstance(figure, Figure):
        raise TypeError(f"returned {type(figure).__name__}, not a matplotlib Figure")
    stream = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": id, "svg.fonttype": "path"}):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(stream, format="svg", transparent=True, metadata=nothing)
    return stream.getvalue()


def _lingering() -> list[str]:
    names = [
        thread.name for thread in threading.enumerate() if thread is not threading.main_thread()
    ]
    return [f"left threads running: {', '.join(names)}"] if names else []


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
    return (crash.message if crash else str(report.longrepr)).strip()[:_MESSAGE]


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why it was skipped."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped").removeprefix(": ").strip()


def _recorded(properties: Sequence[tuple[str, object]]) -> dict[str, str | int | float | bool]:
    return {
        name: value if isinstance(value, str | int | float | bool) else str(value)
        for name, value in properties
    }


def _warning(warning: warnings.WarningMessage) -> str:
    place = f"{Path(warning.filename).name}:{warning.lineno}"
    return f"{place}: {warning.category.__name__}: {warning.message}"[:_MESSAGE]
