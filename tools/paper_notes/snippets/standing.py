"""Whether all results still hold, said at once: most runs have nothing to do.

A run that found nothing to do keeps the names of the files that results depend on, and a digest of
their stamps. While those and the circumstances are the same, the next run need neither read the
report nor work out the key of each result.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from paper_notes.snippets import circumstances
from paper_notes.snippets.ids import snippet_ids
from paper_notes.snippets.limits import Limits, Mode
from paper_notes.snippets.packages import installed
from paper_notes.storage.sealed import read_sealed, write_sealed
from paper_notes.storage.stamp import Stamp, is_settled, stamp_of

ABSENT: Stamp = (0, 0, 0, 0)  # of a file that is not there
_STATE = Path("build/cache/unchanged")
_FORM = b"unchanged results 1"  # another one where it is written in another way


@dataclass(frozen=True)
class Asked:
    """What a run is asked for."""

    ids: frozenset[str]  # of the snippets
    limits: Limits
    sandbox: Mode


def nothing_to_run(arguments: argparse.Namespace) -> str:
    """What to say where every result is known to hold; "" where that has to be looked up."""
    start = perf_counter()
    if any((arguments.no_cache, arguments.recheck, arguments.shard, arguments.merge)):
        return ""
    limits = Limits(cpu_seconds=arguments.cpu_seconds)
    ids = frozenset(arguments.ids or snippet_ids(arguments.root))
    if not stands(arguments.root, Asked(ids, limits, arguments.sandbox)):
        return ""
    return words(len(ids), perf_counter() - start)


def words(count: int, seconds: float) -> str:
    """What a run says that had nothing to do."""
    return f"{count} unchanged, nothing to run ({seconds:.2f} s)"


def stands(root: Path, asked: Asked) -> bool:
    """Whether nothing has changed since `keep` was called for the same."""
    content = read_sealed(root / _STATE, _FORM)
    if content is None:
        return False
    kept = json.loads(content)
    if kept["of"] != _circumstances(asked):
        return False
    return bool(kept["stamps"] == _digest([look(f"{root}/{name}") for name in kept["files"]]))


def keep(root: Path, asked: Asked, files: Mapping[str, Stamp | None]) -> None:
    """Keep that there was nothing to run. Where that cannot be, the next run looks for itself.

    In: the files that the results depend on, the report among them, with the stamps that they had
    when they were read.
    """
    stamps = [stamp for stamp in files.values() if stamp and is_settled(stamp)]
    if len(stamps) == len(files):
        kept = {"of": _circumstances(asked), "files": list(files), "stamps": _digest(stamps)}
        write_sealed(root / _STATE, json.dumps(kept).encode(), _FORM)


def look(path: str) -> Stamp:
    """The stamp of the file at path; ABSENT where there is none."""
    try:
        return stamp_of(path)
    except OSError:
        return ABSENT


def _circumstances(asked: Asked) -> str:
    versions = sorted(f"{name}={version}" for name, version in installed().items())
    said = [sorted(asked.ids), asked.limits.describe(), asked.sandbox, versions]
    content = circumstances.digest() + json.dumps(said).encode()
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _digest(stamps: list[Stamp]) -> str:
    return hashlib.blake2b(repr(stamps).encode(), digest_size=16).hexdigest()
