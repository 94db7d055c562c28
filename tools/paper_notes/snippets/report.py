"""The record of running snippets: `build/report.json`, the only thing that can tick a claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from paper_notes.snippets.figures import NAME_PATTERN
from paper_notes.storage.shelf import Shelf
from paper_notes.storage.whole import write_generated

REPORT_VERSION = 3

Status = Literal["passed", "failed", "timeout", "crashed"]
Outcome = Literal["passed", "failed", "skipped"]
Contained = Literal["full", "partly", "off"]  # which of the sandbox's layers held
FigureName = Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What became of one collected test."""

    __test__ = False  # pytest: a value, not a test class

    name: str  # the function's name; parametrized ones keep their [brackets]
    outcome: Outcome
    seconds: float
    message: str = ""  # why it failed or was skipped
    recorded: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    checks: int = 0  # asserts and the like that held in it

    @property
    def function(self) -> str:
        """The test function's name without parameters."""
        return self.name.partition("[")[0]


@dataclass(frozen=True, slots=True)
class SnippetResult:
    """What one run of a snippet showed: its tests, its demo's output and its figure's name."""

    id: str
    key: str  # hash of everything the result depends on; another key means the result is stale
    status: Status
    seconds: float
    checked: str  # day of the run, ISO 8601
    python: str
    torch: str
    tests: tuple[TestOutcome, ...] = ()
    demo: str = ""  # what demo() printed
    figure: FigureName | None = None  # the figure itself lies beside the report
    error: str = ""  # why the status is not passed
    warnings: tuple[str, ...] = ()
    # What the key was made of, so that it can be made again without running anything.
    files: tuple[str, ...] = ()  # repository-relative
    packages: tuple[str, ...] = ()
    limits: str = ""
    contained: Contained = "off"

    def outcomes(self, function: str) -> tuple[TestOutcome, ...]:
        """The outcomes of a test function: one, or one for each of its parameters."""
        return tuple(test for test in self.tests if test.function == function)


@dataclass(frozen=True, slots=True)
class Report:
    """All results by snippet id, and what contained the runs."""

    results: Mapping[str, SnippetResult] = field(default_factory=dict)
    sandbox: Mapping[str, str] = field(default_factory=dict)  # layer → how it held, or why not


def read_report(path: Path) -> Report:
    """The report at path; an empty one where the file is missing, old or damaged."""
    try:
        document = msgspec.json.decode(path.read_bytes(), type=_Document)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Report()  # a damaged report proves nothing: everything is run again
    return document.report if document.version == REPORT_VERSION else Report()


def read_results(
    path: Path, wanted: Callable[[str, SnippetResult], bool]
) -> Mapping[str, SnippetResult]:
    """Those results of the report at path that are wanted; none where `read_report` finds none."""
    results: Shelf[SnippetResult] = Shelf(_RESULT.decode)
    try:
        document = _RAW.decode(path.read_bytes())
        if document.version != REPORT_VERSION:
            return results
        read = ((id, raw, _RESULT.decode(raw)) for id, raw in document.report.results.items())
        for id, raw, result in read:
            if wanted(id, result):
                results.put(id, result, bytes(raw))
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Shelf(_RESULT.decode)
    return results


def write_report(path: Path, report: Report) -> None:
    """Write the report whole or not at all.

    Raises OSError where the folder cannot be written.
    """
    sorted_by_id = Report(dict(sorted(report.results.items())), dict(report.sandbox))
    content = msgspec.json.encode(_Document(REPORT_VERSION, sorted_by_id))
    write_generated(path, msgspec.json.format(content, indent=1))


@dataclass(frozen=True, slots=True)
class _Document:
    version: int
    report: Report


@dataclass(frozen=True, slots=True)
class _RawReport:
    """A report whose results are still text."""

    results: Mapping[str, msgspec.Raw]
    sandbox: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _RawDocument:
    version: int
    report: _RawReport


_RAW = msgspec.json.Decoder(_RawDocument)
_RESULT = msgspec.json.Decoder(SnippetResult)
