r"""Conditional generative adversarial nets.

Give the label $y$ to both players. The generator $G$ draws an image for the label it is given; the
discriminator $D$ judges image and label together, so a good image of the wrong digit is a fake too.

$$ \min_G \max_D V(D, G) = \mathbb{E}_{x, y}[\log D(x|y)]
   + \mathbb{E}_{z, y}[\log(1 - D(G(z|y)|y))] $$

$$ D^*(x|y) = \frac{p(x|y)}{p(x|y) + p_g(x|y)}, \qquad
   \max_D V = -\log 4 + 2 \sum_y p(y)\,\mathrm{JSD}\big(p(\cdot|y) \,\|\, p_g(\cdot|y)\big) $$

The second line is not in the paper: it is the first GAN's argument, made for each label by itself.

Paper: conditional_gan, Eq. 2, Sec. 4.1, Fig. 1
Shapes: N batch, X pixels, Y labels, Z noise
Differs from the paper: the full nets have the paper's sizes for MNIST; narrow ones without dropout
are trained on points in the plane, with Adam instead of momentum SGD, to be done in a second. Noise
is drawn from (-1, 1); the paper says uniform in the unit hypercube.
"""

import math

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F


class Maxout(nn.Module):
    """The largest of several linear maps, for each unit."""

    def __init__(self, inputs: int, units: int, pieces: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, units * pieces)
        self.shape = (units, pieces)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).unflatten(1, self.shape).amax(2)    # (N, units)


class Generator(nn.Module):
    """G(z|y): noise and label get a hidden layer each, and then one together."""

    def __init__(
        self, pixels: int = 784, labels: int = 10, noise: int = 100,
        widths: tuple[int, int, int] = (200, 1000, 1200), dropout: float = 0.5,
    ) -> None:
        super().__init__()
        for_z, for_y, joint = widths
        self.noise = noise
        self.from_z = nn.Linear(noise, for_z)
        self.from_y = nn.Linear(labels, for_y)
        self.joint = nn.Linear(for_z + for_y, joint)
        self.out = nn.Linear(joint, pixels)
        self.drop = nn.Dropout(dropout)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        h = torch.cat([self.from_z(z).relu(), self.from_y(y).relu()], dim=1)      # (N, 1200)
        return self.out(self.drop(self.joint(self.drop(h)).relu())).sigmoid()     # (N, X)


class Discriminator(nn.Module):
    """D(x|y) as a logit: image and label get a maxout layer each, and then one together."""

    def __init__(
        self, pixels: int = 784, labels: int = 10,
        units: tuple[int, int, int] = (240, 50, 240), dropout: float = 0.5,
    ) -> None:
        super().__init__()
        for_x, for_y, joint = units
        self.from_x = Maxout(pixels, for_x, 5)
        self.from_y = Maxout(labels, for_y, 5)
        self.joint = Maxout(for_x + for_y, joint, 4)
        self.out = nn.Linear(joint, 1)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        h = torch.cat([self.from_x(x), self.from_y(y)], dim=1)                    # (N, 290)
        return self.out(self.drop(self.joint(self.drop(h)))).squeeze(1)           # (N,)


def value(real: Tensor, fake: Tensor) -> Tensor:
    """V(D, G) of Eq. 2 from the logits (N,) of D on real and on generated pairs."""
    return F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean()


def best_value(p: Tensor, p_g: Tensor, p_y: Tensor) -> Tensor:
    """max V over D for tables p(x|y), p_g(x|y) of shape (Y, X) and label shares p_y (Y,)."""
    d = p / (p + p_g)                                             # D*(x|y)
    return (p_y * (p * d.log() + p_g * (1 - d).log()).sum(1)).sum()


def draw(G: Generator, y: Tensor) -> Tensor:
    """An image for each label in y (N, Y), from noise uniform in (-1, 1)."""
    return G(2 * torch.rand(len(y), G.noise) - 1, y)


def train(
    G: Generator, D: Discriminator, x: Tensor, y: Tensor, steps: int, batch: int = 64
) -> None:
    """Play the game on x (M, X) with labels y (M, Y), one step of each player in turn."""
    climb = torch.optim.Adam(D.parameters(), lr=1e-2, betas=(0.5, 0.999), maximize=True)
    descend = torch.optim.Adam(G.parameters(), lr=3e-3, betas=(0.5, 0.999))
    for _ in range(steps):
        chosen = torch.randint(len(x), (batch,))
        given = y[chosen]                                         # the same labels for both
        fake = draw(G, given)
        climb.zero_grad()
        value(D(x[chosen], given), D(fake.detach(), given)).backward()
        climb.step()
        descend.zero_grad()
        F.softplus(-D(fake, given)).mean().backward()             # -log D(G(z|y)|y)
        descend.step()


def ring(n: int, labels: int = 4) -> tuple[Tensor, Tensor]:
    """Points (n, 2) in small blobs on a circle, and one-hot labels (n, labels) of their blobs."""
    label = torch.randint(labels, (n,))
    angle = 2 * math.pi * label / labels
    centre = 0.5 + 0.35 * torch.stack([angle.cos(), angle.sin()], dim=1)
    return centre + 0.02 * torch.randn(n, 2), F.one_hot(label, labels).float()


def small(labels: int = 4) -> tuple[Generator, Discriminator]:
    """Both players for points in the plane; no dropout, as there is nothing to over-fit."""
    G = Generator(2, labels, noise=4, widths=(16, 32, 64), dropout=0.0)
    return G, Discriminator(2, labels, units=(32, 16, 32), dropout=0.0)


def demo() -> None:
    """The paper's nets, counted; and a wrong label, which only a conditional D can object to."""
    for net in (Generator(), Discriminator()):
        count = sum(p.numel() for p in net.parameters())
        print(f"{type(net).__name__:13s} for MNIST: {count:,} parameters")
    p = torch.tensor([[0.9, 0.1], [0.1, 0.9]])                    # p(x|y) of two labels
    p_y = torch.tensor([0.5, 0.5])
    for name, p_g in (("labels right", p), ("labels swapped", p.flip(0))):
        told = best_value(p, p_g, p_y)
        blind = best_value((p_y @ p)[None], (p_y @ p_g)[None], torch.ones(1))
        print(f"{name:14s}: best D that sees y {told:.3f}, that does not {blind:.3f}")


def figure() -> Figure:
    """Points that a small generator draws for each label, before and after 240 rounds."""
    torch.manual_seed(0)
    x, y = ring(1000)
    G, D = small()
    given = torch.eye(4).repeat(40, 1)
    fig = Figure(figsize=(6, 3), layout="constrained")
    for axes, steps in zip(fig.subplots(1, 2, sharey=True), (0, 240), strict=True):
        train(G, D, x, y, steps)
        drawn = draw(G, given).detach()
        axes.scatter(*x[:300].T, s=6, c="lightgrey", label="data")
        axes.scatter(*drawn.T, s=6, c=given.argmax(1), cmap="tab10", vmin=0, vmax=9)
        axes.set(title=f"after {steps} rounds", xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axes.annotate("colour: label asked for", (0.03, 0.03), fontsize=8)
    return fig


if __name__ == "__main__":
    demo()
