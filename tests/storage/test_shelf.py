"""Values that were put away come back as they were."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from paper_notes.storage.shelf import Shelf

OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture
def shelf() -> Shelf[Any]:
    return Shelf(json.loads)


def put(shelf: Shelf[Any], name: str, value: object) -> None:
    shelf.put(name, value, json.dumps(value).encode())


def test_what_was_put_away_comes_back(shelf: Shelf[Any]) -> None:
    put(shelf, "a", [1, 2])
    put(shelf, "b", "three")
    assert (shelf["a"], shelf["b"]) == ([1, 2], "three")


def test_names_are_sorted_however_they_came(shelf: Shelf[Any]) -> None:
    put(shelf, "b", 1)
    shelf.put("c", 2, None)
    put(shelf, "a", 3)
    assert list(shelf.items()) == [("a", 3), ("b", 1), ("c", 2)]


def test_a_shelf_equals_a_dictionary_of_the_same(shelf: Shelf[Any]) -> None:
    put(shelf, "a", 1)
    assert shelf == {"a": 1}
    assert len(shelf) == 1


def test_a_name_that_nobody_put_there_is_an_error(shelf: Shelf[Any]) -> None:
    put(shelf, "a", 1)
    assert "b" not in shelf
    with pytest.raises(KeyError):
        shelf["b"]


def test_more_than_is_kept_at_hand_comes_back(shelf: Shelf[Any]) -> None:
    for number in range(1000):
        put(shelf, f"{number:04}", number)
    assert list(shelf.values()) == list(range(1000))


def test_a_value_stays_at_hand_where_there_is_no_room_for_a_file(
    shelf: Shelf[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    put(shelf, "a", 1)
    assert shelf["a"] == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.usefixtures("no_other_threads")
def test_a_forked_process_reads_it_as_well(shelf: Shelf[Any]) -> None:
    put(shelf, "a", 41)
    child = os.fork()
    if not child:
        os._exit(shelf["a"] + 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="there is no /proc to count open files in")
def test_the_file_goes_with_the_shelf() -> None:
    before = len(list(OPEN_FILES.iterdir()))
    shelf: Shelf[Any] = Shelf(json.loads)
    put(shelf, "a", 1)
    assert len(list(OPEN_FILES.iterdir())) == before + 1
    del shelf
    assert len(list(OPEN_FILES.iterdir())) == before
