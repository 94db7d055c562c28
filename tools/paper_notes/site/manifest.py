"""What stands on the site and what it was made as, kept between builds; losing it costs time.

A build need not write a file again that stands there with the very content it is to have.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from paper_notes.whole import write_generated

Entry = tuple[int, int, str]  # size and time as they were written, digest of the content


@dataclass(frozen=True)
class Manifest:
    """The files of a site by path; `late` are the marks that were put into its pages last."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    late: Mapping[str, str] = field(default_factory=dict)


def digest(content: bytes) -> str:
    """A word for this content and no other."""
    return blake2b(content, digest_size=12).hexdigest()


def read_manifest(path: Path) -> Manifest:
    """The manifest at path; an empty one where there is none, or it is damaged."""
    try:
        document = json.loads(path.read_bytes())
        entries = {str(name): (int(a), int(b), str(c)) for name, (a, b, c) in document["files"]}
        return Manifest(entries, {str(k): str(v) for k, v in document["late"].items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Manifest()


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Keep it for the next build. Raises OSError where it cannot be written."""
    document = {"late": manifest.late, "files": list(manifest.entries.items())}
    write_generated(path, json.dumps(document, ensure_ascii=False).encode())


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
