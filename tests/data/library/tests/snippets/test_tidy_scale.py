"""Tidy scale: the paper's claims."""

import torch

from snippets.tidy_scale import TidyScale, tidy_scale


def test_output_ignores_the_scale():
    """Scaling by seven changes nothing."""
    x = torch.randn(3, 5)
    torch.testing.assert_close(tidy_scale(7 * x), tidy_scale(x))


def test_the_largest_becomes_one():
    assert tidy_scale(torch.tensor([[1.0, -4.0]])).tolist() == [[0.25, -1.0]]


def test_there_is_nothing_to_learn(record_property):
    parameters = sum(p.numel() for p in TidyScale().parameters())
    record_property("parameters", parameters)
    assert parameters == 0
