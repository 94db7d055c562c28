"""What every snippet would else import for itself, and what torch would import for nothing."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path

from paper_notes.snippets.worker.warm_up import warm_up

_ALWAYS = ("numpy.random", "torch", "torch.testing")
_LISTED = (".", "snippets", "tests", "tests/snippets")


def preload(modules: Iterable[str], scratch: Path, cache: Path) -> None:
    """Import torch and these modules, on one thread.

    In: scratch is an empty folder; in cache libraries may keep what they work out once.
    Raises ImportError where torch or numpy is missing; of modules, what is missing is left out.
    """
    gc.disable()  # it would only ever look at what stays
    os.environ["MPLCONFIGDIR"] = str(cache)  # the list of fonts
    for name in _ALWAYS:
        importlib.import_module(name)
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    compare_without_dtensor()
    gc.freeze()
    _forget_lookups()
    _forget_locks()
    warm_up(scratch)


def _forget_lookups() -> None:
    """Empty Python's cache of attributes of types, which importing has filled with its own.

    Each entry that a child puts there takes the place of another, whose name it would touch: a page
    of memory to copy, anywhere. In an empty place there is no other; `warm_up` fills it anew.
    """
    clear = getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache  # Python 3.13
    clear()


def _forget_locks() -> None:
    """Let the locks of torch's forty log handlers be, instead of making each anew after each fork.

    That is for locks that another thread may have held when the process was forked; here there is
    no other.
    """
    import logging

    vars(logging).get("_at_fork_reinit_lock_weakset", set()).clear()


def compare_without_dtensor() -> None:
    """Let `assert_close` ask for distributed tensors only where something has imported them.

    It imports them, and sympy with them, to ask: half a second. Before that no tensor is one.
    """
    import torch.testing._comparison as comparison

    ask = getattr(comparison, "_unwrap_dtensor_for_comparison", None)
    if ask is None:
        return  # another torch, which asks in another way or not at all

    def ask_where_imported(actual: object, expected: object) -> object:
        imported = "torch.distributed.tensor" in sys.modules
        return ask(actual, expected) if imported else (actual, expected)

    vars(comparison)[ask.__name__] = ask_where_imported


def look_into(root: Path) -> None:
    """Import from the repository at root from now on, leaving nothing there."""
    os.chdir(root)
    sys.path.insert(0, str(root))
    for folder in _LISTED:  # each child would else list them for itself
        PathFinder.find_spec("", [str(root / folder)])
    sys.dont_write_bytecode = True


def make_ready_to_fork() -> None:
    """Leave what is in memory alone from now on, so that a child does not copy it by looking.

    Raises RuntimeError where another thread runs: its locks would be held for ever in children.
    """
    with contextlib.suppress(OSError):
        count = len(list(Path("/proc/self/task").iterdir()))
        if count != 1:
            raise RuntimeError(f"{count} threads before the first fork")
    gc.freeze()
    gc.enable()
