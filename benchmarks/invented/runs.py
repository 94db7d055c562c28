"""What a run of the invented snippets would have left in build/, without running any of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from benchmarks.invented.code import Code
from benchmarks.invented.filler import Filler
from paper_notes.snippets import cache
from paper_notes.snippets.figures import FIGURES, FigureFolder
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.mutate.score import Score
from paper_notes.snippets.read import snippet_path, tests_path
from paper_notes.snippets.report import SnippetResult, TestOutcome

_PACKAGES = ("matplotlib", "numpy", "pytest", "scikit_learn", "torch")
_MEDIAN_FIGURE = 48_000  # bytes; of the real ones, which lie between these
_FIGURE_BYTES = (12_000, 180_000)
_GLYPHS = 20  # shapes of letters that a figure defines once
_MUTANTS = 12
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="504pt" height="216pt" viewBox="0 0 504 216" version="1.1" '
    'style="stroke-linejoin:round;stroke-linecap:butt">\n'
)


def result(id: str, code: Code, keys: cache.Keys, fill: Filler, figures: float) -> SnippetResult:
    """The result of the snippet and tests as they lie there now; figures is the part with one.

    The figure goes into a file. Raises OSError where that cannot be written.
    """
    draw, limits, kept = fill.draw, Limits().describe(), FigureFolder(keys.root / FIGURES)
    files = cache.dependencies(str(snippet_path(id)), str(tests_path(id)), ())
    return SnippetResult(
        id=id,
        key=keys.key(files, _PACKAGES, limits),
        status="passed",
        seconds=round(draw.uniform(0.5, 8), 4),
        checked="2026-01-31",
        python="3.11.7",
        torch="2.13.0+cpu",
        tests=tuple(_outcome(name, records, draw) for name, records in code.outcomes),
        demo="".join(f"{line}\n" for line in _demo(fill)),
        figure=kept.keep(_figure(draw)) if draw.random() < figures else None,
        files=files,
        packages=_PACKAGES,
        limits=limits,
        contained="full",
    )


def scores(ids: Iterable[str], seed: int) -> dict[str, Score]:
    """A mutation score for each of these snippets."""
    draw = random.Random(f"scores {seed}")
    return {id: _score(id, draw) for id in ids}


def _score(id: str, draw: random.Random) -> Score:
    verdicts = {f"{draw.getrandbits(64):016x}": "test_it" for _ in range(_MUTANTS)}
    return Score(id, "", len(verdicts), verdicts=verdicts)


def _outcome(name: str, records: tuple[str, ...], draw: random.Random) -> TestOutcome:
    recorded = {record: draw.randrange(1, 100_000) for record in records}
    seconds = round(draw.uniform(0.001, 0.5), 4)
    return TestOutcome(name, "passed", seconds, recorded=recorded, checks=draw.randrange(1, 6))


def _demo(fill: Filler) -> Iterator[str]:
    for _ in range(fill.draw.randint(2, 8)):
        yield f"{next(fill.latin):12s} {next(fill.latin)}: {fill.draw.uniform(0, 100):.4f}"


def _figure(draw: random.Random) -> str:
    """A drawing as the runner keeps matplotlib's: curves, marks, and letters as shapes."""
    least, most = _FIGURE_BYTES
    due = min(most, max(least, int(draw.lognormvariate(0, 0.6) * _MEDIAN_FIGURE)))
    parts = [_SVG, "<defs>\n"]
    parts += [f'<path id="g{count}" d="{_curve(draw, 24)}"/>\n' for count in range(_GLYPHS)]
    parts.append("</defs>\n")
    size = sum(map(len, parts))
    while size < due:
        parts.append(_curve_shown(draw) if draw.random() < 0.4 else _label(draw))
        size += len(parts[-1])
    return "".join([*parts, "</svg>"])


def _curve_shown(draw: random.Random) -> str:
    style = f"fill: none; stroke: #{draw.getrandbits(24):06x}; stroke-width: 1.5"
    return f'<g><path d="{_curve(draw, 60)}" style="{style}"/></g>\n'


def _label(draw: random.Random) -> str:
    at = f"translate({draw.uniform(0, 504):.6f} {draw.uniform(0, 216):.6f}) scale(0.1 -0.1)"
    letters = (
        f'<use xlink:href="#g{draw.randrange(_GLYPHS)}" x="{63.623047 * place:.6f}"/>'
        for place in range(draw.randint(3, 12))
    )
    return f'<g style="fill: currentColor" transform="{at}">{"".join(letters)}</g>\n'


def _curve(draw: random.Random, points: int) -> str:
    chance = draw.random
    return "M 0 0" + "".join(
        [f"  L {504 * chance():.6f} {216 * chance():.6f}" for _ in range(points)]
    )
