"""Which results a site may show: those of the code as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from paper_notes.library import Library
from paper_notes.problems import Place, Problem, Severity
from paper_notes.snippets import cache
from paper_notes.snippets.report import SnippetResult, read_results

REPORT = PurePosixPath("build/report.json")


def current_runs(library: Library, report: Path) -> Mapping[str, SnippetResult]:
    """The results in the report that belong to the snippets as they are, by snippet id."""
    keys = cache.Keys(library.root)
    snippets = library.snippets
    return read_results(report, lambda id, result: id in snippets and keys.matches(result))


def run_problems(
    library: Library, runs: Mapping[str, SnippetResult], severity: Severity
) -> Iterator[Problem]:
    """What keeps claims from being ticked: snippets that failed or were not run as they are now."""
    for id, snippet in library.snippets.items():
        run = runs.get(id)
        place = Place(snippet.path)
        if run is None:
            yield Problem(
                place,
                "not-run",
                "the snippet has not been run since it, its test or what they use changed",
                f"paper-notes run {id}",
                severity,
            )
        elif run.status != "passed":
            failed = [test.name for test in run.tests if test.outcome == "failed"]
            reason = run.error or ", ".join(failed)
            yield Problem(place, "run-failed", f"{run.status}: {reason}", "mend it", severity)
