"""A run or a mutation that is killed leaves a whole record, no process, and nothing for ever."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from paper_notes.snippets.mutate.run import SCORES
from paper_notes.snippets.mutate.score import read_scores
from paper_notes.snippets.report import read_report
from paper_notes.snippets.run import REPORT
from tests.faults.bench import Bench, Forker
from tests.faults.conftest import kills
from tests.faults.matrix import Matrix
from tests.faults.moments import KILLS
from tests.faults.test_kills import STATUS, moments
from tests.runner.conftest import write_base

if not Path("/proc/self/cmdline").exists():
    pytest.skip("looks for processes in /proc", allow_module_level=True)

SNIPPET = "def one():\n    return 1\n"
TEST = "from snippets.{id} import one\n\ndef test_it():\n    assert one() == 1\n"
SANDBOX = "--sandbox=off"  # its namespaces take a second each, and end with the same parent
PATIENCE = 60  # seconds in which a process has to notice that nobody wants it any more


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, forker: Forker) -> Path:
    """A base of two small snippets, of which one has been run."""
    ids = ("a", "b")
    texts = {id: TEST.format(id=id) for id in ids}
    folder = tmp_path_factory.mktemp("ran") / "base"
    root = write_base(folder, dict.fromkeys(ids, SNIPPET), texts)
    assert forker(f"--root={root}", "run", "a", SANDBOX).status == 0
    return root


@pytest.fixture
def bench(ran: Path, tmp_path: Path, forker: Forker) -> Bench:
    """A copy of it."""
    return Bench(shutil.copytree(ran, tmp_path / "base"), forker)


def left_running(bench: Bench) -> list[str]:
    """The living processes that work for a command of ours."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # it has ended
    return [line for line in found if str(bench.run.temporary) in line]


def wait_until_all_ended(bench: Bench) -> bool:
    deadline = time.monotonic() + PATIENCE
    while left_running(bench) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not left_running(bench)


@pytest.mark.parametrize(("command", "record"), [("run", REPORT), ("mutate", SCORES)])
@pytest.mark.parametrize("fault", KILLS)
def test_the_record_is_whole_and_nobody_goes_on(
    bench: Bench, matrix: Matrix, command: str, record: Path, fault: str
) -> None:
    words = (f"--root={bench.root}", command, "b", SANDBOX, "--jobs=1")
    before = bench.sources()
    bench.save()
    undisturbed = bench.run(*words, lines=True)
    assert undisturbed.status == 0, undisturbed.text
    number = max(1, kills() // (10 if command == "run" else 20))
    for at in moments(undisturbed.moments, number):
        bench.restore()
        killed = bench.run(*words, fault=fault, at=at, lines=True)
        ended, left = wait_until_all_ended(bench), bench.strays()
        ids = list(read_report(bench.root / REPORT).results)
        again = bench.run(*words)
        told = {
            "ended by the fault": killed.status == STATUS[fault] or killed.moments <= at,
            "quiet": "Traceback" not in killed.text + again.text,
            "no process": ended,
            "sources as they were": bench.sources() == before,
            "report whole": ids in (["a"], ["a", "b"]),
            "completed": again.status == 0 and not bench.strays(),
            "record": (bench.root / record).is_file(),
            "names what it put right": ("interrupted command" in again.text) == bool(left),
        }
        matrix.add(command, fault, all(told.values()))
        assert all(told.values()), (at, told, killed, again, left)


@pytest.mark.parametrize("fault", ["full", "read-only"])
@pytest.mark.parametrize("command", ["run", "mutate"])
def test_a_record_that_cannot_be_written_is_said_and_the_old_one_stays(
    bench: Bench, matrix: Matrix, command: str, fault: str
) -> None:
    words = (f"--root={bench.root}", command, "b", SANDBOX, "--jobs=1")
    old = (bench.root / REPORT).read_bytes()
    ended = bench.run(*words, fault=fault, below=bench.root)
    survived = (
        ended.status == 1
        and "not-written" in ended.text
        and "Traceback" not in ended.text
        and (bench.root / REPORT).read_bytes() == old
        and not read_scores(bench.root / SCORES)
        and not bench.strays()
    )
    matrix.add(command, fault, survived)
    assert survived, ended


@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_stands_in_place_of_the_caches_folder_gives_way(
    bench: Bench, matrix: Matrix, tmp_path: Path, kind: str
) -> None:
    elsewhere, place = tmp_path / "elsewhere", bench.root / "build/cache"
    elsewhere.mkdir()
    shutil.rmtree(place)
    if kind == "link":
        place.symlink_to(elsewhere)
    else:
        place.write_text("in the way")
    ended = bench.run(f"--root={bench.root}", "run", "b", SANDBOX, "--jobs=1")
    survived = ended.status == 0 and "Traceback" not in ended.text
    survived &= list(read_report(bench.root / REPORT).results) == ["a", "b"]
    survived &= not list(elsewhere.iterdir())
    matrix.add("run", "damaged", survived)
    assert survived, ended


def test_two_runs_at_once_both_count(bench: Bench, matrix: Matrix, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    shutil.rmtree(bench.root / "build")
    (tmp_path / "other").mkdir()
    other = Forker(tmp_path / "other")
    words = (f"--root={bench.root}", "run", SANDBOX)
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(bench.run, *words, "a"), pool.submit(other, *words, "b")]
        ended = [job.result() for job in jobs]
    other.close()
    survived = [one.status for one in ended] == [0, 0]
    survived &= list(read_report(bench.root / REPORT).results) == ["a", "b"]
    matrix.add("run", "two at once", survived)
    assert survived, ended
