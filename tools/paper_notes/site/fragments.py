"""Pieces of pages remembered between builds: formulas, rendered texts, fonts.

Each is a pure function of its key, which holds what it is made from and by which version of what;
so nothing in here is ever stale, and losing it costs only time. SQLite keeps them: a look-up reads
one entry and not all, and processes forked from a build read what it has written so far.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from paper_notes.storage.whole import clear_way

# Which entries are still used is looked at in every so many builds: noting it takes time.
_EVERY = 8
_ENDINGS = ("", "-wal", "-shm")  # of the names of SQLite's files
_TABLE = """CREATE TABLE IF NOT EXISTS fragment
(key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID"""


@dataclass
class Gained:
    """What a process has made, and what it has looked up."""

    made: dict[bytes, bytes] = field(default_factory=dict)
    used: set[bytes] = field(default_factory=set)


@contextmanager
def remembered(path: Path) -> Iterator[Fragments]:
    """The store at this path, which is saved afterwards."""
    fragments = Fragments(path)
    try:
        yield fragments
    finally:
        fragments.close()


class Fragments:
    """The store at a path. Where it cannot be read or written it is empty, and no build fails."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._owner = os.getpid()
        self._gained = Gained()
        self._used: set[bytes] = set()
        self._connection = _opened(path)
        self.build = _number(self._connection) + 1

    def of(self, kind: str) -> MutableMapping[str, str]:
        """The entries of one kind, which names the version of what makes them."""
        return _Kind(self, kind)

    def get(self, key: bytes) -> str | None:
        """The entry, or None where it is not known, or damaged."""
        self._gained.used.add(key)
        packed = self._gained.made.get(key) or self._look_up(key)
        try:
            return None if packed is None else zlib.decompress(packed).decode()
        except (zlib.error, UnicodeDecodeError):
            return None

    def put(self, key: bytes, value: str) -> None:
        """Remember an entry."""
        self._gained.made[key] = zlib.compress(value.encode(), 1)

    def gained(self) -> Gained:
        """What this process has made since it was last asked, to be given to the one that saves."""
        gained, self._gained = self._gained, Gained()
        return gained if self.is_looking else Gained(gained.made)

    @property
    def is_looking(self) -> bool:
        """Whether this is a build that looks at which entries are still used."""
        return self.build % _EVERY == 0

    def add(self, gained: Gained) -> None:
        """Write what a process has made; others can read it at once."""
        self._used |= gained.used
        rows = [(key, value, self.build) for key, value in sorted(gained.made.items())]
        try:
            with self._connection:
                self._connection.executemany("REPLACE INTO fragment VALUES (?, ?, ?)", rows)
        except sqlite3.Error:
            return

    def close(self) -> None:
        """Write what is left, drop what nobody has used in a long time."""
        self.add(self.gained())
        try:
            with self._connection:
                if self.is_looking:
                    used = ((self.build, key) for key in sorted(self._used))
                    self._connection.executemany("UPDATE fragment SET used=? WHERE key=?", used)
                    oldest = (self.build - _EVERY,)
                    self._connection.execute("DELETE FROM fragment WHERE used <= ?", oldest)
                self._connection.execute(f"PRAGMA user_version = {self.build}")
            self._connection.close()
        except sqlite3.Error:
            _remove(self._path)  # it is damaged: the next build begins anew

    def leave(self) -> None:
        """Close the store and save nothing: who only reads must not get in a build's way."""
        self._connection.close()

    def _look_up(self, key: bytes) -> bytes | None:
        try:
            if self._owner != os.getpid():  # a connection must not be used across a fork
                self._connection, self._owner = _connected(self._path), os.getpid()
            query = "SELECT value FROM fragment WHERE key=?"
            row = self._connection.execute(query, (key,)).fetchone()
        except sqlite3.Error:
            return None
        return row[0] if row and isinstance(row[0], bytes) else None


class _Kind(MutableMapping[str, str]):
    """One kind of entries as a mapping; keys may be of any length."""

    def __init__(self, store: Fragments, kind: str) -> None:
        self._store = store
        self._kind = kind.encode()

    def __getitem__(self, name: str) -> str:
        found = self._store.get(self._key(name))
        if found is None:
            raise KeyError(name)
        return found

    def __setitem__(self, name: str, value: str) -> None:
        self._store.put(self._key(name), value)

    def _key(self, name: str) -> bytes:
        return blake2b(self._kind + b"\0" + name.encode(), digest_size=16).digest()

    def __delitem__(self, name: str) -> None:
        raise NotImplementedError("entries are dropped when no build uses them")

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError("only digests of the keys are kept")

    def __len__(self) -> int:
        raise NotImplementedError("only digests of the keys are kept")


def _opened(path: Path) -> sqlite3.Connection:
    """A connection to the store at path; a damaged one is thrown away."""
    for _ in range(2):
        try:
            for ending in _ENDINGS:
                clear_way(path.with_name(path.name + ending))
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = _connected(path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(_TABLE)
            connection.execute("SELECT key, value, used FROM fragment LIMIT 1").fetchone()
            return connection
        except (sqlite3.Error, OSError):
            _remove(path)
    connection = sqlite3.connect(":memory:")
    connection.execute(_TABLE)
    return connection


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10)
    connection.execute("PRAGMA synchronous = OFF")  # losing it costs only time
    return connection


def _number(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _remove(path: Path) -> None:
    for ending in _ENDINGS:
        try:
            path.with_name(path.name + ending).unlink(missing_ok=True)
        except OSError:
            continue
