"""A file that changes, grows, vanishes or turns into something else while it is read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from paper_notes.cli import main
from paper_notes.notes import format_command
from paper_notes.snippets import cache, run
from paper_notes.snippets.limits import Limits
from paper_notes.storage import files
from paper_notes.storage.files import read_text
from tests.faults.commands import untidy

PATH = PurePosixPath("x.yaml")
NOTE = "papers/tidy_scale.yaml"


def after_looking(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Let the change happen between the look at a file and its opening."""
    look = files._refusal

    def looked(*arguments: object) -> object:
        refused = look(*arguments)
        change()
        return refused

    monkeypatch.setattr(files, "_refusal", looked)


def while_reading(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Let the change happen when a file is open and has not been read."""
    opened = os.fdopen

    def opening(*arguments: object) -> object:
        stream = opened(*arguments)
        read = stream.read

        class Slow:
            def __enter__(self) -> Slow:
                return self

            def __exit__(self, *_: object) -> None:
                stream.close()

            def fileno(self) -> int:
                return int(stream.fileno())

            def read(self, size: int) -> bytes:
                half = read(2)
                change()
                return bytes(half + read(size - 2))

        return Slow()

    monkeypatch.setattr(files.os, "fdopen", opening)


@pytest.mark.parametrize("writer", [False, True])
def test_a_pipe_in_its_place_is_refused_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: bool
) -> None:
    file = tmp_path / PATH
    file.write_text("whole")
    ends = []

    def replace() -> None:
        file.unlink()
        os.mkfifo(file)
        if writer:
            ends.append(os.open(file, os.O_RDWR))

    after_looking(monkeypatch, replace)
    text, [problem] = read_text(tmp_path, PATH, 100)
    assert (text, problem.code) == (None, "unreadable")
    for end in ends:
        os.close(end)


def test_a_link_in_its_place_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("secret")
    file = tmp_path / PATH
    file.write_text("whole")
    after_looking(monkeypatch, lambda: (file.unlink(), file.symlink_to("secret")))
    text, [problem] = read_text(tmp_path, PATH, 100)
    assert (text, problem.code) == (None, "unreadable")


def test_a_file_that_vanishes_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / PATH
    file.write_text("whole")
    after_looking(monkeypatch, file.unlink)
    text, [problem] = read_text(tmp_path, PATH, 100)
    assert (text, problem.code) == (None, "unreadable")


@pytest.mark.parametrize("after", ["much longer than before", "x", ""])
def test_half_of_the_old_and_half_of_the_new_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    file = tmp_path / PATH
    file.write_text("whole")
    while_reading(monkeypatch, lambda: file.write_text(after))
    text, [problem] = read_text(tmp_path, PATH, 100)
    assert (text, problem.code) == (None, "unreadable")
    assert "changed" in problem.message


def test_a_file_that_grows_without_end_is_not_read_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / PATH
    file.write_text("whole")
    while_reading(monkeypatch, lambda: file.write_text("x" * 100_000))
    text, problems = read_text(tmp_path, PATH, 100)
    assert (text, len(problems)) == (None, 1)


@pytest.mark.parametrize("saved", ["what a person saved meanwhile\n", None])
def test_fmt_does_not_write_over_what_was_saved_meanwhile(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    saved: str | None,
) -> None:
    untidy(root)
    format_text = format_command.formatted

    def saving(text: str, path: PurePosixPath) -> object:
        if str(path) == NOTE:
            (root / NOTE).unlink() if saved is None else (root / NOTE).write_text(saved)
        return format_text(text, path)

    monkeypatch.setattr(format_command, "formatted", saving)
    assert main([f"--root={root}", "fmt"]) == 1
    assert NOTE in capsys.readouterr().err
    kept = (root / NOTE).read_text() if (root / NOTE).exists() else None
    assert kept == saved


def test_a_file_that_changes_while_a_snippet_runs_is_noticed(root: Path) -> None:
    path, unchanged = "snippets/tidy_scale.py", "snippets/folded_words.py"
    keys = cache.Keys(root)
    keys.look_at([path, unchanged])
    (root / path).write_text("another", encoding="utf-8")
    assert keys.changed([path, unchanged]) == [path]


def test_a_snippet_that_changes_while_it_runs_has_proved_nothing(root: Path) -> None:
    job, keys, options = run.job_for("tidy_scale", Limits()), cache.Keys(root), run.Options()
    keys.look_at([job.path, job.tests])
    (root / job.path).write_text("another", encoding="utf-8")
    raw = {"status": "passed", "seconds": 1.0, "python": "", "torch": "", "error": ""}
    result = run.result_of(job, {**raw, "complete": True, "sandbox": {}}, keys, options)
    assert (result.status, job.path in result.error) == ("failed", True)
    assert not cache.Keys(root).matches(result)


@pytest.mark.parametrize("year", [1971, 2100])
def test_a_change_is_noticed_whatever_the_clock_says(root: Path, year: int) -> None:
    path = root / "snippets/tidy_scale.py"
    seconds = (year - 1970) * 365 * 86400
    os.utime(path, (seconds, seconds))
    before = cache.Keys(root)
    first = before.key([f"snippets/{path.name}"], (), "")
    before.remember()
    content = path.read_bytes()
    path.write_bytes(content.swapcase())
    os.utime(path, (seconds, seconds))
    assert cache.Keys(root).key([f"snippets/{path.name}"], (), "") != first
    path.write_bytes(content)
    assert cache.Keys(root).key([f"snippets/{path.name}"], (), "") == first
