"""Compare ways to run snippets' tests: `python benchmarks/runner.py 50 200 --unchanged 5000`.

Every way runs the same tests of the same generated snippets, which have no demo: only the runner
would run that. Written for ratios: the seconds are those of the machine it runs on, and what is
slow by nature is measured on a sample and scaled.
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import datetime
import importlib.util
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import paper_notes
from paper_notes import linux
from paper_notes.snippets import cache
from paper_notes.snippets.report import Report, read_report, write_report
from paper_notes.snippets.run import REPORT
from paper_notes.snippets.worker.processes import reap

SNIPPET = '''\
r"""Snippet {n}."""

import torch
from torch import Tensor


def scaled_relu(x: Tensor) -> Tensor:
    """Rectify, then multiply by {n}."""
    return x.clamp(min=0) * {n}
'''
TESTS = """\
import torch

from snippets.s{n:05d} import scaled_relu


def test_equals_torch():
    x = torch.linspace(-1, 1, 12).requires_grad_()
    torch.testing.assert_close(scaled_relu(x), torch.relu(x) * {n})
    scaled_relu(x).sum().backward()
    assert x.grad.max() == {n}


def test_by_hand():
    assert scaled_relu(torch.tensor([-1.0, 2.0])).tolist() == [0.0, 2.0 * {n}]
"""
SETTINGS = """\
[tool.pytest.ini_options]
addopts = "--import-mode=importlib"
pythonpath = ["."]
filterwarnings = ["error"]
"""
FEW, MANY = 12, 200  # of ways that take seconds, or tenths of them, for each snippet
TURNS, LONG, FEWEST = 5, 30.0, 2  # turns of each way; of one that takes longer, fewer
SETTLED = 2.1  # seconds after which a file's stamp is trusted, which a real run lasts longer than
NO_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@dataclass(frozen=True)
class Way:
    """One way to run the snippets of a folder, how many of them."""

    name: str
    run: Callable[[Path, int], None]
    needs: str = ""  # module without which it cannot be measured
    sample: int | None = None  # measured on so many at most, and scaled
    isolated: str = "no"

    def measured(self, count: int) -> int:
        """On how many it is measured where there are count."""
        return min(count, self.sample or count)


@dataclass(frozen=True)
class Cost:
    """What it took: by the clock, and of the processors, children included."""

    wall: float
    cpu: float

    def scaled(self, factor: float) -> Cost:
        """The cost of so many times as much."""
        return Cost(self.wall * factor, self.cpu * factor)


def write_base(root: Path, count: int) -> None:
    """A base with count snippets, and their tests as notebooks and gallery scripts too."""
    for folder in ("snippets", "tests/snippets", "notebooks"):
        (root / folder).mkdir(parents=True)
    (root / "pyproject.toml").write_text(SETTINGS)
    for n in range(1, count + 1):
        (root / "snippets" / f"s{n:05d}.py").write_text(SNIPPET.format(n=n))
        tests = TESTS.format(n=n)
        (root / "tests" / "snippets" / f"test_s{n:05d}.py").write_text(tests)
        code = (
            f"import sys; sys.path.insert(0, '..')\n{tests}\ntest_equals_torch(); test_by_hand()\n"
        )
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "source": code}
        book = {"cells": [{**cell, "execution_count": None}], "metadata": {}, "nbformat": 4}
        text = json.dumps({**book, "nbformat_minor": 5})
        (root / "notebooks" / f"s{n:05d}.ipynb").write_text(text)


def call(root: Path, *arguments: str, **environment: str) -> None:
    """Run Python with arguments in root, quietly; it must succeed."""
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
    )
    if ended.returncode:
        raise RuntimeError(f"{arguments}: {ended.stdout[-2000:]}{ended.stderr[-2000:]}")


def ours(jobs: int) -> Callable[[Path, int], None]:
    def run(root: Path, _: int) -> None:
        arguments = ["--root", str(root), "run", "--no-cache", f"--jobs={jobs}"]
        call(root, "-m", "paper_notes", *arguments)

    return run


def unchanged(root: Path, _: int) -> None:
    call(root, "-m", "paper_notes", "--root", str(root), "run")


def pretend_run(root: Path, count: int) -> None:
    """Leave the report that a run of all snippets leaves: one is run, the others are alike."""
    call(root, "-m", "paper_notes", "--root", str(root), "run", "s00001")
    report = read_report(root / REPORT)
    first, keys = report.results["s00001"], cache.Keys(root)
    results = {}
    for n in range(1, count + 1):
        id = f"s{n:05d}"
        files = tuple(name.replace("s00001", id) for name in first.files)
        key = keys.key(files, first.packages, first.limits)
        results[id] = replace(first, id=id, files=files, key=key)
    write_report(root / REPORT, Report(results, report.sandbox))
    time.sleep(SETTLED)
    unchanged(root, count)  # as after a run, what the files hold is known by their stamps


def fresh(jobs: int) -> Callable[[Path, int], None]:
    def run(root: Path, count: int) -> None:
        def one(n: int) -> None:
            call(root, "-m", "pytest", "-q", f"tests/snippets/test_s{n:05d}.py", **NO_PLUGINS)

        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(one, range(1, count + 1)))

    return run


def one_pytest(root: Path, _: int) -> None:
    call(root, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/snippets", **NO_PLUGINS)


def xdist(root: Path, _: int) -> None:
    call(root, "-m", "pytest", "-q", "-p", "xdist", "-n", "2", "tests/snippets", **NO_PLUGINS)


def nbmake(root: Path, count: int) -> None:
    books = [f"notebooks/s{n:05d}.ipynb" for n in range(1, count + 1)]
    call(root, "-m", "pytest", "-q", "--nbmake", *books)


def gallery(root: Path, _: int) -> None:
    (root / "gallery").mkdir(exist_ok=True)
    (root / "gallery" / "README.txt").write_text("Gallery\n=======\n")
    for path in sorted((root / "snippets").glob("*.py")):
        shutil.copy(path, root / "gallery" / f"plot_{path.name}")
    settings = (
        "project = 'x'\nextensions = ['sphinx_gallery.gen_gallery']\n"
        "sphinx_gallery_conf = {'examples_dirs': 'gallery', 'gallery_dirs': 'out'}\n"
    )
    (root / "conf.py").write_text(settings)
    (root / "index.rst").write_text("x\n=\n\n.. toctree::\n\n   out/index\n")
    call(root, "-m", "sphinx", "-q", "-b", "html", ".", "html")


WAYS = (
    Way("fresh `python -m pytest` each, 1 job", fresh(1), sample=FEW, isolated="process"),
    Way("fresh `python -m pytest` each, 2 jobs", fresh(2), sample=FEW, isolated="process"),
    Way("nbmake", nbmake, needs="nbmake", sample=FEW, isolated="kernel"),
    Way("sphinx-gallery (no tests)", gallery, needs="sphinx_gallery", sample=MANY),
    Way("pytest-xdist, 2 processes", xdist, needs="xdist"),
    Way("pytest, one process", one_pytest),
    Way("paper-notes run, 1 job", ours(1), isolated="process, sandbox"),
    Way("paper-notes run, 2 jobs", ours(2), isolated="process, sandbox"),
    Way("paper-notes run, nothing changed", unchanged, isolated="process, sandbox"),
)

BASE = WAYS[-2]  # what the others are compared with


def measure(counts: Mapping[int, Sequence[Way]], turns: Turns, path: Path | None) -> None:
    """Take the turns that are still owed, and keep them, at path too.

    The ways take turns, so that all are measured in the same minutes.
    """
    for count, ways in counts.items():
        for number in range(TURNS):
            for way in filter(is_installed, ways):
                taken = turns.setdefault((way.name, count), [])
                long = len(taken) >= FEWEST and min(cost.wall for cost in taken) > LONG
                if long or len(taken) > number:
                    continue
                taken.append(turn(way, way.measured(count)))
                sys.stderr.write(f"{count} {way.name}: {taken[-1]}\n")
                write_turns(path, turns)


def is_installed(way: Way) -> bool:
    return not way.needs or importlib.util.find_spec(way.needs) is not None


def turn(way: Way, count: int) -> Cost:
    """What it costs to run count snippets once."""
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    try:
        write_base(folder / "base", count)
        if way.run is unchanged:
            pretend_run(folder / "base", count)
        start, before = time.perf_counter(), _cpu()
        way.run(folder / "base", count)
        return Cost(time.perf_counter() - start, _cpu() - before)
    finally:
        shutil.rmtree(folder)


def _cpu() -> float:
    # Bubblewrap leaves its child behind: collected here, its time counts as well.
    reap()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


Turns = dict[tuple[str, int], list[Cost]]
Costs = dict[tuple[str, int], Cost]


def read_turns(path: Path | None) -> Turns:
    """What an earlier run measured and kept at path; nothing where there is no such file."""
    if path is None or not path.is_file():
        return {}
    kept = json.loads(path.read_text())
    return {(name, count): [Cost(*cost) for cost in costs] for name, count, costs in kept}


def write_turns(path: Path | None, turns: Turns) -> None:
    """Keep at path what was measured, so that a run that ends early need not begin again."""
    if path is not None:
        kept = [(*key, [(cost.wall, cost.cpu) for cost in costs]) for key, costs in turns.items()]
        path.write_text(json.dumps(kept))


def quickest(turns: Turns) -> Costs:
    """What each way costs for each count: its quickest turn, scaled where it was of fewer."""
    ways = {way.name: way for way in WAYS}
    return {
        (name, count): min(costs, key=lambda cost: cost.wall).scaled(
            count / ways[name].measured(count)
        )
        for (name, count), costs in turns.items()
    }


def table(counts: Sequence[int], costs: Costs) -> str:
    """A Markdown table: seconds, and how many times as long as `paper-notes run` with 2 jobs."""
    head = "".join(f" {count:,} snippets |" for count in counts)
    lines = [f"| way | isolated by |{head}", "|---|---|" + "---:|" * len(counts)]
    for way in WAYS:
        cells = [_cell(costs.get((way.name, n)), costs.get((BASE.name, n))) for n in counts]
        mark = " *" if way.sample else ""
        if any(cells):
            lines.append(f"| {way.name}{mark} | {way.isolated} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def marginal(fewer: int, more: int, costs: Costs) -> str:
    """A Markdown table of what one snippet more takes between two counts: without start-up.

    In brackets, against the same of `paper-notes run` with 2 jobs.
    """

    def each_more(way: Way) -> Cost | None:
        low, high = costs.get((way.name, fewer)), costs.get((way.name, more))
        if not low or not high:
            return None
        return Cost(high.wall - low.wall, high.cpu - low.cpu).scaled(1000 / (more - fewer))

    base = each_more(BASE)
    head = f"| each snippet more, from {fewer:,} to {more:,} | by the clock | CPU |"
    lines = [head, "|---|---:|---:|"]
    for way in WAYS[:-1]:
        cost = each_more(way)
        if cost and base:
            wall, cpu = cost.wall / base.wall, cost.cpu / base.cpu
            mark = " *" if way.sample else ""
            lines.append(
                f"| {way.name}{mark} | {cost.wall:,.0f} ms ({wall:.2f}×) "
                f"| {cost.cpu:,.0f} ms ({cpu:.2f}×) |"
            )
    return "\n".join(lines) + "\n"


def _cell(cost: Cost | None, base: Cost | None) -> str:
    if cost is None:
        return ""
    ratio = f" ({cost.wall / base.wall:.2f}×)" if base else ""
    return f"{cost.wall:,.1f} s{ratio}, CPU {cost.cpu:,.1f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="+", type=int, help="how many snippets, every way")
    parser.add_argument("--unchanged", type=int, help="how many where nothing changed, besides")
    parser.add_argument("--write", type=Path, help="a Markdown file for the table")
    parser.add_argument("--resume", type=Path, help="a file of what was measured, to go on from")
    arguments = parser.parse_args()
    with contextlib.suppress(OSError):
        linux.adopt_orphans()
    # As pip does for the others when it installs them.
    compileall.compile_dir(Path(paper_notes.__file__).parent, quiet=1)
    last = [arguments.unchanged] if arguments.unchanged else []
    counts = sorted({*arguments.counts, *last})
    owed = {count: WAYS if count in arguments.counts else WAYS[-1:] for count in counts}
    turns = read_turns(arguments.resume)
    measure(owed, turns, arguments.resume)
    costs = quickest(turns)
    again = f" --unchanged {arguments.unchanged}" if arguments.unchanged else ""
    missing = [way.needs for way in WAYS if not is_installed(way)]
    text = (
        "# Running snippets: the runner against other ways\n\n"
        f"Made on {datetime.date.today()} by `python benchmarks/runner.py "
        f"{' '.join(map(str, arguments.counts))}{again}` with Python {platform.python_version()} "
        f"on {os.cpu_count()} processors (load {os.getloadavg()[1]:.1f}); start-up included. "
        "In brackets: by the clock, against two jobs of the runner. "
        f"* measured on {FEW} snippets (sphinx-gallery {MANY}) and scaled. The ways "
        f"take turns: what takes less than {LONG:g} s has {TURNS}, what takes longer {FEWEST}, and "
        "the quickest counts. Where other work shares the machine, CPU seconds are the fairer "
        "measure.\n\n"
        f"{table(counts, costs)}\n"
        + "".join(f"\n{marginal(*two, costs)}" for two in pairwise(sorted(arguments.counts)))
        + (f"\nNot installed, and so not measured: {', '.join(missing)}.\n" if missing else "")
    )
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
