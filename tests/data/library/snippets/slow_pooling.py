r"""Slow pooling.

Average neighbours.

Paper: slow_pooling
Shapes: T time
Differs from the paper: nothing.
"""

import torch
from torch import Tensor


def slow_pooling(x: Tensor) -> Tensor:
    """Average neighbouring pairs of x (T)."""
    return x.reshape(-1, 2).mean(dim=1)  # (T/2)


def demo() -> None:
    """Pool four numbers."""
    print(slow_pooling(torch.tensor([1.0, 3.0, 5.0, 7.0])).tolist())
