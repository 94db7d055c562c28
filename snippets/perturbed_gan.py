r"""Layered GAN with perturbed layers.

A generator draws a scene as three layers: a background $B$, a foreground $F$ and a mask $m$. Before
they are put together, the foreground and its mask are shifted by a random $p$ that the generator
never sees. Only a mask that cuts out a whole object survives this: any other one tears the picture,
and the critic notices.

$$ I = (1 - m_p) \odot B + m_p \odot F_p, \qquad
   F_p(x) = F(x - p), \quad m_p(x) = m(x - p), \quad p \sim U[-\delta, \delta]^2 $$

$$ \mathcal{L}_{size} = \max\big(0,\ \eta - \overline{m}\big), \qquad
   \mathcal{L}_{binary} = \overline{\min(m, 1 - m)} $$

Paper: perturbed_gan, Fig. 1; the losses and sizes as in the authors' code
Shapes: N batch, C channels, H W space; m is (N, 1, H, W) between 0 and 1
Differs from the paper: the two StyleGAN generators have full size but are not trained, nor is the
encoder of the second stage; instead of LSUN, a small critic judges known layers: digits on grass.
"""

import math

import torch
from matplotlib.figure import Figure
from skimage.data import grass
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def shift(x: Tensor, p: Tensor) -> Tensor:
    """Move each image of x (N, C, H, W) right and down by p (N, 2) pixels; zeros come in."""
    N, _, H, W = x.shape
    column = torch.arange(W) - p[:, :1]                           # (N, W): where a pixel comes from
    row = torch.arange(H) - p[:, 1:]                              # (N, H)
    inside = ((row >= 0) & (row < H))[:, :, None] & ((column >= 0) & (column < W))[:, None]
    row, column = row.clamp(0, H - 1)[:, :, None], column.clamp(0, W - 1)[:, None]
    moved = x[torch.arange(N)[:, None, None], :, row, column]     # (N, H, W, C)
    return (moved * inside[..., None]).permute(0, 3, 1, 2)


def draw_shifts(n: int, size: int, delta: float = 0.125) -> Tensor:
    """n shifts (n, 2) in whole pixels, uniform up to a part delta of the image size."""
    return ((2 * torch.rand(n, 2) - 1) * delta * size).round().long()


def jitter_contrast(background: Tensor, factor: Tensor) -> Tensor:
    """Stretch each channel about its mean by factor (N,), within its own range."""
    low, high = background.amin((2, 3), True), background.amax((2, 3), True)
    mean = background.mean((2, 3), True)
    stretched = mean + factor[:, None, None, None] * (background - mean)
    return torch.minimum(torch.maximum(stretched, low), high)


def compose(background: Tensor, foreground: Tensor, mask: Tensor, p: Tensor) -> Tensor:
    """The image (N, 3, H, W) of three layers after the foreground and mask moved by p (N, 2)."""
    moved = shift(mask, p)
    return (1 - moved) * background + moved * shift(foreground, p)


def mask_loss(mask: Tensor, least: float = 0.25, size: float = 2, binary: float = 2) -> Tensor:
    """Punish masks that cover less than the part least of the image, or that are half open."""
    small = F.relu(least - mask.mean((1, 2, 3))).mean()
    return size * small + binary * torch.minimum(mask, 1 - mask).mean()


def critic_loss(critic: nn.Module, real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """What the critic minimises: WGAN-GP, with the gradient taken where mix (N,) of real is left."""
    between = torch.lerp(fake, real, mix[:, None, None, None]).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    penalty = 10 * (slope.flatten(1).norm(dim=1) - 1).square().mean()
    drift = 0.001 * critic(real).square().mean()
    return critic(fake).mean() - critic(real).mean() + penalty + drift
