"""Slow pooling: the paper's claim."""

import torch

from snippets.slow_pooling import slow_pooling


def test_the_mean_survives():
    x = torch.randn(8)
    torch.testing.assert_close(slow_pooling(x).mean(), x.mean())


def test_two_pairs_by_hand():
    assert slow_pooling(torch.tensor([1.0, 3.0, 5.0, 7.0])).tolist() == [2.0, 6.0]
