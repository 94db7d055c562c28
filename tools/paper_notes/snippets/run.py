"""Running snippets and keeping the record: the one function that the site and the command use."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from paper_notes.snippets import cache, slow_imports, standing
from paper_notes.snippets.figures import FigureFolder, file_of
from paper_notes.snippets.ids import snippet_ids
from paper_notes.snippets.jobs import Job, Settings
from paper_notes.snippets.limits import Limits, Mode
from paper_notes.snippets.report import (
    Contained,
    Report,
    SnippetResult,
    TestOutcome,
    read_report,
    write_report,
)
from paper_notes.storage.held import alone

REPORT = Path("build/report.json")

# How a result must have been contained to count in each mode.
_GOOD_ENOUGH: Mapping[Mode, tuple[Contained, ...]] = {
    "auto": ("full", "partly"),
    "strict": ("full",),
    "off": ("full", "partly", "off"),
}


@dataclass(frozen=True)
class Options:
    """How to run."""

    jobs: int = 2
    use_cache: bool = True
    recheck: float = 0.0  # the part of unchanged results that is run again all the same
    sandbox: Mode = "auto"
    without: tuple[str, ...] = ()  # layers of the sandbox not to try
    limits: Limits = field(default_factory=Limits)
    scheduler: str = ""  # of a Dask cluster; then jobs does not matter
    alone: bool = False  # the report is of the snippets asked for only, to be merged with others


@dataclass(frozen=True)
class Progress:
    """One result, as it comes."""

    done: int
    total: int
    result: SnippetResult


def run_snippets(
    root: Path,
    ids: Iterable[str],
    options: Options | None = None,
    show: Callable[[Progress], None] = lambda _: None,
) -> tuple[Report, list[str]]:
    """Bring the report up to date for the snippets with these ids, and write it.

    In: the repository; ids (a mapping by id will do); how to run; called with each new result.
    Out: the report (also of snippets not asked for, as long as they exist, but for
    `options.alone`) and the ids that were run: none where nothing changed, and then no worker is
    started.
    A run that is broken off, by an interrupt say, leaves in the report what had ended by then.
    Figures are written before the report that names them; one that it no longer names is removed.
    Raises WorkerError where no worker can be started, OSError where the report cannot be written.
    """
    options = options or Options()
    asked = standing.Asked(frozenset(ids), options.limits, options.sandbox)
    keys = cache.Keys(root)
    figures = FigureFolder.beside(root / REPORT)
    try:
        with figures.in_use():
            as_it_was = standing.look(f"{root}/{REPORT}")
            old = read_report(root / REPORT)
            report, ran = _renew(root, old, asked.ids, options, keys, show)
        if report is not old:
            keys.forget(map(file_of, drop_unused(root)))
        elif not ran and asked.ids == old.results.keys():
            files = keys.stamps(old.results.values())
            standing.keep(root, asked, {**files, str(REPORT): as_it_was})
    finally:
        keys.remember()
    return report, ran


def drop_unused(root: Path) -> list[str]:
    """Remove the figures that the report does not name, but for while a run is going on.

    Out: the names of those that were removed.
    """
    figures = FigureFolder.beside(root / REPORT)
    with figures.unless_in_use() as unused:
        if not unused:
            return []  # the last run to end does it
        results = read_report(root / REPORT).results.values()
        return figures.drop_all_but({result.figure for result in results})


def _renew(
    root: Path,
    old: Report,
    asked: frozenset[str],
    options: Options,
    keys: cache.Keys,
    show: Callable[[Progress], None],
) -> tuple[Report, list[str]]:
    """The report with what had to be run, which is `old` where nothing had; and the ids of that."""
    path = root / REPORT
    limits = options.limits.describe()
    stale = [
        id for id in sorted(asked) if not _reusable(old.results.get(id), keys, options, limits)
    ]
    stale += _sample(sorted(asked - set(stale)), options.recheck)
    # Where the report is written, another run may have added to it since it was read.
    kept = bool(stale) or old.results.keys() != asked
    existing = {*asked, *(snippet_ids(root) if kept and not options.alone else ())}
    ended: dict[str, SnippetResult] = {}
    sandbox: dict[str, str] = {}
    try:
        if stale:
            _run(root, stale, old.results, ended, sandbox, keys, options, show)
    finally:  # of a run that is broken off, what has ended is kept
        same = not ended and existing >= old.results.keys()
        report = old if same else _record(path, existing, ended, sandbox)
    if not path.is_file():
        report = _record(path, existing, ended, sandbox)
    return report, sorted(stale)


def _record(
    path: Path,
    existing: Container[str],
    ended: Mapping[str, SnippetResult],
    sandbox: Mapping[str, str],
) -> Report:
    """Put what has ended into the report; another run may have written it since it was read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path.parent):
        known = read_report(path)
        results = {id: r for id, r in {**known.results, **ended}.items() if id in existing}
        report = Report(results, sandbox or known.sandbox)
        if report != known or not path.is_file():
            write_report(path, report)
    return report


def _run(
    root: Path,
    ids: list[str],
    before: Mapping[str, SnippetResult],
    results: dict[str, SnippetResult],
    sandbox: dict[str, str],
    keys: cache.Keys,
    options: Options,
    show: Callable[[Progress], None],
) -> None:
    """Run these snippets; put what came of each into results, and what contained it, at once.

    In: before are the results that there were, for how long each is going to take.
    """
    from paper_notes.snippets import workers  # not needed, and so not loaded, where nothing runs

    ids = sorted(ids, key=lambda id: _expected(before.get(id)), reverse=True)
    jobs = [job_for(id, options.limits) for id in ids]

    def look() -> None:
        for job in jobs:
            keys.look_at(cache.dependencies(job.path, job.tests, ()))
        keys.distributions(())  # looks at what is installed, once

    settings = settings_for(root, jobs, options)
    # Closed whatever happens here, so that no worker outlives this function.
    with closing(workers.run_jobs(jobs, options.jobs, settings, meanwhile=look)) as ended:
        for done, (job, raw) in enumerate(ended, start=1):
            results[job.id] = result_of(job, raw, keys, options)
            sandbox.clear()
            sandbox.update(raw["sandbox"])
            show(Progress(done, len(jobs), results[job.id]))


def job_for(id: str, limits: Limits) -> Job:
    """The job that runs a snippet as it is in the repository."""
    return Job(id, f"snippets/{id}.py", f"tests/snippets/test_{id}.py", limits)


def settings_for(root: Path, jobs: Iterable[Job], options: Options) -> Settings:
    """What the workers of these jobs have in common."""
    sources = {root / name for job in jobs for name in (job.path, job.tests)}
    return Settings(
        root,
        sandbox=options.sandbox,
        without=options.without,
        preload=slow_imports.of(sources),
        limits=options.limits,
        scheduler=options.scheduler,
    )


def result_of(
    job: Job, raw: Mapping[str, Any], keys: cache.Keys, options: Options
) -> SnippetResult:
    """The worker's message as a value of the report; its figure goes into a file.

    Raises OSError where that cannot be written.
    """
    files = cache.dependencies(job.path, job.tests, raw.get("files", ()))
    packages = keys.distributions((*raw.get("preloaded", ()), *raw.get("imported", ())))
    limits = options.limits.describe()
    result = SnippetResult(
        id=job.id,
        key=keys.key(files, packages, limits),
        status=raw["status"],
        seconds=raw["seconds"],
        checked=datetime.date.today().isoformat(),
        python=raw["python"],
        torch=raw["torch"],
        tests=tuple(TestOutcome(**test) for test in raw.get("tests", ())),
        demo=raw.get("demo", ""),
        error=raw["error"],
        warnings=tuple(raw.get("warnings", ())),
        files=files,
        packages=packages,
        limits=limits,
        contained="off" if options.sandbox == "off" else "full" if raw["complete"] else "partly",
    )
    changed = keys.changed(files)
    if changed:
        message = f"changed while it ran: {', '.join(changed)}: run it again"
        return replace(result, status="failed", error=message)
    return _with_figure(result, raw.get("figure"), FigureFolder.beside(keys.root / REPORT))


def _with_figure(result: SnippetResult, figure: str | None, kept: FigureFolder) -> SnippetResult:
    """The result with its figure, which is put there, under its name.

    Raises OSError where it cannot be written.
    """
    if figure is None:
        return result
    from paper_notes.snippets import svg  # not needed, and so not loaded, where nothing runs

    try:
        return replace(result, figure=kept.keep(svg.for_a_page(figure)))
    except svg.UnsafeSvgError as error:
        message = f"figure(): cannot be shown on a page: {error}"
        errors = "\n".join(filter(None, (result.error, message)))
        return replace(result, status="failed", error=errors)


def _reusable(
    result: SnippetResult | None, keys: cache.Keys, options: Options, limits: str
) -> bool:
    if result is None or not options.use_cache:
        return False
    return (
        result.contained in _GOOD_ENOUGH[options.sandbox]
        and result.limits == limits
        and keys.holds(result)
    )


def _expected(result: SnippetResult | None) -> float:
    """Seconds that a run will take: what is not known goes first."""
    return float("inf") if result is None else result.seconds


def _sample(ids: list[str], part: float) -> list[str]:
    count = min(len(ids), round(len(ids) * part + 0.499) if part else 0)
    return random.sample(ids, count)
