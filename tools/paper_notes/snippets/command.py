"""The command `paper-notes run`: from words on the command line to the function and back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from time import perf_counter

from paper_notes.problems import not_written, render
from paper_notes.snippets import console, shards
from paper_notes.snippets.figures import FigureFolder
from paper_notes.snippets.ids import snippet_ids
from paper_notes.snippets.jobs import WorkerError
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.report import read_report, write_report
from paper_notes.snippets.run import REPORT, Options, drop_unused, run_snippets


def options_of(arguments: argparse.Namespace) -> Options:
    """What `snippets.arguments` describes, as options of a run."""
    return Options(
        jobs=max(1, arguments.jobs),
        use_cache=not getattr(arguments, "no_cache", False),
        recheck=getattr(arguments, "recheck", 0.0),
        sandbox=arguments.sandbox,
        limits=Limits(cpu_seconds=arguments.cpu_seconds),
        scheduler=arguments.scheduler,
        alone=bool(getattr(arguments, "shard", None)),
    )


def run(arguments: argparse.Namespace) -> tuple[int, str]:
    """Run what was asked for; the exit status and what to say."""
    if arguments.merge:
        return merge(arguments.root, arguments.merge)
    start = perf_counter()
    root: Path = arguments.root
    unknown = unknown_ids(root, arguments.ids)
    if unknown:
        return 2, unknown
    asked = arguments.ids or snippet_ids(root)
    if arguments.shard:
        try:
            shard = shards.parse(arguments.shard)
        except ValueError as error:
            return 2, f"--shard: {error}"
        asked = shards.share(asked, read_report(root / REPORT).results, shard)
    try:
        with console.progress("snippets") as show:
            report, ran = run_snippets(root, asked, options_of(arguments), show)
    except WorkerError as error:
        return 1, f"cannot run snippets: {error}"
    except OSError as error:
        return 1, unrecorded(error)
    results = [report.results[id] for id in asked]
    failures = [console.failure(result) for result in results if result.status != "passed"]
    summary = console.summary(report, asked, ran, perf_counter() - start)
    return int(bool(failures)), "\n".join([*failures, summary])


def merge(root: Path, paths: Sequence[Path]) -> tuple[int, str]:
    """Write one report out of those at paths, with the figures that lie beside them.

    Out: the exit status and what to say.
    """
    reports = {path: read_report(path) for path in paths}
    empty = [path for path, report in reports.items() if not report.results]
    if empty:
        return 1, "\n".join(f"{path}: no report, or a damaged one" for path in empty)
    whole = shards.merge(list(reports.values()))
    figures = FigureFolder.beside(root / REPORT)
    try:
        with figures.in_use():
            lost = shards.bring_figures(whole, map(FigureFolder.beside, paths), figures)
            write_report(root / REPORT, whole)
    except OSError as error:
        return 1, unrecorded(error)
    drop_unused(root)
    failures = [console.failure(r) for r in whole.results.values() if r.status != "passed"]
    nowhere = [id for id in snippet_ids(root) if id not in whole.results]
    lines = [*failures, *(f"snippets/{id}.py: in none of the reports" for id in nowhere)]
    lines += [f"snippets/{id}.py: its figure is not beside the report, or damaged" for id in lost]
    passed, count = len(whole.results) - len(failures), len(whole.results) + len(nowhere)
    return int(bool(lines)), "\n".join([*lines, f"{passed} of {count} passed"])


def unrecorded(error: OSError) -> str:
    """What to say where the outcome cannot be written, or there is no room to work in."""
    hint = "the report is as it was before: what was run now does not count"
    return render([not_written(PurePosixPath(REPORT), error, hint)], "text")


def unknown_ids(root: Path, ids: Sequence[str]) -> str:
    """What to say of the ids that no snippet has; "" where there are none."""
    known = set(snippet_ids(root)) if ids else set()
    return "\n".join(f"snippets/{id}.py: no such snippet" for id in ids if id not in known)
