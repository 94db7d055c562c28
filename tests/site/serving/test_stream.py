"""What a listening page is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from paper_notes.problems import Place, Problem
from paper_notes.site.serving import stream as streaming
from paper_notes.site.serving.board import Board
from paper_notes.site.serving.client import mark_of
from paper_notes.site.serving.stream import STILL_HERE, marker, stream

PROBLEM = Problem(Place(PurePosixPath("papers/a.yaml"), 3, 5), "year", "no year <b>", "write one")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_bytes(b"old")
    return tmp_path


def listen(site: Path, board: Board, known: str | None = None) -> Iterator[tuple[str, object]]:
    for event in stream(board, marker(site, "/a/"), known):
        name, _, data = event.decode().partition("\n")
        yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_the_listener_first_hears_what_is_wrong(site: Path) -> None:
    board = Board()
    board.show({}, (PROBLEM,))
    shown = {"place": "papers/a.yaml:3:5", "code": "year", "message": "no year <b>"}
    assert next(listen(site, board)) == ("problems", [{**shown, "hint": "write one"}])


def test_a_page_that_was_replaced_is_to_be_loaded_again(site: Path) -> None:
    board = Board()
    events = listen(site, board)
    next(events)
    board.show({"a/": b"new"}, ())
    assert next(events) == ("reload", {"mark": mark_of(b"new")})


def test_a_page_that_changed_before_anyone_listened_is_loaded_again(site: Path) -> None:
    events = listen(site, Board(), known=mark_of(b"older"))
    assert [next(events)[0], next(events)[0]] == ["problems", "reload"]


def test_other_pages_do_not_matter(site: Path) -> None:
    board = Board()
    events = listen(site, board)
    next(events)
    board.show({"b/": b"new"}, ())
    board.show({}, (PROBLEM,))
    assert next(events)[0] == "problems"


def test_a_folder_that_has_the_same_page_now_changes_nothing(site: Path) -> None:
    board = Board()
    board.show({"a/": b"new"}, ())
    events = listen(site, board)
    next(events)
    (site / "a/index.html").write_bytes(b"new")
    board.settle((PROBLEM,))
    assert next(events)[0] == "problems"


def test_a_page_that_came_to_be_is_loaded(site: Path) -> None:
    board = Board()
    events = stream(board, marker(site, "/b/"), "")
    next(events)
    board.show({"b/": b"new"}, ())
    assert next(events).startswith(b"event: reload")


def test_the_stream_ends_with_the_board(site: Path) -> None:
    board = Board()
    events = listen(site, board)
    next(events)
    board.close()
    assert list(events) == []


def test_silence_is_broken_now_and_then(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "_SECONDS", 0)
    events = stream(Board(), marker(site, "/a/"), None)
    assert [next(events), next(events)][1] == STILL_HERE
