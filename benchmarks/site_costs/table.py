"""The figures as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.site_costs.figures import MATERIAL_THEN, MEASURES, PARTS, Figures, Measure
from benchmarks.site_costs.pages import MANY, Bytes

Ours = Mapping[int, Figures]  # by number of papers
_GROWING = ("check cold", "build cold", "build unchanged", "search: index")


def targets(ours: Ours, material: Ours) -> Iterator[str]:
    """Every measure at every number of papers, with its target; in brackets, how many times as
    much as Material's figure it is."""
    yield from _head("measure", "target", *(f"{papers:,} papers" for papers in ours), "met")
    for measure in MEASURES:
        values = {
            n: figures[measure.name] for n, figures in ours.items() if measure.name in figures
        }
        if values:
            cells = [_cell(measure, n, values, material) for n in ours]
            yield _row(measure.name, measure.target, *cells, measure.met(values))


def parts(ours: Ours, material: Ours) -> Iterator[str]:
    """Seconds of ours as parts of Material's CPU seconds for the same papers, and their targets."""
    yield from _head("part", "target", *(f"{papers:,} papers" for papers in ours), "met")
    for measure in MEASURES:
        if measure.name in PARTS:
            part = measure.part(MATERIAL_THEN)
            values = {
                n: figures[measure.name] / material[n]["build CPU"]
                for n, figures in ours.items()
                if measure.name in figures and n in material
            }
            if values:
                cells = [f"{values[n]:.2g} ×" if n in values else "" for n in ours]
                yield _row(part.name, part.target, *cells, part.met(values))


def peers(found: Mapping[str, Ours], counts: Sequence[int], limit: int) -> Iterator[str]:
    """What other tools take for the same pages; above the limit they were not run, but scaled."""
    yield from _head("tool", "measure", *(f"{papers:,} papers" for papers in counts))
    for name, by_count in found.items():
        for figure in next(iter(by_count.values())):
            cells = [_peer_cell(by_count[n], figure, n > limit) for n in counts]
            yield _row(name, figure, *cells)


def linearity(ours: Ours) -> Iterator[str]:
    """Seconds for each 1,000 papers: the same in every column where cost is linear."""
    yield from _head("seconds a 1,000 papers", *(f"{papers:,}" for papers in ours))
    for name in (name + kind for name in _GROWING for kind in ("", " CPU")):
        if all(name in figures for figures in ours.values()):
            yield _row(name, *(f"{1000 * figures[name] / n:.2f}" for n, figures in ours.items()))


def page_sizes(sizes: Mapping[int, Mapping[str, Bytes]]) -> Iterator[str]:
    """Kilobytes of each kind of page, and as they are sent."""
    yield from _head("page", *(f"{papers:,} papers" for papers in sizes), "grows")
    for kind in next(iter(sizes.values())):
        found = [by_kind[kind] for by_kind in sizes.values() if kind in by_kind]
        cells = [f"{one.raw / 1000:.1f} KB ({one.packed / 1000:.1f} sent)" for one in found]
        growth = found[-1].raw / found[0].raw
        label = f"{kind}, median" if kind in MANY else kind
        yield _row(label, *cells, f"{growth:.1f}×" if len(found) > 1 else "")


def _cell(measure: Measure, papers: int, values: Mapping[int, float], material: Ours) -> str:
    if papers not in values:
        return ""
    other = material.get(papers, {}).get(measure.peer)
    ratio = f" ({values[papers] / other:.2g}×)" if other else ""
    return measure.show(values[papers]) + ratio


def _peer_cell(figures: Figures, figure: str, scaled: bool) -> str:
    return f"{figures[figure]:,.1f}{' *' * scaled}" if figure in figures else ""


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
