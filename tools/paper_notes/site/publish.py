"""What `paper-notes build` does: sources and report in, problems and a site out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from paper_notes.library import load_library
from paper_notes.problems import has_errors
from paper_notes.site.build import Built, build_site
from paper_notes.site.runs import REPORT, current_runs, run_problems
from paper_notes.snippets.mutate.record import current


def publish(root: Path, *, strict: bool, say: Callable[[str], None]) -> Built:
    """Build the site below root. Bad sources leave the old site as it is.

    Strict refuses a claim that cannot be ticked although it has a test: a snippet that failed, or
    was not run as it is now. Otherwise such claims are warned of, and shown without a tick.
    """
    say("reading notes and snippets")
    library, problems = load_library(root)
    if has_errors(problems):
        return Built(0, 0, problems)
    runs = current_runs(library, root / REPORT)
    problems += run_problems(library, runs, "error" if strict else "warning")
    if has_errors(problems):
        return Built(0, 0, problems)
    built = build_site(library, runs, say, current(root, runs))
    return replace(built, problems=[*problems, *built.problems])
