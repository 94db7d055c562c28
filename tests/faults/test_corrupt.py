"""Whatever happened to a file of build/, the next build makes the same site, and nothing else."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from paper_notes.snippets import cache
from paper_notes.snippets.figures import FIGURES
from paper_notes.snippets.report import Report, read_report, write_report
from paper_notes.snippets.run import REPORT
from tests.conftest import invent_runs, load
from tests.faults.bench import Bench
from tests.faults.commands import BUILD
from tests.faults.matrix import Matrix

ELSEWHERE = "precious\n"


def _truncate(path: Path, _elsewhere: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path, _elsewhere: Path) -> None:
    path.write_bytes(b"")


def _garble(path: Path, _elsewhere: Path) -> None:
    path.write_bytes(random.Random(0).randbytes(max(1, path.stat().st_size)))


def _replace_by_folder(path: Path, _elsewhere: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").write_text("in the way")


def _link_elsewhere(path: Path, elsewhere: Path) -> None:
    path.unlink()
    path.symlink_to(elsewhere)


def _nest(path: Path, _elsewhere: Path) -> None:
    path.write_text("[" * 100_000)


def _misspell(path: Path, _elsewhere: Path) -> None:
    path.write_text('{"version": 3, "report": {"results": {"a": 3}}, "scores": {"a": 1}}')


WAYS = (_truncate, _empty, _garble, _replace_by_folder, _link_elsewhere, _nest, _misspell)


def with_results(root: Path) -> None:
    """A report as if everything had been run."""
    library, keys = load(root), cache.Keys(root)
    results = {}
    for id, run in invent_runs(library).items():
        files = cache.dependencies(f"snippets/{id}.py", f"tests/snippets/test_{id}.py", ())
        fields = {**run.__dict__, "files": files, "key": keys.key(files, (), "")}
        results[id] = type(run)(**fields)
    write_report(root / REPORT, Report(results, {}))


def kept(bench: Bench) -> list[Path]:
    """All that a build keeps for the next one; not what a run has left for it."""
    files = (path for path in bench.root.glob("build/**/*") if path.is_file())
    ran = (bench.root / REPORT, bench.root / FIGURES)
    return sorted(path for path in files if not {path, path.parent} & {*ran})


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_what_is_damaged_is_made_again(
    bench: Bench, matrix: Matrix, tmp_path: Path, way: Callable[[Path, Path], None]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(ELSEWHERE)
    with_results(bench.root)
    words = BUILD.at(bench.root)
    assert bench.run(*words).status == 0
    site = bench.site()
    for path in kept(bench):
        way(path, elsewhere)
    ended = bench.run(*words)
    told = {
        "built": ended.status == 0 and "Traceback" not in ended.text,
        "same": bench.site() == site,
        "elsewhere untouched": elsewhere.read_text() == ELSEWHERE,
    }
    matrix.add("build", "damaged", all(told.values()))
    assert all(told.values()), (told, ended)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_a_damaged_report_proves_nothing_and_can_be_written_again(
    bench: Bench, matrix: Matrix, tmp_path: Path, way: Callable[[Path, Path], None]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(ELSEWHERE)
    with_results(bench.root)
    report = bench.root / REPORT
    sound = read_report(report)
    way(report, elsewhere)
    ended = bench.run(*BUILD.at(bench.root), "--strict")
    assert (ended.status, "not-run" in ended.text, "Traceback" in ended.text) == (1, True, False)
    write_report(report, sound)
    survived = read_report(report) == sound and elsewhere.read_text() == ELSEWHERE
    matrix.add("run", "damaged", survived)
    assert survived


@pytest.mark.parametrize("name", ["docs", "site", "cache"])
def test_a_folder_that_leads_elsewhere_is_not_emptied(
    bench: Bench, matrix: Matrix, tmp_path: Path, name: str
) -> None:
    words = BUILD.at(bench.root)
    assert bench.run(*words).status == 0
    site = bench.site()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text(ELSEWHERE)
    shutil.rmtree(bench.root / "build" / name, ignore_errors=True)
    (bench.root / "build" / name).symlink_to(elsewhere)
    ended = bench.run(*words)
    survived = ended.status == 0 and bench.site() == site
    survived &= (elsewhere / "file").read_text() == ELSEWHERE
    matrix.add("build", "damaged", survived)
    assert survived, ended
