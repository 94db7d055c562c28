"""What torch would import only to ask a question is not imported."""

from __future__ import annotations

import sys

import pytest
from torch.testing import _comparison as comparison

from paper_notes.snippets.jobs import Settings
from paper_notes.snippets.limits import Limits
from paper_notes.snippets.run import job_for
from paper_notes.snippets.worker.preload import compare_without_dtensor
from paper_notes.snippets.workers import run_jobs

DTENSOR = "torch.distributed.tensor"
SNIPPET = "import torch\n\ndef one():\n    return torch.ones(1)\n"
TEST = """\
import sys

import torch
from snippets.one import one


def test_it():
    torch.testing.assert_close(one(), torch.ones(1))
    assert "torch.distributed.tensor" not in sys.modules
"""


@pytest.fixture
def asked(monkeypatch):
    """What torch was asked about, by a comparison that asks only where it has to."""
    tensors = []

    def unwrap(actual, expected):
        tensors.append((actual, expected))
        return "local", "local"

    unwrap.__name__ = "_unwrap_dtensor_for_comparison"
    monkeypatch.setattr(comparison, unwrap.__name__, unwrap)
    compare_without_dtensor()
    return tensors


def test_close_tensors_are_compared_without_distributed_ones(base):
    root = base({"one": SNIPPET}, {"one": TEST})
    [(_, result)] = run_jobs([job_for("one", Limits())], 1, Settings(root))
    assert (result["status"], result["error"]) == ("passed", "")


def test_nothing_is_asked_where_no_tensor_can_be_distributed(asked, monkeypatch):
    monkeypatch.delitem(sys.modules, DTENSOR, raising=False)
    assert comparison._unwrap_dtensor_for_comparison(1, 2) == (1, 2)
    assert asked == []


def test_torch_is_asked_where_a_tensor_may_be_distributed(asked, monkeypatch):
    monkeypatch.setitem(sys.modules, DTENSOR, object())
    assert comparison._unwrap_dtensor_for_comparison(1, 2) == ("local", "local")
    assert asked == [(1, 2)]
