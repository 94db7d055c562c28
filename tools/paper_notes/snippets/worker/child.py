"""A child of the worker: gives up all it does not need, performs one job, says its last word."""

from __future__ import annotations

import contextlib
import os
import resource
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from paper_notes import linux
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.sandbox import layers, resources
from paper_notes.snippets.worker import judge
from paper_notes.snippets.worker.collection import Prepared
from paper_notes.snippets.worker.perform import broken, perform
from paper_notes.snippets.worker.tracing import Imports


@dataclass(frozen=True)
class Common:
    """What all children of a worker have from it."""

    root: Path
    imports: Imports  # what the worker had imported
    prepared: Prepared  # pytest, ready for a test file
    address_space: int  # bytes that they have of it from the worker


def live(
    common: Common,
    job: Mapping[str, Any],
    rules: int | None,
    nonce: str,
    said: int,
    printed: int,
) -> NoReturn:
    """Be the child, from right after the fork to the end of the process.

    In: Landlock's rules, by their handle. Its last word goes to the handle said, with the nonce,
    and whatever it prints to printed.
    """
    try:
        os.setsid()
        with contextlib.suppress(OSError):
            linux.die_with_parent()
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        _close_all_but(0, 1, 2, said, *([] if rules is None else [rules]))
        resources.limit(Limits(**job["limits"]), common.address_space)
        layers.confine(rules)
        if rules is not None:
            os.close(rules)
        try:
            result = perform(common.root, job, common.imports, common.prepared)
        except BaseException as error:
            result = broken(error)
        _write_all(said, judge.last_word(result, nonce))
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(judge.UNFINISHED)  # no atexit handler and no thread gets another turn


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _close_all_but(*kept: int) -> None:
    low = 0
    for handle in sorted(kept):
        if low < handle:  # Python 3.11 closes everything for the empty range (0, 0)
            os.closerange(low, handle)
        low = handle + 1
    os.closerange(low, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
