"""Folded words: the paper's claim."""

import pytest
import torch

from snippets.folded_words import fold


@pytest.mark.parametrize("length", [2, 4, 8])
def test_a_fold_halves_the_length(length):
    assert fold(torch.ones(1, length)).tolist() == [[2.0] * (length // 2)]
