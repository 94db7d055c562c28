"""Problems found in somebody's input: values, collected and shown all at once.

A reader never raises for bad input. It returns what it could read and the problems it met;
the command line shows them and decides the exit status.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

Severity = Literal["error", "warning"]
Format = Literal["text", "github", "json"]


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A place in a file. Line and column count from 1."""

    path: PurePosixPath
    line: int = 1
    column: int = 1


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it."""

    place: Place
    code: str  # kebab-case and stable: people search for it, and tests name it
    message: str  # what is wrong
    hint: str = ""  # what to do
    severity: Severity = "error"


def not_written(path: PurePosixPath, error: OSError, hint: str = "") -> Problem:
    """That a file could not be written, and why."""
    elsewhere = error.filename if isinstance(error.filename, str) else None
    reason = error.strerror or str(error)
    return Problem(
        Place(path), "not-written", f"{reason}: {elsewhere}" if elsewhere else reason, hint
    )


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems is an error and not just a warning."""
    return any(problem.severity == "error" for problem in problems)


def as_text(problem: Problem) -> str:
    """`file:line:column: code: message`, with the hint on a line of its own."""
    place = problem.place
    mark = "" if problem.severity == "error" else "warning: "
    line = f"{place.path}:{place.line}:{place.column}: {mark}{problem.code}: {problem.message}"
    return visible(line) + (f"\n    {visible(problem.hint)}" if problem.hint else "")


def as_github(problem: Problem) -> str:
    """A workflow command that GitHub shows as an annotation on the line."""
    place = problem.place
    message = visible(f"{problem.code}: {problem.message}")
    if problem.hint:
        message += f"\n{visible(problem.hint)}"
    return (
        f"::{problem.severity} file={_escape_property(visible(str(place.path)))},"
        f"line={place.line},col={place.column}::{_escape_data(message)}"
    )


def as_json(problems: Iterable[Problem]) -> str:
    """One JSON document with every problem."""
    document = json.dumps(
        {
            "problems": [
                {
                    "path": str(problem.place.path),
                    "line": problem.place.line,
                    "column": problem.place.column,
                    "code": problem.code,
                    "message": problem.message,
                    "hint": problem.hint,
                    "severity": problem.severity,
                }
                for problem in problems
            ]
        },
        ensure_ascii=False,
        indent=2,
    )
    # A file name that is no text becomes an escape, which JSON has too.
    return document.encode("utf-8", "backslashreplace").decode()


def render(problems: Iterable[Problem], style: Format) -> str:
    """All problems, sorted by place, in one of the three formats."""
    ordered = sorted(problems)
    if style == "json":
        return as_json(ordered)
    show = as_github if style == "github" else as_text
    return "\n".join(show(problem) for problem in ordered)


def visible(text: str) -> str:
    """The text on one line of printable characters: what is quoted is somebody's input."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
