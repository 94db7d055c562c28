"""Running mutants: each in a child of the worker, as the snippet it was made of."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from paper_notes.held import alone
from paper_notes.snippets import run, workers
from paper_notes.snippets.jobs import Job
from paper_notes.snippets.mutate.operators import Mutant, mutants
from paper_notes.snippets.mutate.order import Order
from paper_notes.snippets.mutate.score import (
    Score,
    Survivor,
    Verdict,
    key_of,
    read_scores,
    write_scores,
)
from paper_notes.snippets.report import SnippetResult
from paper_notes.snippets.run import Options

SCORES = Path("build/mutation.json")
TARGET = 0.9  # the part of its mutants that a snippet's tests should kill

_PATIENCE = 5  # times what the tests took: a mutant that needs more hangs


@dataclass(frozen=True)
class _Task:
    mutant: Mutant
    job: Job
    before: str  # the snippet it was made of
    order: Order  # of the snippet's tests


def mutate_snippets(
    root: Path,
    ids: Iterable[str],
    options: Options,
    budget: float | None = None,
    show: Callable[[Score], None] = lambda _: None,
) -> tuple[dict[str, Score], list[SnippetResult]]:
    """Break snippets and see whether their tests notice; write the scores.

    In: budget is the seconds after which no more mutants are begun. What was not begun is run
    next time: mutants come in an order that depends on their text alone, spread over the snippet.
    Out: the scores by id, and the results of those that do not pass unbroken and have no score.
    Raises WorkerError and OSError as `run_snippets` does.
    """
    deadline = float("inf") if budget is None else time.monotonic() + budget
    asked = list(dict.fromkeys(ids))
    report, _ = run.run_snippets(root, asked, options)
    sound = [report.results[id] for id in asked if report.results[id].status == "passed"]
    broken = [report.results[id] for id in asked if report.results[id].status != "passed"]
    old = read_scores(root / SCORES)
    scores: dict[str, Score] = {}
    tasks: list[_Task] = []
    for result in sound:
        found = _tasks(root, result, options)
        fresh = Score(result.id, key_of(result), len(found))
        scores[result.id] = _kept(old.get(result.id), fresh)
        done = scores[result.id].verdicts
        tasks += [task for task in found if task.mutant.id not in done]
    tasks.sort(key=lambda task: task.mutant.id)
    try:
        with closing(_run(root, tasks, options, deadline)) as ended:
            for task, survived in ended:
                scores[task.job.id] = _with(scores[task.job.id], task, survived)
                show(scores[task.job.id])
    finally:
        with alone((root / SCORES).parent):  # another run may have scored others meanwhile
            write_scores(root / SCORES, {**read_scores(root / SCORES), **scores})
    return scores, broken


def _run(
    root: Path, tasks: list[_Task], options: Options, deadline: float
) -> Generator[tuple[_Task, bool], None, None]:
    """Run the tasks until the deadline; each with whether the mutant survived."""
    settings = run.settings_for(root, [task.job for task in tasks], options)
    by_source = {(task.job.id, task.job.source): task for task in tasks}
    jobs = [task.job for task in tasks]
    with closing(workers.run_jobs(jobs, options.jobs, settings, deadline)) as ended:
        for job, raw in ended:
            task = by_source[job.id, job.source]
            task.order.learn(raw.get("tests", ()))
            yield task, raw["status"] == "passed"


def _tasks(root: Path, result: SnippetResult, options: Options) -> list[_Task]:
    job = run.job_for(result.id, options.limits)
    source = (root / job.path).read_text(encoding="utf-8")
    order = Order({test.name: test.seconds for test in result.tests})
    needed = sum(test.seconds for test in result.tests)
    seconds = min(options.limits.cpu_seconds, 1 + _PATIENCE * needed)
    base = replace(
        job,
        limits=replace(options.limits, cpu_seconds=seconds),
        stop_at_first=True,
        show=False,
        costs=order.costs,
    )
    return [_Task(m, replace(base, source=m.source), source, order) for m in mutants(source)]


def _kept(old: Score | None, fresh: Score) -> Score:
    same = old is not None and (old.key, old.total) == (fresh.key, fresh.total)
    return old if old is not None and same else fresh


def _with(score: Score, task: _Task, survived: bool) -> Score:
    verdicts: dict[str, Verdict] = {**score.verdicts}
    verdicts[task.mutant.id] = "survived" if survived else "killed"
    survivors = score.survivors
    if survived:
        found = Survivor(task.mutant.operator, task.mutant.line, difference(task))
        survivors = tuple(sorted((*survivors, found), key=lambda s: (s.line, s.diff)))
    return replace(score, verdicts=verdicts, survivors=survivors)


def difference(task: _Task) -> str:
    """The lines that the mutant changes."""
    lines = difflib.unified_diff(
        task.before.splitlines(), task.mutant.source.splitlines(), n=0, lineterm=""
    )
    return "\n".join(line for line in list(lines)[2:] if not line.startswith("@@"))
