"""A server on loopback that answers as arXiv and Crossref do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from paper_notes.intake.lookup import Catalogues

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title>{}</feed>"""
ENTRY = """<entry><id>http://arxiv.org/abs/{id}v3</id><published>{year}-03-22T17:57:16Z</published>
<updated>2024-06-11T00:00:00Z</updated><title>{title}</title><summary>…</summary>{authors}
<arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">{doi}</arxiv:doi></entry>"""
UNKNOWN = """<entry><id>http://arxiv.org/api/errors#incorrect_id</id><title>Error</title>
<summary>incorrect id format</summary><author><name>arXiv api core</name></author></entry>"""


def entry(id: str, title: str, authors: list[str], year: int = 2018, doi: str = "") -> str:
    """One paper as arXiv's Atom interface gives it."""
    names = "".join(f"<author><name>{name}</name></author>" for name in authors)
    return ENTRY.format(id=id, title=title, authors=names, year=year, doi=doi)


@dataclass
class Server:
    """What the server knows, how it misbehaves, and what it was asked."""

    address: str = ""
    papers: dict[str, str] = field(default_factory=dict)  # arXiv id → entry
    works: dict[str, dict[str, Any]] = field(default_factory=dict)  # DOI → Crossref's message
    failures: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # given first
    raw: bytes | None = None  # answered to everything
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, user agent

    @property
    def catalogues(self) -> Catalogues:
        """The server in place of both catalogues."""
        return Catalogues(f"{self.address}/api/query", f"{self.address}/works")

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a request."""
        if self.failures:
            status, headers = self.failures.pop(0)
            return status, headers, b"busy"
        if self.raw is not None:
            return 200, {}, self.raw
        parts = urlsplit(path)
        if parts.path == "/api/query":
            (id,) = parse_qs(parts.query)["id_list"]
            return 200, {}, ATOM.format(self.papers.get(id, UNKNOWN)).encode()
        work = self.works.get(unquote(parts.path.removeprefix("/works/")))
        if work is None:
            return 404, {}, b"Resource not found."
        return 200, {}, json.dumps({"status": "ok", "message": work}).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server that knows Group Normalization, and more by what a test adds."""
    known = Server()
    known.papers["1803.08494"] = entry(
        "1803.08494", "Group\n  Normalization", ["Yuxin Wu", "Kaiming He"]
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append((self.path, self.headers["User-Agent"]))
            status, headers, body = known.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.address = f"http://127.0.0.1:{running.server_port}"
    thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield known
    running.shutdown()
    running.server_close()
    thread.join()
