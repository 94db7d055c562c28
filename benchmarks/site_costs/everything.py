"""All measures, one number of papers after the other."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.site_costs.base import Base, make_base
from benchmarks.site_costs.browser import browser, chromium
from benchmarks.site_costs.commands import build_costs, check_costs
from benchmarks.site_costs.figures import Figures
from benchmarks.site_costs.mapping import map_costs
from benchmarks.site_costs.pages import Bytes, page_bytes, size
from benchmarks.site_costs.peers import Peer, write_project
from benchmarks.site_costs.peers import build_costs as peer_build_costs
from benchmarks.site_costs.processes import MB
from benchmarks.site_costs.searching import OURS, QUERIES, build_cost, query_costs
from benchmarks.site_costs.serving import serve_costs

KINDS = ("check", "build", "search", "map", "serve")
_LINEAR = ("build", "build CPU", "serve", "site", "search: once")  # of other tools, in the papers

_OF_SEARCH = ("search: once", "search: first result", "search: from the page's start")


@dataclass(frozen=True)
class Wanted:
    """What is to be measured."""

    papers: Sequence[int]
    kinds: Collection[str] = KINDS
    peers: Sequence[Peer] = ()
    peer_limit: int = 3000  # papers; of more, other tools' costs are scaled
    seed: int = 0
    figures: float = 0.25  # part of the snippets that draw one

    @property
    def counts(self) -> list[int]:
        """The sizes of all bases that are needed."""
        limited = (min(count, self.peer_limit) for count in self.papers if self.peers)
        return sorted({*self.papers, *limited})


@dataclass
class Found:
    """What was measured, by number of papers."""

    ours: dict[int, Figures] = field(default_factory=dict)
    sizes: dict[int, Mapping[str, Bytes]] = field(default_factory=dict)
    peers: dict[str, dict[int, Figures]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)  # what could not be measured, and why
    loads: list[float] = field(default_factory=list)  # of the machine, before each base


def measure(wanted: Wanted, folder: Path, keep: Callable[[Found], None]) -> Found:
    """Measure all that is wanted on bases made in the folder, and thrown away again.

    `keep` is given what was found so far after each base: the next takes many minutes. Raises
    FailedError where a command does not succeed.
    """
    found = Found()
    for count in wanted.counts:
        found.loads.append(os.getloadavg()[0])
        _say(f"{count} papers: inventing")
        base = make_base(folder / str(count), count, wanted.seed, wanted.figures)
        if count in wanted.papers:
            found.ours[count] = _ours(base, wanted.kinds, found)
        if count <= wanted.peer_limit:
            for tool in wanted.peers:
                _say(f"{count} papers: {tool.name}")
                found.peers.setdefault(tool.name, {})[count] = _peer(tool, base, found)
        shutil.rmtree(base.root)
        for figures in found.peers.values():
            _scale(figures, wanted)
        keep(found)
    return found


def _ours(base: Base, kinds: Collection[str], found: Found) -> Figures:
    figures: Figures = {}
    for kind in KINDS:
        if kind in kinds or (kind == "build" and {"search", "map"} & set(kinds)):
            _say(f"{base.papers} papers: {kind}")
            figures |= _MEASURED[kind](base, found)
    return figures


def _build(base: Base, found: Found) -> Figures:
    figures = build_costs(base)
    found.sizes[base.papers] = page_bytes(base.site)
    return figures | {"site": size(base.site) / MB}


def _search(base: Base, found: Found) -> Figures:
    figures = build_cost(base.root)
    if chromium() is None:
        found.missing.append("no Chromium: the reader's side of search, and the map")
        return figures
    with browser() as instance:
        return figures | query_costs(instance, base.site, OURS, QUERIES)


def _map(base: Base, _: Found) -> Figures:
    if chromium() is None:
        return {}
    with browser() as instance:
        return map_costs(instance, base.site)


_MEASURED: Mapping[str, Callable[[Base, Found], Figures]] = {
    "check": lambda base, _: check_costs(base),
    "build": _build,
    "search": _search,
    "map": _map,
    "serve": lambda base, _: serve_costs(base),
}


def _peer(tool: Peer, base: Base, found: Found) -> Figures:
    project = base.root.with_name(f"{base.root.name}-{tool.name}")
    write_project(base.root, project)
    try:
        figures = peer_build_costs(tool, project)
        if tool.dialog and chromium() and "search: a query" in found.ours.get(base.papers, {}):
            with browser() as instance:
                asked = query_costs(instance, project / "site", tool.dialog, QUERIES[:4])
            figures |= {name: asked[name] for name in _OF_SEARCH}
    finally:
        shutil.rmtree(project)
    return figures


def _scale(figures: dict[int, Figures], wanted: Wanted) -> None:
    """Put in what is linear for the numbers of papers at which the tool was not run."""
    most = max(count for count in figures if count <= wanted.peer_limit)
    for count in wanted.papers:
        if count > wanted.peer_limit:
            of = figures[most]
            figures[count] = {name: of[name] * count / most for name in _LINEAR if name in of}


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
