"""The web server: on this machine only, for this machine only."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from urllib.parse import parse_qs, urlsplit

from paper_notes.site.serving.board import Board
from paper_notes.site.serving.client import EVENTS, SCRIPT, mark_of, script, with_client
from paper_notes.site.serving.find import HTML, Found, find
from paper_notes.site.serving.stream import marker, stream

ADDRESS = "127.0.0.1"
_OURS = {ADDRESS, "localhost"}


@contextmanager
def hosting(site: Path, board: Board, port: int) -> Iterator[int]:
    """Within, the site is served; gives the port, which is a free one where 0 was asked for.

    Raises PortTaken where another program listens there.
    """
    handler = functools.partial(_Handler, site=site, board=board)
    try:
        server = _Server((ADDRESS, port), handler)
    except (OSError, OverflowError) as error:
        raise PortTaken(getattr(error, "strerror", None) or str(error)) from None
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,))
        thread.start()
        try:
            yield server.server_port
        finally:
            board.close()
            server.shutdown()
            thread.join()


class PortTaken(Exception):  # noqa: N818 (what it says is the error)
    """The port cannot be had; the message is the system's reason."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a browser that reads slowly keeps nobody from leaving
    block_on_close = False
    request_queue_size = 64

    def server_bind(self) -> None:
        """Bind without asking name servers what we are called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.socket.getsockname()[1]

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):  # the browser went away: that is its right
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "paper-notes", ""
    disable_nagle_algorithm = True
    timeout = 60  # seconds that a connection may stay open without a request

    def __init__(self, *arguments: object, site: Path, board: Board) -> None:
        self._site = site
        self._board = board
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer a browser."""
        if not self._is_for_us():
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "This server answers to localhost only")
            return
        address = urlsplit(self.path)
        if address.path == EVENTS:
            self._stream(parse_qs(address.query, keep_blank_values=True))
        elif address.path == SCRIPT:
            self._send(Found(HTTPStatus.OK, "text/javascript; charset=utf-8", script()))
        else:
            self._send(self._page(address.path))

    do_HEAD = do_GET  # noqa: N815

    def _is_for_us(self) -> bool:
        """Whether the browser thinks that we are this machine.

        A stranger's page can lead the browser here under the stranger's own name, as whose it could
        then read what we answer.
        """
        try:
            return urlsplit(f"//{self.headers.get('Host', '')}").hostname in _OURS
        except ValueError:
            return False

    def _page(self, path: str) -> Found:
        found = find(self._site, self._board.state.pages, path)
        if found.kind != HTML:
            return found
        mark = mark_of(found.content if found.status is HTTPStatus.OK else None)
        return Found(found.status, HTML, with_client(found.content, mark), found.location)

    def _send(self, found: Found) -> None:
        self.send_response(found.status)
        self.send_header("Content-Type", found.kind)
        self.send_header("Content-Length", str(len(found.content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if found.location:
            self.send_header("Location", found.location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(found.content)

    def _stream(self, query: dict[str, list[str]]) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        mark = marker(self._site, query.get("page", ["/"])[0])
        for event in stream(self._board, mark, query.get("mark", [None])[0]):
            self.wfile.write(event)

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal is for what was saved."""
