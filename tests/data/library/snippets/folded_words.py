r"""Folded words.

Paper: folded_words, Fig. 1
Shapes: N batch, T words
Differs from the paper: without training.
"""

import torch
from torch import Tensor


def fold(x: Tensor) -> Tensor:
    """Add the second half of x (N, T) to the first."""
    first, second = x.chunk(2, dim=1)
    return first + second  # (N, T/2)


def demo() -> None:
    """Fold four words."""
    print(fold(torch.tensor([[1, 2, 3, 4]])).tolist())
