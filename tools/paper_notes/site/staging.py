"""The folder that becomes the site: what changed is written, what did not is linked from the old.

Two folders then share a file, so that a file which was linked is never written in place.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from paper_notes.site.manifest import Entry, Manifest, digest

# The marks of style sheets that are cut down to what all pages use are known when all pages are
# made. Until then pages hold this in their place: as long as a mark, so that it can be put there.
UNKNOWN = "0" * 10
_ACCOUNT = msgspec.msgpack.Decoder(tuple[dict[str, Entry], set[str]])
_HEAD = 1 << 18  # bytes in which a page's head ends


@dataclass
class Staging:
    """A staged site, and the site that stands."""

    folder: Path
    standing: Path
    old: Manifest
    entries: dict[str, Entry] = field(default_factory=dict)  # of what was written or linked here
    fresh: set[str] = field(default_factory=set)  # what was written
    late: Mapping[str, str] = field(default_factory=dict)  # marks that were put in
    _folders: set[str] = field(default_factory=set)

    def write_all(self, files: Iterable[tuple[str, str | bytes]]) -> None:
        """Make several."""
        for path, content in files:
            self.write(path, content)

    def write(self, path: str, content: str | bytes) -> None:
        """Make a file of the site.

        Raises FileExistsError where it is there already; OSError where it cannot be written.
        """
        if isinstance(content, str):
            content = content.encode()
        mark = digest(content)
        target = f"{self.folder}/{path}"
        self._make_room(target)
        entry = self._link(path, target, mark)
        if entry is None:
            with open(target, "xb") as stream:  # noqa: PTH123 (tens of thousands of times)
                stream.write(content)
            found = os.stat(target)  # noqa: PTH116
            entry = (found.st_size, found.st_mtime_ns, mark)
            self.fresh.add(path)
        self.entries[path] = entry

    def _link(self, path: str, target: str, mark: str) -> Entry | None:
        """Link the standing file if it was made of the same content and nobody has touched it."""
        entry = self.old.entries.get(path)
        if entry is None or entry[2] != mark:
            return None
        place = f"{self.standing}/{path}"
        try:
            found = os.lstat(place)
            if (found.st_size, found.st_mtime_ns) != entry[:2]:
                return None
            os.link(place, target, follow_symlinks=False)
        except OSError:  # it is not there, or this file system has no links
            return None
        return entry

    def _make_room(self, target: str) -> None:
        folder = target.rpartition("/")[0]
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            self._folders.add(folder)

    @property
    def account(self) -> bytes:
        """What was put here, for `take`; as Python values it would be five times as much."""
        return msgspec.msgpack.encode((self.entries, self.fresh))

    def take(self, account: bytes) -> None:
        """Take over what another process has put here."""
        entries, fresh = _ACCOUNT.decode(account)
        self.entries.update(entries)
        self.fresh.update(fresh)

    @property
    def manifest(self) -> Manifest:
        """What is here now, for the next build."""
        return Manifest(self.entries, self.late)

    def put_marks(self, late: Mapping[str, str]) -> None:
        """Put the marks of these style sheets into every page, now that they are known.

        Raises OSError where a page cannot be written.
        """
        self.late = late
        for path in self.entries:
            if path.endswith(".html") and path in self.fresh:
                self._fill_in(path, late)
            elif path.endswith(".html") and late != self.old.late:
                self._exchange(path, late)

    def _fill_in(self, path: str, late: Mapping[str, str]) -> None:
        """Write the marks in place: the file is this build's own, and they are as long."""
        with open(f"{self.folder}/{path}", "r+b", buffering=0) as stream:  # noqa: PTH123
            head = stream.read(_HEAD)
            for name, mark in late.items():
                at = head.find(_marked(name, UNKNOWN))
                if at >= 0:
                    stream.seek(at)
                    stream.write(_marked(name, mark))
        self._note(path)

    def _exchange(self, path: str, late: Mapping[str, str]) -> None:
        """Write the page anew: the file is the standing site's as well."""
        target = Path(f"{self.folder}/{path}")
        content = target.read_bytes()
        for name, mark in late.items():
            before = _marked(name, self.old.late.get(name, UNKNOWN))
            content = content.replace(before, _marked(name, mark), 1)
        target.unlink()
        target.write_bytes(content)
        self.fresh.add(path)
        self._note(path)

    def _note(self, path: str) -> None:
        found = os.stat(f"{self.folder}/{path}")  # noqa: PTH116
        self.entries[path] = (found.st_size, found.st_mtime_ns, self.entries[path][2])


def _marked(name: str, mark: str) -> bytes:
    return f'{name}?v={mark}"'.encode()
