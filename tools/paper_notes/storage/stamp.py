"""What a change of a file's content cannot leave as it is: its times, size and number."""

from __future__ import annotations

import os
import time
from typing import TypeAlias

Stamp: TypeAlias = tuple[int, int, int, int]

# A file that changes twice within the clock's smallest step has the same times: too young to trust.
_SETTLED = 2_000_000_000  # nanoseconds


def stamp_of(path: str) -> Stamp:
    """The stamp of the file at path. Raises OSError where there is no such file."""
    found = os.stat(path)  # noqa: PTH116 (thousands of times)
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def is_settled(stamp: Stamp) -> bool:
    """Whether the next change of the file will show in its stamp."""
    return time.time_ns() - max(stamp[:2]) > _SETTLED
