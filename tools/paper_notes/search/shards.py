"""The index cut into files of a few kilobytes, so that a query loads only what it needs.

Entries are in order and neighbours stay together: the words that begin like what was typed are in
the same file. Where each file begins is said by chapters, which are cut in the same way; a browser
has to know no more than where each chapter begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SIZE = 2000  # characters of a file; an entry alone may be longer
CHAPTER = 128  # files of a chapter

Entries = Mapping[str, str]


@dataclass(frozen=True)
class Shards:
    """The index in files; `starts[i]` comes not after the first key of `files[i]`."""

    files: Sequence[Entries]
    starts: Sequence[str]

    @property
    def chapters(self) -> Sequence[Sequence[str]]:
        """The starts of the files, a chapter at a time."""
        return [self.starts[at : at + CHAPTER] for at in range(0, len(self.starts), CHAPTER)]

    def contents(self) -> Mapping[str, object]:
        """Every file by the name that the engine asks for."""
        files = {str(number): file for number, file in enumerate(self.files)}
        chapters = {f"c{number}": chapter for number, chapter in enumerate(self.chapters)}
        return {**files, **chapters}


def cut(entries: Entries) -> Shards:
    """The sorted entries in files; a start is as short as tells two files apart."""
    files = list(_files(entries)) or [{}]
    starts = [""]
    for before, after in pairwise(files):
        starts.append(_shortest_between(next(reversed(before)), next(iter(after))))
    return Shards(files, starts)


def _files(entries: Entries) -> Iterator[dict[str, str]]:
    current: dict[str, str] = {}
    room = SIZE
    for key, entry in entries.items():
        size = len(key) + len(entry)
        if current and size > room:
            yield current
            current, room = {}, SIZE
        current[key] = entry
        room -= size
    if current:
        yield current


def _shortest_between(before: str, after: str) -> str:
    """The shortest beginning of `after` that comes behind `before`."""
    return next(after[:n] for n in range(1, len(after) + 1) if after[:n] > before)
