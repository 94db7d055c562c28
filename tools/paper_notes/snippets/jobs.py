"""What is asked of workers: a job, and what all jobs of a run have in common."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paper_notes.snippets.limits import Limits, Mode

CACHE = Path("build/cache/matplotlib")


class WorkerError(Exception):
    """No worker could be started: torch is missing, or the sandbox cannot be had."""


@dataclass(frozen=True)
class Job:
    """One snippet to run once."""

    id: str
    path: str  # of the snippet, relative to the repository
    tests: str  # of its tests
    limits: Limits
    source: str | None = None  # runs instead of the snippet's own text: a mutant
    stop_at_first: bool = False  # at the first test that fails
    show: bool = True  # run demo() and figure() as well
    costs: Mapping[str, float] = field(default_factory=dict)  # by test: the cheapest go first
    # By test, the seconds of CPU time it may take; where there are any, no other test is run.
    allowed: Mapping[str, float] = field(default_factory=dict)
    code: str = ""  # of the tests, packed, where it was made ahead

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the worker."""
        return {**self.__dict__, "limits": self.limits.as_json()}


@dataclass(frozen=True)
class Settings:
    """What all workers of a run have in common."""

    root: Path
    sandbox: Mode = "auto"
    without: tuple[str, ...] = ()  # layers of the sandbox not to try: how it is without them
    preload: tuple[str, ...] = ()  # modules to import before the first fork, beyond torch
    limits: Limits = field(default_factory=Limits)
    fork: bool = hasattr(os, "fork")
    scheduler: str = ""  # address of the scheduler of a Dask cluster to run on

    def as_json(self, scratch: Path) -> dict[str, Any]:
        """Plain values, for the worker, which may write in scratch."""
        return {
            "root": str(self.root.resolve()),
            "scratch": str(scratch),
            "cache": str(self.root.resolve() / CACHE),
            "sandbox": self.sandbox,
            "without": list(self.without),
            "preload": list(self.preload),
            "limits": self.limits.as_json(),
        }


def lost(error: str, status: str = "crashed") -> dict[str, Any]:
    """The result of a job whose worker gave none."""
    return {"status": status, "error": error, "seconds": 0.0}
