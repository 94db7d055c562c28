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
Differs from the paper: the two style-based generators have full size but are not trained, and the
encoder of the second stage is left out; instead of LSUN cars, a linear critic judges scenes whose
layers are known, digits on bricks.
"""

import math
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from skimage.data import brick
from sklearn.datasets import load_digits
from sklearn.linear_model import RidgeClassifier
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
    low, high = background.amin((2, 3), keepdim=True), background.amax((2, 3), keepdim=True)
    mean = background.mean((2, 3), keepdim=True)
    stretched = torch.lerp(mean, background, factor[:, None, None, None])
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
    """What the critic minimises: WGAN-GP, its slope taken on blends with a part mix (N,) real."""
    between = torch.lerp(fake, real, mix[:, None, None, None]).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    penalty = 10 * (slope.flatten(1).norm(dim=1) - 1).square().mean()
    drift = 0.001 * critic(real).square().mean()
    return critic(fake).mean() - critic(real).mean() + penalty + drift


class StyleLayer(nn.Module):
    """Convolution after an optional doubling, noise, leaky ReLU, then AdaIN with a style from w."""

    def __init__(self, inputs: int, outputs: int, up: bool) -> None:
        super().__init__()
        self.up = up
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.noise = nn.Parameter(torch.zeros(1, outputs, 1, 1))
        self.style = nn.Linear(512, 2 * outputs)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        x = self.conv(F.interpolate(x, scale_factor=2.0) if self.up else x)
        x = F.leaky_relu(x + self.noise * torch.randn_like(x[:, :1]), 0.2)
        scale, bias = self.style(w)[:, :, None, None].chunk(2, dim=1)
        return (1 + scale) * F.instance_norm(x) + bias


class StyleNet(nn.Module):
    """A style-based generator at 128×128 from z (N, 512), with any number of output channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mapping = nn.ModuleList(nn.Linear(512, 512) for _ in range(8))
        self.constant = nn.Parameter(torch.randn(1, 512, 4, 4))
        widths = [512, 512, 512, 512, 256, 128]                   # at 4, 8, 16, 32, 64 and 128
        self.layers = nn.ModuleList([StyleLayer(512, 512, up=False)])
        for inputs, width in pairwise(widths):
            self.layers += [StyleLayer(inputs, width, up=True), StyleLayer(width, width, up=False)]
        self.output = nn.Conv2d(widths[-1], channels, 1)

    def forward(self, z: Tensor) -> Tensor:
        w = F.normalize(z) * math.sqrt(512)
        for layer in self.mapping:
            w = F.leaky_relu(layer(w), 0.2)
        x = self.constant.expand(len(z), -1, -1, -1)
        for layer in self.layers:
            x = layer(x, w)
        return self.output(x)


class LayeredGenerator(nn.Module):
    """One code z (N, 512), two nets: the background, and the foreground with its mask."""

    def __init__(self) -> None:
        super().__init__()
        self.background, self.object = StyleNet(3), StyleNet(3 + 1)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        foreground, mask = self.object(z).split([3, 1], dim=1)
        return self.background(z), foreground, torch.sigmoid(mask)


def scenes(n: int, size: int = 24) -> tuple[Tensor, Tensor, Tensor]:
    """True layers (n, 1, 24, 24): brick wall (scikit-image, CC0), ink, digit (UCI, CC BY 4.0)."""
    wall = F.avg_pool2d(torch.tensor(brick())[None, None] / 255.0, 3)[0, 0]      # 170×170
    top, left = torch.randint(len(wall) - size, (2, n, 1, 1))
    pixel = torch.arange(size)
    background = wall[top + pixel[:, None], left + pixel][:, None]
    ink = torch.tensor(load_digits().images)[:, None] > 6
    digit = F.pad(ink[torch.randint(len(ink), (n,))].float(), (0, size - 8, 0, size - 8))
    return background, torch.ones_like(background), shift(digit, torch.randint(6, 11, (n, 2)))


def wrong_layers(image: Tensor, kind: str) -> tuple[Tensor, Tensor, Tensor]:
    """Layers that give the image back without being objects: it is in front, behind and masked."""
    mask = torch.zeros_like(image)
    if kind == "half":
        mask[..., :12] = 1
    elif kind == "box":
        mask[..., 6:18, 6:18] = 1
    elif kind == "all":
        mask += 1
    return image, image, mask


def perturb(layers: tuple[Tensor, Tensor, Tensor], delta: float = 0.125) -> Tensor:
    """The image of three layers, shifted at random by up to a part delta of its size."""
    return compose(*layers, draw_shifts(len(layers[0]), layers[0].shape[-1], delta))


def detection_rate(kind: str, n: int, delta: float = 0.125) -> float:
    """How often a critic that is linear in the edges tells shifted layers from n real scenes."""
    real, fake = perturb(scenes(n)), perturb(scenes(n))
    layers = scenes(n) if kind == "object" else wrong_layers(fake, kind)
    images = torch.cat([real, perturb(layers, delta)])
    edges = torch.cat([images.diff(dim=d).abs().flatten(1) for d in (2, 3)], dim=1).numpy()
    label, order = (torch.arange(2 * n) < n).numpy(), torch.randperm(2 * n).numpy()
    seen, unseen = order[n // 2 :], order[: n // 2]               # three quarters to learn from
    critic = RidgeClassifier(alpha=100.0).fit(edges[seen], label[seen])
    return float(critic.score(edges[unseen], label[unseen]))


def demo() -> None:
    """Build the full generator, and see which layers a critic finds out."""
    with torch.device("meta"):
        G = LayeredGenerator()
    print(f"layered generator at 128×128: {sum(p.numel() for p in G.parameters()):,} parameters")
    torch.manual_seed(0)
    still = detection_rate("box", 2000, delta=0.0)
    print(f"wrong mask, not shifted: the critic is right on {still:.0%} of the images")
    for kind in ("object", "box"):
        print(f"mask {kind:6s}, shifted by up to 1/8: {detection_rate(kind, 2000):.0%}")


def figure() -> Figure:
    """One real scene, its true and wrong masks, and what a shift does to each."""
    torch.manual_seed(3)
    truth = scenes(1)
    image, p = compose(*truth, torch.zeros(1, 2).long()), torch.tensor([[3, -3]])
    fig = Figure(figsize=(6, 3), layout="constrained")
    axes = fig.subplots(2, 4)
    for column, kind in zip(axes.T, ("object", "half", "box", "all"), strict=True):
        layers = truth if kind == "object" else wrong_layers(image, kind)
        for axis, picture in zip(column, (layers[2], compose(*layers, p)), strict=True):
            axis.imshow(picture[0, 0], cmap="gray", vmin=0, vmax=1)
            axis.set(xticks=[], yticks=[])
        column[0].set_title(f"mask: {kind}", fontsize=9)
    axes[1, 0].set_ylabel("shifted")
    return fig


if __name__ == "__main__":
    demo()
