"""The web server, asked as browsers and others ask."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from paper_notes.site.serving.board import Board
from paper_notes.site.serving.client import EVENTS, SCRIPT
from paper_notes.site.serving.host import PortTaken, hosting

PAGE = b"<head></head><body>en</body>"


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def port(tmp_path: Path, board: Board) -> Iterator[int]:
    (tmp_path / "en").mkdir()
    (tmp_path / "en/index.html").write_bytes(PAGE)
    (tmp_path / "style.css").write_bytes(b"p {}")
    with hosting(tmp_path, board, 0) as port:
        yield port


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_a_page_comes_with_the_script_and_is_not_kept(port: int) -> None:
    answer, content = ask(port, "/en/?q=1")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert SCRIPT.encode() in content


def test_other_files_come_as_they_are(port: int) -> None:
    answer, content = ask(port, "/style.css?v=1")
    assert (answer.headers["Content-Type"], content) == ("text/css; charset=utf-8", b"p {}")


def test_asked_for_the_head_alone_it_sends_no_more(port: int) -> None:
    answer, content = ask(port, "/style.css", "HEAD")
    assert (answer.status, answer.headers["Content-Length"], content) == (200, "4", b"")


def test_the_script_is_there(port: int) -> None:
    assert b"EventSource" in ask(port, SCRIPT)[1]


def test_a_page_without_its_slash_is_asked_for_again(port: int) -> None:
    answer, _ = ask(port, "/en")
    assert (answer.status, answer.headers["Location"]) == (301, "/en/")


def test_what_is_not_there_is_not_found(port: int) -> None:
    assert ask(port, "/nowhere/")[0].status == 404
    assert ask(port, "/../../etc/passwd")[0].status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_done_here_but_read(port: int, method: str) -> None:
    assert ask(port, "/en/", method)[0].status == 501


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:8000", "LOCALHOST:1"])
def test_this_machine_is_answered(port: int, host: str) -> None:
    assert ask(port, "/en/", Host=host)[0].status == 200


@pytest.mark.parametrize(
    "host", ["example.org", "127.0.0.1.example.org", "localhost.example.org:80", "", "[::1", "@"]
)
@pytest.mark.parametrize("path", ["/en/", EVENTS])
def test_a_strangers_name_is_refused(port: int, host: str, path: str) -> None:
    assert ask(port, path, Host=host)[0].status == 421


def test_a_listener_hears_that_its_page_changed(port: int, board: Board) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"{EVENTS}?page=/en/")
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.readline() == b"event: problems\n"
    board.show({"en/": b"new"}, ())
    lines = iter(answer.readline, b"")
    assert b"event: reload\n" in lines
    connection.close()


def test_a_taken_port_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTaken), hosting(Path(), Board(), taken.getsockname()[1]):
            pass


def test_a_port_that_cannot_be_is_said() -> None:
    with pytest.raises(PortTaken), hosting(Path(), Board(), 65536):
        pass
