"""Pages whose bodies wait on disk, until the shells are there that they go into."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from paper_notes.pages.page import Page


@dataclass(frozen=True)
class Waiting:
    """A page without its body, and where that is."""

    head: Page
    start: int
    length: int


class Spool:
    """A file without a name, which processes that are forked later can read as well."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._end = 0

    def put(self, page: Page) -> Waiting:
        """Put the page's body away. Raises OSError where there is no room."""
        body = page.body.encode()
        waiting = Waiting(replace(page, body=Markup("")), self._end, len(body))
        while body:
            written = os.pwrite(self._file, body, self._end)
            self._end += written
            body = body[written:]
        return waiting

    def get(self, waiting: Waiting) -> Page:
        """The whole page. Raises OSError where it cannot be read."""
        body = os.pread(self._file, waiting.length, waiting.start)
        return replace(waiting.head, body=Markup(body.decode()))


@contextmanager
def spool(folder: Path) -> Iterator[Spool]:
    """A spool in this folder, gone afterwards."""
    with tempfile.TemporaryFile(dir=folder) as file:
        yield Spool(file.fileno())
