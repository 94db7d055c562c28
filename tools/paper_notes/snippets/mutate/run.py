"""Running mutants: each in a child of the worker, as the snippet it was made of."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from paper_notes.snippets import run, workers
from paper_notes.snippets.jobs import Job
from paper_notes.snippets.mutate.mutants import Mutant
from paper_notes.snippets.mutate.order import Order
from paper_notes.snippets.mutate.plan import Plan, make_plan
from paper_notes.snippets.mutate.reach import Reach, marked
from paper_notes.snippets.mutate.score import Score, Survivor, Verdict, read_scores, write_scores
from paper_notes.snippets.report import SnippetResult
from paper_notes.snippets.run import Options
from paper_notes.storage.held import alone

SCORES = Path("build/mutation.json")
TARGET = 0.9  # the part of its mutants that a snippet's tests should kill

_PATIENCE = 5  # times what a test took, and a second more: a mutant that needs that hangs

_Ended = Generator[tuple[Job, dict[str, Any]], None, None]


@dataclass(frozen=True)
class _Task:
    mutant: Mutant
    job: Job
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
    plans = {result.id: make_plan(root, result, old.get(result.id)) for result in sound}
    try:
        for job, raw in _run(root, _reaches(plans, options), options, deadline):
            _note_reach(plans, job, raw)
        tasks = _tasks(plans, options)
        by_source = {(task.job.id, task.job.source): task for task in tasks}
        for job, raw in _run(root, [task.job for task in tasks], options, deadline):
            task = by_source[job.id, job.source]
            tests = raw.get("tests", ())
            task.order.learn(tests)
            _note(plans, job.id, task.mutant, _verdict(raw["status"], tests))
            show(plans[job.id].score)
    finally:
        scores = {id: _with_survivors(plan) for id, plan in plans.items()}
        with alone((root / SCORES).parent):  # another run may have scored others meanwhile
            write_scores(root / SCORES, {**read_scores(root / SCORES), **scores})
    return scores, broken


def _run(root: Path, jobs: list[Job], options: Options, deadline: float) -> _Ended:
    """Run the jobs until the deadline; each with what the worker says of it."""
    settings = run.settings_for(root, jobs, options)
    with closing(workers.run_jobs(jobs, options.jobs, settings, deadline)) as ended:
        yield from ended


def _reaches(plans: Mapping[str, Plan], options: Options) -> list[Job]:
    """The jobs that find out what each test runs, where it is not known."""
    jobs = []
    for id, plan in plans.items():
        source = marked(plan.source)
        base = replace(run.job_for(id, options.limits), source=source, show=False)
        seconds = options.limits.cpu_seconds
        missing = [name for name in plan.digests if name not in plan.score.tests]
        jobs += [replace(base, allowed={name: seconds}) for name in missing]
    return jobs


def _note_reach(plans: dict[str, Plan], job: Job, raw: Mapping[str, Any]) -> None:
    """Take in what a test runs: nothing that counts, where it fails without the others."""
    (name,) = job.allowed
    plan = plans[job.id]
    seconds = sum(test["seconds"] for test in raw.get("tests", ()))
    lines = tuple(raw["reached"]) if raw["status"] == "passed" else ()
    reach = Reach(plan.digests[name], seconds, lines)
    plans[job.id] = replace(
        plan, score=replace(plan.score, tests={**plan.score.tests, name: reach})
    )


def _tasks(plans: dict[str, Plan], options: Options) -> list[_Task]:
    """What to run, in an order of chance that is always the same.

    What meets no test, or none that is new, survives here.
    """
    tasks = []
    for id, plan in plans.items():
        seconds = {name: reach.seconds for name, reach in plan.score.tests.items()}
        order = Order(seconds)
        if set(seconds) != set(plan.digests):
            continue  # the time ran out before it was known what its tests run
        for mutant in plan.mutants:
            if mutant.id in plan.score.verdicts:
                continue
            tests = plan.tests_for(mutant)
            if tests:
                job = _job(id, mutant, {name: seconds[name] for name in tests}, order, options)
                tasks.append(_Task(mutant, job, order))
            else:
                _note(plans, id, mutant, None)
    return sorted(tasks, key=lambda task: task.mutant.id)


def _job(
    id: str, mutant: Mutant, seconds: Mapping[str, float], order: Order, options: Options
) -> Job:
    needed = 1 + _PATIENCE * sum(seconds.values())
    return replace(
        run.job_for(id, options.limits),
        limits=replace(options.limits, cpu_seconds=min(options.limits.cpu_seconds, needed)),
        source=mutant.source,
        stop_at_first=True,
        show=False,
        costs=order.costs,
        allowed={name: 1 + _PATIENCE * needs for name, needs in seconds.items()},
    )


def _verdict(status: str, tests: Iterable[Mapping[str, Any]]) -> Verdict:
    """The test that noticed; "" where the run broke without one, None where nothing did."""
    noticed = [str(test["name"]) for test in tests if test["outcome"] == "failed"]
    return noticed[0] if noticed else None if status == "passed" else ""


def _note(plans: dict[str, Plan], id: str, mutant: Mutant, verdict: Verdict) -> None:
    plan = plans[id]
    score = replace(plan.score, verdicts={**plan.score.verdicts, mutant.id: verdict})
    plans[id] = replace(plan, score=score)


def _with_survivors(plan: Plan) -> Score:
    return replace(plan.score, survivors=tuple(_survivors(plan)))


def _survivors(plan: Plan) -> Iterator[Survivor]:
    """The mutants that no test noticed, in the order of their lines."""
    verdicts = plan.score.verdicts
    for mutant in plan.mutants:
        if verdicts.get(mutant.id, "") is None:
            yield Survivor(mutant.operator, mutant.line, _difference(plan.source, mutant.source))


def _difference(before: str, after: str) -> str:
    """The lines that the mutant changes."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in list(lines)[2:] if not line.startswith("@@"))
