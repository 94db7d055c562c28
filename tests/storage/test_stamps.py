"""A file is read again only where it can have changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from paper_notes.storage.stamps import Stamps


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("one")
    return path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a minute later: the file has settled."""
    now = time.time_ns() + 60 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: now)


def content(path: str) -> str:
    return Path(path).read_text()


def refuse(path: str) -> str:
    raise AssertionError(f"{path} was read again")


def remembered(file: Path) -> Stamps:
    """Stamps that have been saved after the file was read, and are read back."""
    stamps = Stamps(file.parent / "stamps.json")
    assert stamps.digest(str(file), content) == "one"
    stamps.save()
    return Stamps(file.parent / "stamps.json")


@pytest.mark.usefixtures("later")
def test_an_unchanged_file_is_not_read_again(file):
    assert remembered(file).digest(str(file), refuse) == "one"


@pytest.mark.usefixtures("later")
def test_a_change_that_keeps_size_and_time_is_noticed(file):
    stamps, before = remembered(file), file.stat()
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert stamps.digest(str(file), content) == "two"


@pytest.mark.usefixtures("later")
def test_another_file_in_its_place_is_noticed(file):
    stamps, other = remembered(file), file.with_name("b.txt")
    other.write_text("two")
    other.replace(file)
    assert stamps.digest(str(file), content) == "two"


def test_a_file_that_changed_a_moment_ago_is_not_trusted(file):
    with pytest.raises(AssertionError, match="was read again"):
        remembered(file).digest(str(file), refuse)


def test_a_file_that_is_not_there_is_no_digest(file):
    file.unlink()
    with pytest.raises(FileNotFoundError):
        Stamps(file.parent / "stamps.json").digest(str(file), content)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'{"a": 1}', b'{"a": [1]}'])
def test_damaged_stamps_are_none(file, damage):
    path = file.parent / "stamps.json"
    path.write_bytes(damage)
    assert Stamps(path).digest(str(file), content) == "one"


@pytest.mark.usefixtures("later")
def test_where_nothing_can_be_written_it_goes_on(file):
    stamps = Stamps(file / "stamps.json")
    assert stamps.digest(str(file), content) == "one"
    stamps.save()


@pytest.mark.usefixtures("later")
def test_what_one_process_has_learnt_another_takes_over(file):
    one, other = Stamps(file.parent / "1.json"), Stamps(file.parent / "2.json")
    one.digest(str(file), content)
    other.learn(one.learnt)
    assert other.digest(str(file), refuse) == "one"


@pytest.mark.usefixtures("later")
def test_it_is_known_which_files_need_not_be_read(file):
    stamps = remembered(file)
    assert stamps.knows(str(file))
    assert not stamps.knows(str(file.with_name("b.txt")))
    file.write_text("two")
    assert not stamps.knows(str(file))


@pytest.mark.usefixtures("later")
def test_what_is_forgotten_is_not_kept(file):
    stamps = remembered(file)
    stamps.forget(str(file))
    stamps.save()
    assert not Stamps(file.parent / "stamps.json").knows(str(file))
