"""The report that docs/benchmarks/site.md holds."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterator, Sequence

from benchmarks.site_costs import table
from benchmarks.site_costs.everything import Found, Wanted
from benchmarks.site_costs.processes import TIMES

_ABOUT = """\
The bases are invented (`python -m benchmarks.make_library`): notes, snippets and tests of the real
ones' length and variety in both languages, no two alike, {figures:.0%} of the snippets with a
figure, and the report of a run, so that snippets count as run. *Cold* is without anything built or
remembered but that report. In brackets: how many times as much as Material as it comes (search on,
papers not in the navigation) takes for the same papers and snippets as plain Markdown pages; it
builds everything anew each time, so that is also what one change costs it.

Seconds are by the clock; CPU seconds are fairer where other work shares the machine. Of a `check`
of notes alone, of one that finds nothing changed, of such a build and of the index, the quickest
of {times} runs counts: what else a machine does only ever adds. Memory is the highest sum of the
proportional set sizes of all processes, seen up to ten times a second; *of the largest*, the
highest resident set of any one. *Notes alone* has neither snippets nor tests to read, which
`check` says of each note. *Index* is from papers to the finished files of the search index; *and
cards, written* puts these and what results show of each paper on the disk, which a build does
beside its pages. A query is asked by somebody who was never here before, in Chromium without a
graphics card; its bytes are compressed, without what is loaded once, and its time is counted once
the dialog is open and quiet; *from the page's start*, by somebody who opens a page and does not
wait for anything.
"""
_PARTS = """\
Seconds hang on the machine and on how much is written about a paper. So the targets were set as
parts of what Material takes for the same pages in the same run: it took 40 CPU seconds for 1,000
plainer papers then, and 390 for 10,000. These are our seconds by the clock as parts of its CPU
seconds here.
"""


def report(found: Found, wanted: Wanted, command: str) -> Iterator[str]:
    """The lines of the report."""
    counts = sorted(found.ours)
    load = " to ".join(f"{one:.1f}" for one in sorted({min(found.loads), max(found.loads)}))
    yield "# What a large base costs"
    yield ""
    yield (
        f"Made on {datetime.date.today()} by `{command}` with Python {platform.python_version()} "
        f"on {os.cpu_count()} processors (load {load} from other work and before)."
    )
    yield ""
    yield _ABOUT.format(figures=wanted.figures, times=TIMES)
    yield "## Targets"
    yield ""
    yield from table.targets(found.ours, found.peers.get("material", {}))
    if "material" in found.peers:
        yield from ("", "## Seconds as parts of Material's", "", _PARTS)
        yield from table.parts(found.ours, found.peers["material"])
    if found.sizes:
        yield from ("", "## Bytes of a page", "")
        yield "English pages; a list that goes over several pages counts by its largest."
        yield ""
        yield from table.page_sizes(found.sizes)
    if len(counts) > 1:
        yield from ("", "## Linear in the number of papers", "")
        yield from table.linearity(found.ours)
    if found.peers:
        yield from ("", "## Other tools on the same pages", "")
        yield from table.peers(found.peers, counts, wanted.peer_limit)
        yield ""
        yield f"* not run on more than {wanted.peer_limit:,} papers, but scaled."
    if found.missing:
        yield from ("", "Not measured: " + "; ".join(_distinct(found.missing)) + ".")


def _distinct(lines: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(lines))
