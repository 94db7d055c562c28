"""Tells of files as they are saved, however an editor saves them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from watchdog.events import (
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

# Folders with what a site is made from; of the root and of build/ only what lies in them directly.
_DEEP = ("papers", "snippets", "tests/snippets", "docs")
_FLAT = ("", "build")

# Not: opened, and closed without a change. We cause those ourselves by reading.
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileClosedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirMovedEvent,
]


@contextmanager
def watching(root: Path, tell: Callable[[PurePosixPath], object]) -> Iterator[None]:
    """Within, `tell` gets the path below root of each file that changes, from another thread."""
    observer = _observer(root, tell, Observer())
    try:
        observer.start()
    except OSError:  # the system watches no more files for us: then we have to look
        observer = _observer(root, tell, PollingObserver())
        observer.start()
    try:
        yield
    finally:
        observer.stop()
        observer.join()


def _observer(
    root: Path, tell: Callable[[PurePosixPath], object], observer: BaseObserver
) -> BaseObserver:
    handler = _Handler(root.resolve(), tell)
    for folder in (*_DEEP, *_FLAT):
        place = handler.root / folder
        if place.is_dir():
            observer.schedule(handler, str(place), recursive=folder in _DEEP, event_filter=_EVENTS)
    return observer


class _Handler(FileSystemEventHandler):
    def __init__(self, root: Path, tell: Callable[[PurePosixPath], object]) -> None:
        self.root = root
        self._tell = tell

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (event.src_path, event.dest_path):
            if path:
                self._tell(PurePosixPath(Path(os.fsdecode(path)).relative_to(self.root)))
