"""What every snippet would else do for the first time: done once, before the fork.

A child copies each page of memory that it writes to, and Python writes wherever it goes: into the
code that it speeds up after some calls, into the caches of types and of imports.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from paper_notes.snippets.worker import collection

# Like the tests of a snippet, and as often as Python takes to settle on the fast way.
_TEST = """\
import pytest
import torch


def double(x):
    return x.clamp(min=0) * 2


@pytest.fixture
def x():
    return torch.linspace(-1, 1, 12).requires_grad_()


@pytest.mark.parametrize("n", range(10))
def test_x(n, x, tmp_path, record_property):
    torch.testing.assert_close(double(x), torch.relu(x) * 2)
    double(x).sum().backward()
    assert x.grad.max() == 2
    assert double(torch.tensor([-1.0, 2.0])).tolist() == [0.0, 4.0]
    assert str(double(torch.ones(2)))
"""


def warm_up(scratch: Path) -> None:
    """Fill caches of Python, pytest and the modules that were imported. In: an empty folder."""
    import torch

    torch.set_num_threads(1)
    test = scratch / "test_warm_up.py"
    test.write_text(_TEST)
    arguments = [*collection.ARGUMENTS, "--import-mode=importlib", f"-c{os.devnull}", str(test)]
    pytest.main(arguments, collection.plugins())
    test.unlink()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
    if "torch._dynamo" in sys.modules:
        torch.optim.SGD([torch.ones(2, requires_grad=True)], lr=0.1).step()
    if "matplotlib.figure" in sys.modules:
        _draw()


def _draw() -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([0, 1])
    figure.savefig(io.StringIO(), format="svg")
