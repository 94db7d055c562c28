r"""Tidy scale.

Divide by the largest magnitude.

$$ y_i = \frac{x_i}{\max_k |x_k|} $$

Paper: tidy_scale, Eq. 1
Shapes: N batch, C channels
Differs from the paper: nothing,
because there is no paper.
"""

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn


def tidy_scale(x: Tensor) -> Tensor:
    """Divide each row of x (N, C) by its largest magnitude."""
    return x / x.abs().amax(dim=1, keepdim=True)  # (N, C)


class TidyScale(nn.Module):
    """Tidy scale as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return tidy_scale(x)


def demo() -> None:
    """Scale one vector."""
    print(tidy_scale(torch.tensor([[1.0, -4.0, 2.0]])).tolist())


def figure() -> Figure:
    """Before and after."""
    fig = Figure(figsize=(3, 2))
    x = torch.linspace(-4, 4, 9)
    fig.subplots().plot(x, tidy_scale(x[None])[0])
    return fig
