"""Progress of long work: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def steps(title: str) -> Iterator[Callable[[str], None]]:
    """A function that says which step the work is at; on stderr, so that output stays clean."""
    if not sys.stderr.isatty():
        yield lambda line: print(f"{title}: {line}", file=sys.stderr)
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status(title) as status:
        yield lambda line: status.update(f"{title}: {line}")
