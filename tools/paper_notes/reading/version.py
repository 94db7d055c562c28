"""The version of what reads: results of another one are not to be trusted."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

import msgspec
import yaml

# The folders of the modules that decide what is read.
_READERS = (".", "storage", "reading", "checking", "notes", "snippets")


@cache
def version() -> bytes:
    """A digest of the reading code, of Python and of the libraries that reading uses."""
    hashed = hashlib.blake2b(digest_size=32)
    hashed.update("\0".join((sys.version, yaml.__version__, msgspec.__version__)).encode())
    package = Path(__file__).parents[1]
    for folder in _READERS:
        for path in sorted((package / folder).glob("*.py")):
            hashed.update(path.read_bytes())
    return hashed.digest()
