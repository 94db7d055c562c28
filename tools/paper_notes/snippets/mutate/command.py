"""The command `paper-notes mutate`: from words on the command line to the function and back."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from paper_notes.snippets import console
from paper_notes.snippets.command import options_of, unknown_ids, unrecorded
from paper_notes.snippets.ids import snippet_ids
from paper_notes.snippets.jobs import WorkerError
from paper_notes.snippets.mutate.record import record
from paper_notes.snippets.mutate.run import TARGET, mutate_snippets
from paper_notes.snippets.mutate.score import Score


def mutate(arguments: argparse.Namespace) -> tuple[int, str]:
    """Mutate what was asked for; the exit status and what to say.

    The status is 1 where a snippet does not pass unbroken or its tests kill too few mutants.
    """
    start = perf_counter()
    root: Path = arguments.root
    asked = arguments.ids or snippet_ids(root)
    unknown = unknown_ids(root, asked)
    if unknown:
        return 2, unknown
    try:
        with console.counter("mutants") as show:
            scores, broken = mutate_snippets(
                root,
                asked,
                options_of(arguments),
                arguments.budget,
                lambda score: show(line(score)),
            )
    except WorkerError as error:
        return 1, f"cannot run snippets: {error}"
    except OSError as error:
        return 1, unrecorded(error)
    text = [console.failure(result) for result in broken]
    for score in scores.values():
        text.append(line(score))
        text += survivors(score) if arguments.show_survivors else []
    if arguments.record:
        record(root, scores)
    text.append(f"{total(scores)} ({perf_counter() - start:.1f} s)")
    weak = [score for score in scores.values() if score.run and score.part < TARGET]
    return int(bool(broken or weak)), "\n".join(text)


def line(score: Score) -> str:
    """One snippet's score."""
    rest = "" if score.run == score.total else f", {score.total - score.run} not run"
    mark = "" if score.part >= TARGET or not score.run else f", below {TARGET:.0%}"
    idle = f"; {', '.join(score.idle)} by itself shows nothing of it" if score.idle else ""
    killed = f"{score.killed} of {score.run} mutants killed ({score.part:.0%}{mark})"
    return f"{score.id}: {killed}{rest}{idle}"


def survivors(score: Score) -> list[str]:
    """The breaks that no test noticed, with what they changed."""
    found = []
    for survivor in score.survivors:
        diff = "\n".join(f"        {text}" for text in survivor.diff.splitlines())
        found.append(f"    snippets/{score.id}.py:{survivor.line}: {survivor.operator}\n{diff}")
    return found


def total(scores: Mapping[str, Score]) -> str:
    """The score of all snippets together."""
    run = sum(score.run for score in scores.values())
    killed = sum(score.killed for score in scores.values())
    return f"{killed} of {run} mutants killed ({killed / max(run, 1):.1%})"
