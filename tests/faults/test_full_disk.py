"""Where there is no room, or nothing may be written, a command says so and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import namespaces
from tests.faults.bench import Bench, Ended, Forker, small_base
from tests.faults.commands import BUILD, QUICK, Command
from tests.faults.conftest import kills
from tests.faults.matrix import Matrix
from tests.faults.test_kills import is_torn, moments
from tests.faults.test_kills_of_build import set_state

REASONS = {"full": "No space left on device", "read-only": "Read-only file system"}
FREE = (0, 4, 12, 40)  # KiB; a build needs more than the last, and for a note the third is enough

needs_disks = pytest.mark.skipif(bool(namespaces.refused()), reason=namespaces.refused())


def refused(ended: Ended, fault: str) -> bool:
    return ended.status == 1 and REASONS[fault] in ended.text and "Traceback" not in ended.text


@pytest.mark.parametrize("command", [*QUICK, BUILD], ids=lambda command: command.name)
@pytest.mark.parametrize("fault", REASONS)
def test_a_write_that_fails_at_any_moment_leaves_the_old_state(
    bench: Bench, matrix: Matrix, command: Command, fault: str
) -> None:
    if command is BUILD:
        assert bench.run(*command.at(bench.root)).status == 0
    command.prepare(bench.root)
    bench.save()
    old, site = bench.sources(), bench.site()
    lines = command is not BUILD
    # Of what became read-only in the middle, nothing can be undone before it is writable again.
    undoes = command.together and fault == "full"
    undisturbed = bench.run(*command.at(bench.root), lines=lines)
    new = bench.sources()
    for at in moments(undisturbed.moments, max(1, kills() // 3)):
        bench.restore()
        ended = bench.run(
            *command.at(bench.root), fault=fault, at=at, lines=lines, below=bench.root
        )
        now, kept = bench.sources(), bench.site() == site
        again = bench.run(*command.at(bench.root))
        in_time = ended.status == 0 and now == new  # all had been written by then
        told = {
            "refused": in_time or refused(ended, fault),
            "old": in_time or (now == old if undoes else not is_torn(now, old, new)),
            "site as it was": kept or (command is BUILD and ended.status == 0),
            "succeeds with room": again.status == 0 or "same-paper" in again.text,
            "completed": bench.sources() == new and not bench.strays(),
        }
        matrix.add(command.name, fault, all(told.values()))
        assert all(told.values()), (at, told, ended, again)


def test_a_disk_that_is_full_for_a_forked_process_leaves_the_old_site(
    bench: Bench, matrix: Matrix
) -> None:
    words = BUILD.at(bench.root)
    set_state(bench, "One")
    assert bench.run(*words).status == 0
    old = bench.site()
    set_state(bench, "Other")
    theirs = bench.root / "build/site/en/papers/tidy_scale"
    ended = bench.run(*words, fault="full", below=theirs, forked=True)
    told = {
        "refused": refused(ended, "full") and "cannot-write" in ended.text,
        "site as it was": bench.site() == old,
        "succeeds with room": bench.run(*words).status == 0 and bench.site() != old,
        "nothing left over": not bench.strays(),
    }
    matrix.add("build", "full", all(told.values()))
    assert all(told.values()), (told, ended)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Bench]:
    """A base on a disk of two megabytes, seen from outside."""
    folder = tmp_path / "disk"
    folder.mkdir()
    forker = Forker(tmp_path, namespaces.small_disk("2m", folder))
    seen = Path(f"/proc/{forker.pid}/root{folder}")
    forker("schema")  # now the disk is there
    bench = Bench(small_base(seen / "base"), forker)
    bench.called = folder / "base"
    yield bench
    forker.close()


@needs_disks
@pytest.mark.parametrize("command", [*QUICK, BUILD], ids=lambda command: command.name)
def test_on_a_small_disk(small: Bench, matrix: Matrix, command: Command) -> None:
    command.prepare(small.root)
    old = small.sources()
    filler = small.root.with_name("filler")
    for kilobytes in FREE:
        free = os.statvfs(small.root)
        filler.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - kilobytes * 1024)))
        ended = small.run(*command.at(small.called))
        if ended.status == 0 and command is not BUILD:
            break
        whole = small.sources() == old if command.together else not small.strays()
        survived = refused(ended, "full") and whole and not small.site()
        matrix.add(command.name, "small disk", survived)
        assert survived, (kilobytes, ended, small.strays())
        filler.unlink()
    filler.unlink(missing_ok=True)
    if command is not BUILD:
        assert "Traceback" not in small.run(*command.at(small.called)).text
        assert small.strays() == []


@needs_disks
@pytest.mark.parametrize("command", [*QUICK, BUILD], ids=lambda command: command.name)
def test_in_a_folder_that_cannot_be_written(
    bench: Bench, matrix: Matrix, tmp_path: Path, command: Command
) -> None:
    command.prepare(bench.root)
    old = bench.sources()
    (tmp_path / "other").mkdir()
    forker = Forker(tmp_path / "other", namespaces.read_only(bench.root))
    ended = forker(*command.at(bench.root))
    checked = forker(f"--root={bench.root}", "check")
    forker.close()
    survived = refused(ended, "read-only") and bench.sources() == old
    matrix.add(command.name, "read-only mount", survived)
    assert survived, ended
    assert checked.status == 0, checked
