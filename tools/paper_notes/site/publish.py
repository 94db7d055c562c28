"""What `paper-notes build` does: sources and report in, problems and a site out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from paper_notes.library import load_library
from paper_notes.problems import has_errors
from paper_notes.site.build import Built, build_site, put_right
from paper_notes.site.runs import REPORT, current_runs, run_problems
from paper_notes.site.standing import (
    Standing,
    digests,
    fingerprint,
    read_standing,
    write_standing,
)
from paper_notes.snippets.mutate.record import current


def publish(root: Path, *, strict: bool, say: Callable[[str], None]) -> Built:
    """Build the site below root. Bad sources leave the old site as it is.

    Strict refuses a claim that cannot be ticked although it has a test: a snippet that failed, or
    was not run as it is now. Otherwise such claims are warned of, and shown without a tick.

    Where the site that stands is what a build would make, nothing is done but to remove what an
    interrupted build has left.
    """
    mark = fingerprint(root, f"strict={strict}")
    standing = read_standing(root)
    if standing and standing.is_of(root, mark):
        put_right(root, Path(standing.site), say)
        say("nothing has changed since the site was built")
        return Built(standing.pages, 0, list(standing.problems), Path(standing.site))
    say("reading notes and snippets")
    library, problems = load_library(root)
    if has_errors(problems):
        return Built(0, 0, problems)
    runs = current_runs(library, root / REPORT)
    problems += run_problems(library, runs, "error" if strict else "warning")
    if has_errors(problems):
        return Built(0, 0, problems)
    others = digests(root, {name for run in runs.values() for name in run.files})
    built = build_site(library, runs, say, current(root, runs))
    built = replace(built, problems=[*problems, *built.problems])
    if built.site:
        site = str(built.site)
        made = Standing(mark, others, site, built.listing, built.pages, built.problems)
        write_standing(root, made)
    return built
