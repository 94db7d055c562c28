"""Pages whose bodies wait on disk, until the shells are there that they go into.

Bodies are put away by the process that makes them, as they are made: none travels between
processes, and none holds more than one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from markupsafe import Markup

from paper_notes.pages.page import Page


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page without its body, and where that is."""

    head: Page
    file: int  # open in every process that is forked later
    start: int
    length: int

    def page(self) -> Page:
        """The whole page. Raises OSError where it cannot be read."""
        body = os.pread(self.file, self.length, self.start)
        return replace(self.head, body=Markup(body.decode()))


class Spool:
    """A file without a name that one process at a time fills; places in it are known only there."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._end = 0

    def put(self, page: Page) -> Waiting:
        """Put the page's body away. Raises OSError where there is no room."""
        body = page.body.encode()
        waiting = Waiting(replace(page, body=Markup("")), self._file, self._end, len(body))
        while body:
            written = os.pwrite(self._file, body, self._end)
            self._end += written
            body = body[written:]
        return waiting


Spools: TypeAlias = Callable[[], Spool]  # gives a new one. Raises OSError where it cannot


@contextmanager
def spools(folder: Path) -> Iterator[Spools]:
    """Spools in this folder, gone afterwards."""
    with ExitStack() as files:
        yield lambda: Spool(files.enter_context(tempfile.TemporaryFile(dir=folder)).fileno())
