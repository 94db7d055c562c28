"""Limits of the resources that a process may use, as the kernel keeps them."""

from __future__ import annotations

import contextlib
import math
import os
import time
from pathlib import Path

from paper_notes.snippets.limits import Limits


def address_space() -> int:
    """Bytes of address space that this process has; 0 where that cannot be told."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def limit(limits: Limits, held: int) -> None:
    """Set this process's resource limits; its children inherit them, each for itself.

    In: held is the address space that the process has from its parent; 0 if that is not known.
    """
    import resource  # not on Windows

    _lower(resource.RLIMIT_CPU, limits.cpu_limit, limits.cpu_limit + 1)
    _lower(resource.RLIMIT_FSIZE, limits.file_bytes)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    _lower(resource.RLIMIT_CORE, 0)
    if held:
        _lower(resource.RLIMIT_AS, held + limits.memory)


def limit_next(seconds: float) -> None:
    """Let this process go on for this much CPU time, unless an earlier limit ends it sooner."""
    try:
        import resource  # not on Windows
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))


def _lower(what: int, soft: int, hard: int | None = None) -> None:
    import resource

    _, ceiling = resource.getrlimit(what)
    wanted = soft if hard is None else hard
    hard_limit = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
    with contextlib.suppress(OSError, ValueError):  # macOS has no working RLIMIT_AS
        resource.setrlimit(what, (min(soft, hard_limit), hard_limit))
