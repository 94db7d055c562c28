"""Files for what can be worked out again: sealed, so that damage and age show.

The seal is a checksum of the content together with the version of what wrote it. A file that is
cut off, spoilt or written by another version is as good as none.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from paper_notes.storage.whole import write_generated

_SIZE = 16


def read_sealed(path: Path, version: bytes) -> bytes | None:
    """What was written to `path` by this version; None where there is no such thing."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content = data[_SIZE:]
    return content if data[:_SIZE] == _seal(content, version) else None


def write_sealed(path: Path, content: bytes, version: bytes) -> None:
    """Keep the content for `read_sealed`. Where nothing can be written, nothing is lost."""
    try:
        write_generated(path, _seal(content, version) + content)
    except OSError:
        return


def _seal(content: bytes, version: bytes) -> bytes:
    hashed = hashlib.blake2b(content, digest_size=_SIZE, key=version[:64])
    return hashed.digest()
