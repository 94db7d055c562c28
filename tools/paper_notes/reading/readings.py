"""What reading each note and each snippet gave, remembered for as long as its files are the same.

A file's stamp finds the digest of its content, and the digest what was read: nothing is parsed
twice. What is remembered lies in some sealed files, each of which holds a part of the papers, so
that one change writes little and several processes can share the work. All of it may be deleted.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TypeAlias

import msgspec

from paper_notes.parallel import shared
from paper_notes.reading.units import Reading, Unit, pack, unpack
from paper_notes.reading.version import version
from paper_notes.storage.files import digest, read_bytes
from paper_notes.storage.sealed import read_sealed, write_sealed
from paper_notes.storage.stamps import Entry, Stamps

FOLDER = PurePosixPath("build/cache/readings")
LEAST = 100  # fewer units are read anew sooner than they are looked up
_SHARDS = 32
_WORTH_A_FORK = 200  # units to read

_Kept: TypeAlias = tuple[str, bytes]  # the digests of a unit's files, and the packed reading
_Shard: TypeAlias = dict[str, _Kept]  # by the unit's name

_SHARD = msgspec.msgpack.Decoder(_Shard)
_RESULT = msgspec.msgpack.Decoder(tuple[dict[str, Entry], bytes])


@dataclass(frozen=True, slots=True)
class Read:
    """A unit, what reading it gave, and the digests of its files' content at that time."""

    unit: Unit
    reading: Reading
    digests: str | None = None  # None where they could not be taken
    packed: bytes | None = None  # the reading, where it is remembered


def stamps_of(root: Path) -> Stamps:
    """What is known of the files of the base at root."""
    return Stamps(root / FOLDER / "stamps.json")


def is_worth_keeping(units: Sequence[Unit]) -> bool:
    """Whether there are so many that remembering what they gave saves time."""
    return len(units) >= LEAST


def read_all(root: Path, units: Sequence[Unit], stamps: Stamps) -> Iterator[Read]:
    """Read every unit, in no certain order, or remember what it gave.

    Never raises for bad input, nor where nothing can be kept.
    """
    if not is_worth_keeping(units):
        yield from (Read(unit, unit.read(root)) for unit in units)
        return
    parts = _parts(units)
    known = {unit.name: unit for unit in units}
    left = set(known)
    work = partial(_read_part, root, stamps, parts)
    for result in shared(work, range(_SHARDS), 0 if _is_much(root, units, stamps) else 1):
        learnt, content = _RESULT.decode(result)
        stamps.learn(learnt)
        for name, (digests, packed) in _SHARD.decode(content).items():
            left.discard(name)
            yield Read(known[name], unpack(known[name], packed), digests, packed)
    yield from (Read(unit, unit.read(root)) for unit in units if unit.name in left)
    stamps.save()


def digests(root: Path, units: Sequence[Unit], stamps: Stamps) -> Mapping[str, str] | None:
    """The digests of the files of each unit, by its name; None where they cannot be taken."""
    try:
        return {unit.name: _Contents(root, unit).digests(stamps) for unit in units}
    except OSError:
        return None


def _parts(units: Sequence[Unit]) -> Mapping[int, list[Unit]]:
    """The units of each shard: always the same ones, whatever else there is."""
    parts: dict[int, list[Unit]] = {}
    for unit in units:
        parts.setdefault(zlib.crc32(unit.name.encode("utf-8", "replace")) % _SHARDS, []).append(
            unit
        )
    return parts


def _is_much(root: Path, units: Sequence[Unit], stamps: Stamps) -> bool:
    files = (f"{root}/{file}" for unit in units if unit.ordinary for file in unit.files)
    unknown = (file for file in files if not stamps.knows(file))
    return next(islice(unknown, _WORTH_A_FORK, None), None) is not None


def _read_part(
    root: Path, stamps: Stamps, parts: Mapping[int, Sequence[Unit]], number: int
) -> bytes:
    """One shard as it is now, written where it has changed, and what stamps learnt."""
    known = len(stamps.learnt)
    path = root / FOLDER / f"{number:02}"
    before = _read_shard(path)
    after: _Shard = {}
    for unit in parts.get(number, ()):
        kept = _read_unit(root, unit, stamps, before.get(unit.name)) if unit.ordinary else None
        if kept:
            after[unit.name] = kept
    content = msgspec.msgpack.encode(after)
    if after != before:
        write_sealed(path, content, version())
    return msgspec.msgpack.encode((dict(islice(stamps.learnt.items(), known, None)), content))


def _read_shard(path: Path) -> _Shard:
    content = read_sealed(path, version())
    try:
        return {} if content is None else _SHARD.decode(content)
    except ValueError:
        return {}


def _read_unit(root: Path, unit: Unit, stamps: Stamps, kept: _Kept | None) -> _Kept | None:
    """What was kept, if the files are the same; else what reading them gives.

    None where that cannot be kept: files that cannot be read, texts that are none.
    """
    contents = _Contents(root, unit)
    try:
        digests = contents.digests(stamps)
        if kept and kept[0] == digests:
            return kept
        read = contents.read()
        return contents.digests_of_read(), pack(unit.understand(read))
    except (OSError, ValueError):
        return None


class _Contents:
    """What a unit's files hold, each read once: what is parsed is what the digest was taken of."""

    def __init__(self, root: Path, unit: Unit) -> None:
        self._paths = {f"{root}/{file}": PurePosixPath(file) for file in unit.files}
        self._root = root
        self._limit = unit.limit
        self._read: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}

    def digests(self, stamps: Stamps) -> str:
        """The files' digests; only those that stamps do not know are read. May raise OSError."""
        return " ".join([stamps.digest(path, self._digest) for path in self._paths])

    def read(self) -> list[bytes]:
        """The files' contents. Raises OSError where one must not or cannot be read."""
        return [self._content(path) for path in self._paths]

    def digests_of_read(self) -> str:
        """The digests of what was read. Raises OSError as `read` does."""
        return " ".join(map(self._digest, self._paths))

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            self._digests[path] = digest(self._content(path))
        return self._digests[path]

    def _content(self, path: str) -> bytes:
        if path not in self._read:
            data, problems = read_bytes(self._root, self._paths[path], self._limit)
            if data is None:
                raise OSError(problems[0].message)
            self._read[path] = data
        return self._read[path]
