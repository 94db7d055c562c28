"""Sharing a run among machines: who runs what, and one report out of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from paper_notes.snippets.figures import FigureFolder
from paper_notes.snippets.report import Report, SnippetResult

_UNKNOWN = 5.0  # seconds that a snippet is taken to need before it has been run


@dataclass(frozen=True)
class Shard:
    """One part of several, counted from 1."""

    index: int
    count: int


def parse(text: str) -> Shard:
    """`2/3` as the second of three shards. Raises ValueError for anything else."""
    index, _, count = text.partition("/")
    if not (index.isascii() and index.isdigit() and count.isascii() and count.isdigit()):
        raise ValueError(f"{text!r} is no shard: give I/N, as in 1/3")
    shard = Shard(int(index), int(count))
    if not 1 <= shard.index <= shard.count:
        raise ValueError(f"{text!r} is no shard: I is one of 1 to N")
    return shard


def share(ids: Iterable[str], results: Mapping[str, SnippetResult], shard: Shard) -> list[str]:
    """The ids that this shard runs.

    Every machine comes to the same division if it has the same ids and durations: the longest
    first, each to the shard that has least to do.
    """
    seconds = {id: results[id].seconds if id in results else _UNKNOWN for id in ids}
    loads = [0.0] * shard.count
    mine = []
    for id in sorted(seconds, key=lambda id: (-seconds[id], id)):
        least = loads.index(min(loads))
        loads[least] += seconds[id]
        if least == shard.index - 1:
            mine.append(id)
    return sorted(mine)


def merge(reports: Sequence[Report]) -> Report:
    """One report with the results of all; of two for a snippet the later one given counts.

    Of a layer of the sandbox, every different account is kept.
    """
    results: dict[str, SnippetResult] = {}
    accounts: dict[str, list[str]] = {}
    for report in reports:
        results.update(report.results)
        for layer, how in report.sandbox.items():
            accounts.setdefault(layer, []).append(how)
    sandbox = {layer: "; or ".join(dict.fromkeys(hows)) for layer, hows in accounts.items()}
    return Report(dict(sorted(results.items())), sandbox)


def bring_figures(
    report: Report, sources: Iterable[FigureFolder], target: FigureFolder
) -> list[str]:
    """Copy the figures that the report names to `target`, one at a time.

    Out: the ids of the results whose figure is in none of the sources. Raises OSError where one
    cannot be written.
    """
    sources, lost = list(sources), []
    for id, result in report.results.items():
        if result.figure is not None:
            found = (source.read(result.figure) for source in sources)
            figure = next((text for text in found if text is not None), None)
            if figure is None:
                lost.append(id)
            else:
                target.keep(figure)
    return lost
