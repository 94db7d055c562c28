"""A static host on loopback as the public ones are: gzip, and the site below a sub-path."""

from __future__ import annotations

import functools
import gzip
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

SUB_PATH = "/notes/"  # project pages live below one: an absolute link would show
_TEXT = {".html", ".css", ".js", ".svg", ".json", ".xml", ".txt", ".md", ".bib"}


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of the site while the context is open."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Host, site=site)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}"
        finally:
            server.shutdown()
            thread.join()


class _Host(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a file waits 40 ms for what is still to be sent with it

    def __init__(self, *arguments: object, site: Path) -> None:
        super().__init__(*arguments, directory=str(site))  # type: ignore[arg-type]

    def send_head(self) -> BinaryIO | None:  # type: ignore[override]
        if not self.path.startswith(SUB_PATH):
            self.send_error(404)
            return None
        self.path = "/" + self.path.removeprefix(SUB_PATH)
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (packed and path.is_file() and path.suffix in _TEXT):
            return super().send_head()  # type: ignore[return-value]
        content = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        return io.BytesIO(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
