"""What browsers are to see."""

from __future__ import annotations

import threading

from paper_notes.site.serving.board import Board


def test_newer_pages_take_the_place_of_newer_ones_only() -> None:
    board = Board()
    board.show({"a/": b"1", "b/": b"1"}, ())
    board.show({"a/": b"2"}, ())
    assert board.state.pages == {"a/": b"2", "b/": b"1"}


def test_once_the_folder_has_everything_nothing_stands_before_it() -> None:
    board = Board()
    board.show({"a/": b"1"}, ())
    board.settle(())
    assert board.state.pages == {}


def test_a_state_that_was_read_does_not_change() -> None:
    board = Board()
    state = board.state
    board.show({"a/": b"1"}, ())
    assert (state.number, state.pages) == (0, {})


def test_who_waits_is_told_of_the_next_state() -> None:
    board = Board()
    seen = board.state
    threading.Timer(0.01, board.show, ({"a/": b"1"}, ())).start()
    assert board.wait(seen, 60).pages == {"a/": b"1"}


def test_what_happened_before_the_waiting_is_not_missed() -> None:
    board = Board()
    seen = board.state
    board.show({}, ())
    assert board.wait(seen, 60).number == 1


def test_who_waits_in_vain_sees_the_same_again() -> None:
    board = Board()
    assert board.wait(board.state, 0) is board.state
