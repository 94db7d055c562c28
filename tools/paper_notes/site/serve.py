"""A server for writing: a saved note is on the page at once, the rest of the site behind it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from paper_notes.site.serving.background import Builder
from paper_notes.site.serving.board import Board
from paper_notes.site.serving.host import PortTaken, hosting
from paper_notes.site.serving.session import Message, Session
from paper_notes.site.serving.watch import watching

__all__ = ["PortTaken", "serve"]


def serve(root: Path, port: int, say: Callable[[str], None]) -> bool:
    """Serve the site below root at http://127.0.0.1:port/ until interrupted.

    False where it could not be built and no older one stands. Raises PortTaken.
    """
    site = (root / "site").resolve()
    board, inbox = Board(), SimpleQueue[Message]()
    with (
        hosting(site, board, port) as found,
        watching(root, inbox.put),
        contextlib.closing(Builder(root, inbox.put)) as builder,
    ):
        say(f"serving http://127.0.0.1:{found}/ until Ctrl-C")
        with contextlib.closing(Session(root, site, inbox, board, builder, say)) as session:
            try:
                return session.run()
            except KeyboardInterrupt:
                return True
