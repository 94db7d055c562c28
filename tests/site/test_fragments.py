"""The memory between builds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paper_notes.parallel import shared
from paper_notes.site.fragments import remembered


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fragments.db"


def keep(path: Path, **entries: str) -> None:
    with remembered(path) as fragments:
        fragments.of("kind").update(entries)


def look_up(path: Path, name: str) -> str | None:
    with remembered(path) as fragments:
        return fragments.of("kind").get(name)


def test_what_is_put_in_is_there_at_once_and_next_time(path: Path) -> None:
    with remembered(path) as fragments:
        fragments.of("kind")["a"] = "あ"
        assert fragments.of("kind").get("a") == "あ"
    assert look_up(path, "a") == "あ"


def test_what_was_not_put_in_is_not_there(path: Path) -> None:
    keep(path, a="1")
    assert look_up(path, "b") is None


def test_kinds_are_apart(path: Path) -> None:
    with remembered(path) as fragments:
        fragments.of("one")["a"] = "1"
        assert fragments.of("other").get("a") is None


@pytest.mark.parametrize("damage", [b"", b"{", b"SQLite format 3\0 or so", bytes(5000)])
def test_a_damaged_memory_starts_anew(path: Path, damage: bytes) -> None:
    keep(path, a="1")
    path.write_bytes(damage)
    assert look_up(path, "a") is None
    keep(path, b="2")
    assert look_up(path, "b") == "2"


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_folders_and_links_in_place_of_its_files_give_way(path: Path, ending: str) -> None:
    for way in (lambda place: place.mkdir(), lambda place: place.symlink_to("elsewhere")):
        for place in path.parent.glob(f"{path.name}*"):
            place.unlink()
        way(path.with_name(path.name + ending))
        keep(path, a="1")
        assert look_up(path, "a") == "1"
        assert not path.with_name("elsewhere").exists()


def test_damage_inside_is_not_handed_out(path: Path) -> None:
    text = "something long enough to be found in the file " * 100
    keep(path, **{f"k{n}": f"{n} {text}" for n in range(50)})
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    path.write_bytes(content)
    for number in range(50):
        assert look_up(path, f"k{number}") in (None, f"{number} {text}")


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with remembered(tmp_path / "file/fragments.db") as fragments:
        fragments.of("kind")["a"] = "1"
        assert fragments.of("kind").get("a") == "1"


@pytest.mark.usefixtures("no_other_threads")
def test_forked_processes_read_it_and_hand_back_what_they_made(path: Path) -> None:
    keep(path, known="1")
    parent = os.getpid()

    with remembered(path) as fragments:
        kind = fragments.of("kind")

        def work(name: str) -> tuple[str | None, object]:
            kind[name] = "made elsewhere" if os.getpid() != parent else "made here"
            return kind.get("known"), fragments.gained()

        for known, gained in shared(work, ["a", "b"], 2):
            assert known == "1"
            fragments.add(gained)  # type: ignore[arg-type]
    assert look_up(path, "a") == look_up(path, "b") == "made elsewhere"


def test_what_no_build_uses_is_dropped_after_a_while(path: Path) -> None:
    keep(path, used="1", unused="2")
    for _ in range(20):
        look_up(path, "used")
    assert look_up(path, "used") == "1"
    assert look_up(path, "unused") is None


def test_what_has_just_been_made_is_kept(path: Path) -> None:
    for number in range(20):
        keep(path, **{f"k{number}": "1"})
        assert look_up(path, f"k{number}") == "1"
