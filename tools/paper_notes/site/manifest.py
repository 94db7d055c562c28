"""What stands on the site and what it was made as, kept between builds; losing it costs time.

A build need not write a file again that stands there with the very content it is to have.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import msgspec

from paper_notes.storage.sealed import read_sealed, write_sealed

Entry = tuple[int, int, str]  # size and time as they were written, digest of the content
_FORM = b"site 1"  # another one where a manifest is written in another way


@dataclass(frozen=True)
class Manifest:
    """The files of a site by path; `late` are the marks that were put into its pages last."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    late: Mapping[str, str] = field(default_factory=dict)


_MANIFEST = msgspec.msgpack.Decoder(Manifest)


def digest(content: bytes) -> str:
    """A word for this content and no other."""
    return blake2b(content, digest_size=12).hexdigest()


def read_manifest(path: Path) -> Manifest:
    """The manifest at path; an empty one where there is none, or it is damaged."""
    content = read_sealed(path, _FORM)
    try:
        return Manifest() if content is None else _MANIFEST.decode(content)
    except ValueError:
        return Manifest()


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Keep it for the next build. Where that is not possible, the next one does more."""
    with suppress(ValueError):  # a file's name that is no text
        write_sealed(path, msgspec.msgpack.encode(manifest), _FORM)


def listing(folder: Path) -> str:
    """A digest of the names, sizes and times of all files below a folder.

    Raises OSError where there is no such folder.
    """
    hashed = blake2b(digest_size=16)
    for line in sorted(_files(str(folder), len(str(folder)))):
        hashed.update(line.encode("utf-8", "surrogateescape"))
    return hashed.hexdigest()


def _files(folder: str, skip: int) -> Iterable[str]:
    folders = [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    found = entry.stat(follow_symlinks=False)
                    yield f"{entry.path[skip:]}\0{found.st_size}\0{found.st_mtime_ns}\n"
