"""What `paper-notes run` says: progress while it runs, and the sum at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from paper_notes.problems import visible
from paper_notes.snippets import standing
from paper_notes.snippets.report import Report, SnippetResult
from paper_notes.snippets.run import Progress


@contextmanager
def progress(title: str) -> Iterator[Callable[[Progress], None]]:
    """Show results as they come: a bar on a terminal, plain lines elsewhere."""
    try:
        if not sys.stderr.isatty():
            raise ImportError
        from rich.console import Console
        from rich.progress import Progress as Bar
    except ImportError:
        yield lambda step: _write(f"[{step.done}/{step.total}] {line(step.result)}")
        return
    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(step: Progress) -> None:
            bar.update(task, total=step.total, completed=step.done)
            if step.result.status != "passed":
                bar.console.print(line(step.result), markup=False, highlight=False)

        yield show


@contextmanager
def counter(title: str) -> Iterator[Callable[[str], None]]:
    """Show the latest line of many: on a terminal only, where it can be written over."""
    try:
        if not sys.stderr.isatty():
            raise ImportError
        from rich.console import Console
    except ImportError:
        yield lambda _: None
        return
    with Console(stderr=True).status(title) as status:
        yield lambda text: status.update(f"{title}: {text}")


def line(result: SnippetResult) -> str:
    """One result in a line."""
    tests = f", {len(result.tests)} tests" if result.tests else ""
    return f"{result.id}: {result.status}{tests} ({result.seconds:.2f} s)"


def failure(result: SnippetResult) -> str:
    """What was wrong with a result, each reason on a line of its own."""
    reasons = "\n".join(f"    {visible(reason)}" for reason in result.error.splitlines())
    return f"snippets/{result.id}.py: {result.status}\n{reasons}"


def summary(report: Report, asked: list[str], ran: list[str], seconds: float) -> str:
    """The sum of a run: what was run, what came of it, how it was contained."""
    unchanged = len(asked) - len(ran)
    if not ran:
        return standing.words(unchanged, seconds)
    results = [report.results[id] for id in asked]
    passed = sum(result.status == "passed" for result in results)
    parts = [f"{passed} of {len(results)} passed"]
    parts += [f"{unchanged} unchanged"] if unchanged else []
    layers = "\n".join(f"    {layer}: {how}" for layer, how in report.sandbox.items())
    return f"{', '.join(parts)} ({seconds:.2f} s); contained by\n{layers}"


def _write(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
