"""Reading much without looking for garbage: what is read is kept, and syntax trees have no cycles.

Python looks through all new objects again and again, which takes a fifth of the time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nothing be looked for in here; what was the rule before is the rule afterwards."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
