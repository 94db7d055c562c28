"""What every snippet would else import, or do for the first time, for itself."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from paper_notes.snippets.worker import collection

_ALWAYS = ("numpy.random", "torch", "torch.testing")
_TEST = """\
import pytest


@pytest.fixture
def x():
    return 1


def test_x(x, tmp_path, record_property):
    assert x == 1
"""


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
    gc.freeze()
    _warm_up(scratch)


def look_into(root: Path) -> None:
    """Import from the repository at root from now on, leaving nothing there."""
    os.chdir(root)
    sys.path.insert(0, str(root))
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


def _warm_up(scratch: Path) -> None:
    """Fill caches of pytest and of the modules that were imported."""
    import torch

    test = scratch / "test_warm_up.py"
    test.write_text(_TEST)
    pytest.main([*collection.ARGUMENTS, "--import-mode=importlib", f"-c{os.devnull}", str(test)])
    test.unlink()
    torch.set_num_threads(1)
    x = torch.ones(2, requires_grad=True)
    torch.autograd.backward((x * 2).sum())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
    str(x)
    if "torch.distributed.tensor" in sys.modules:
        torch.testing.assert_close(x, x)
    if "torch._dynamo" in sys.modules:
        torch.optim.SGD([x], lr=0.1).step()
    if "matplotlib.figure" in sys.modules:
        _draw()


def _draw() -> None:
    import io

    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([0, 1])
    figure.savefig(io.StringIO(), format="svg")
