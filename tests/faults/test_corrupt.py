"""Whatever happened to a file of build/, the next command makes of it what it would have made."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paper_notes.site.work_folder import discard
from paper_notes.snippets import cache
from paper_notes.snippets.figures import FIGURES
from paper_notes.snippets.report import Report, read_report, write_report
from paper_notes.snippets.run import REPORT
from tests.conftest import invent_runs, load
from tests.faults.bench import Bench, Ended, Files, Forker, contents, small_base
from tests.faults.commands import BUILD
from tests.faults.conftest import kills
from tests.faults.matrix import Matrix
from tests.faults.test_kills_of_build import STATES, set_state

ELSEWHERE = "precious\n"
HEAVY = 100  # kills: then each file is damaged by itself, too


def _truncate(path: Path, _elsewhere: Path) -> None:
    content = path.read_bytes()
    _replace(path, content[: len(content) // 2])


def _empty(path: Path, _elsewhere: Path) -> None:
    _replace(path, b"")


def _garble(path: Path, _elsewhere: Path) -> None:
    _replace(path, random.Random(0).randbytes(max(1, path.stat().st_size)))


def _replace_by_folder(path: Path, _elsewhere: Path) -> None:
    discard(path)
    path.mkdir()
    (path / "file").write_text("in the way")


def _link_elsewhere(path: Path, elsewhere: Path) -> None:
    discard(path)
    path.symlink_to(elsewhere)


def _nest(path: Path, _elsewhere: Path) -> None:
    _replace(path, b"[" * 100_000)


def _misspell(path: Path, _elsewhere: Path) -> None:
    _replace(path, b'{"version": 3, "report": {"results": {"a": 3}}, "scores": {"a": 1}}')


def _link_to_nothing(path: Path, elsewhere: Path) -> None:
    _link_elsewhere(path, elsewhere.with_name("nothing"))


def _replace(path: Path, content: bytes) -> None:
    """Whatever is there now: a command has run since the damage before."""
    if path.is_symlink() or path.is_dir():
        discard(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


WAYS = (
    _truncate,
    _empty,
    _garble,
    _replace_by_folder,
    _link_elsewhere,
    _link_to_nothing,
    _nest,
    _misspell,
)


def with_results(root: Path) -> None:
    """A report as if everything had been run."""
    library, keys = load(root), cache.Keys(root)
    results = {}
    for id, run in invent_runs(library).items():
        files = cache.dependencies(f"snippets/{id}.py", f"tests/snippets/test_{id}.py", ())
        results[id] = replace(run, files=files, key=keys.key(files, (), ""))
    write_report(root / REPORT, Report(results, {}))


def kept(bench: Bench) -> list[Path]:
    """All that a build keeps for the next one; not what a run has left for it."""
    files = (path for path in bench.root.glob("build/**/*") if path.is_file())
    ran = (bench.root / REPORT, bench.root / FIGURES)
    return sorted(path for path in files if not {path, path.parent} & {*ran})


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_what_is_damaged_is_made_again(
    prepared: tuple[Bench, Files],
    matrix: Matrix,
    tmp_path: Path,
    way: Callable[[Path, Path], None],
) -> None:
    bench, new = prepared
    elsewhere = tmp_path / "elsewhere"
    bench.restore()
    everything = kept(bench)
    assert {path.name for path in everything} > {"verdict", "fragments.db", "site", "standing"}
    for damaged in [everything, *([path] for path in everything if kills() >= HEAVY)]:
        bench.restore()
        elsewhere.write_text(ELSEWHERE)
        for path in damaged:
            way(path, elsewhere)
        checked = bench.run(f"--root={bench.root}", "check")
        for path in damaged:
            way(path, elsewhere)
        built = bench.run(*BUILD.at(bench.root))
        matrix.add("check", "damaged", checked.status == 0)
        told = {
            "checked": is_quiet(checked),
            "built": is_quiet(built),
            "as of sound files": bench.site() == new,
            "elsewhere untouched": elsewhere.read_text() == ELSEWHERE,
        }
        matrix.add("build", "damaged", all(told.values()))
        assert all(told.values()), (damaged, told, checked, built)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, forker: Forker) -> tuple[Bench, Files]:
    """A base of which everything is kept as it was before a change, and the site after it."""
    bench = Bench(small_base(tmp_path_factory.mktemp("prepared") / "base"), forker)
    with_results(bench.root)
    sites = {}
    new, old = STATES
    for title in (new, old):
        set_state(bench, title)
        for words in ("check", "build"):
            assert is_quiet(bench.run(f"--root={bench.root}", words))
        sites[title] = bench.site()
    set_state(bench, new)
    bench.save()
    return bench, sites[new]


def is_quiet(ended: Ended) -> bool:
    return ended.status == 0 and "Traceback" not in ended.text


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


@pytest.mark.parametrize("name", ["docs", "site", "cache", "cache/readings", ".lock"])
def test_nothing_is_emptied_or_written_through_a_link(
    prepared: tuple[Bench, Files], matrix: Matrix, tmp_path: Path, name: str
) -> None:
    bench, new = prepared
    elsewhere = tmp_path / "elsewhere"
    for kind in ("link", "file"):
        bench.restore()
        elsewhere.mkdir(exist_ok=True)
        (elsewhere / "file").write_text(ELSEWHERE)
        before = contents(elsewhere)
        place = bench.root / "build" / name
        discard(place)
        if kind == "link":
            place.symlink_to(elsewhere)
        else:
            place.write_text("in the way")
        ended = [bench.run(f"--root={bench.root}", words) for words in ("check", "build")]
        survived = all(map(is_quiet, ended)) and bench.site() == new
        survived &= contents(elsewhere) == before
        matrix.add("build", "damaged", survived)
        assert survived, (kind, ended)
