r"""AnoGAN: anomalies are what a generator of normal images cannot draw.

Train a GAN on normal images only. For a new image, search the latent space by gradient descent for
the drawing that resembles it most. What remains different, in pixels and in the discriminator's
features, is the anomaly score; the pixels that remain different show where the anomaly is.

$$ \mathcal L(z_\gamma) = (1 - \lambda) \mathcal L_R(z_\gamma) + \lambda \mathcal L_D(z_\gamma) $$

$$ \mathcal L_R(z_\gamma) = \sum |x - G(z_\gamma)|, \qquad
   \mathcal L_D(z_\gamma) = \sum |f(x) - f(G(z_\gamma))|, \qquad A(x) = \mathcal L(z_\Gamma) $$

Paper: anogan, Eq. 3, 4, 5 and 6
Shapes: N images, Z latent dimensions, H W space
Differs from the paper: run on 8×8 digits, of which one is the healthy tissue, instead of 64×64
patches of retinal scans, and for 60 steps of search instead of 500.
"""

import math

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def residual_loss(x: Tensor, drawn: Tensor) -> Tensor:
    """What the drawing misses, pixel by pixel, one sum an image (N,)."""
    return (x - drawn).abs().flatten(1).sum(1)


def discrimination_loss(features: Tensor, drawn_features: Tensor) -> Tensor:
    """The same in the features of the discriminator: feature matching (N,)."""
    return (features - drawn_features).abs().flatten(1).sum(1)


class Generator(nn.Module):
    """DCGAN's: z to 4×4, then doubled until the size is reached; 512-256-128-64 filters for 64."""

    def __init__(self, size: int = 64, latent: int = 100, width: int = 64) -> None:
        super().__init__()
        self.latent = latent
        n = int(math.log2(size)) - 2                              # doublings from 4 to size
        self.first = width * 2 ** (n - 1)
        self.project = nn.Linear(latent, self.first * 16)
        layers: list[nn.Module] = [nn.BatchNorm2d(self.first), nn.ReLU()]
        for i in range(n - 1):
            c = self.first // 2**i
            layers += [nn.ConvTranspose2d(c, c // 2, 5, 2, 2, output_padding=1, bias=False),
                       nn.BatchNorm2d(c // 2), nn.ReLU()]
        layers += [nn.ConvTranspose2d(width, 1, 5, 2, 2, output_padding=1), nn.Tanh()]
        self.draw = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        return self.draw(self.project(z).reshape(len(z), self.first, 4, 4))  # (N, 1, H, W)


class Discriminator(nn.Module):
    """The mirror image; its last convolution gives the features f, a linear layer the verdict."""

    def __init__(self, size: int = 64, width: int = 64) -> None:
        super().__init__()
        n = int(math.log2(size)) - 2
        layers: list[nn.Module] = [nn.Conv2d(1, width, 5, 2, 2), nn.LeakyReLU(0.2)]
        for i in range(n - 1):
            c = width * 2**i
            layers += [nn.Conv2d(c, 2 * c, 5, 2, 2, bias=False), nn.BatchNorm2d(2 * c),
                       nn.LeakyReLU(0.2)]
        self.features = nn.Sequential(*layers)                    # (N, C, 4, 4)
        self.verdict = nn.Linear(width * 2 ** (n - 1) * 16, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.verdict(self.features(x).flatten(1)).squeeze(1)          # logits (N,)


def train(x: Tensor, steps: int = 300, seed: int = 0) -> tuple[Generator, Discriminator]:
    """The minimax game of Eq. 1 (non-saturating) on normal images only; z is uniform."""
    torch.manual_seed(seed)
    g, d = Generator(8, 10, 32), Discriminator(8, 32)
    adam = {"lr": 2e-3, "betas": (0.5, 0.999)}
    g_step = torch.optim.Adam(g.parameters(), **adam)
    d_step = torch.optim.Adam(d.parameters(), **adam)
    for _ in range(steps):
        real = x[torch.randint(len(x), (32,))]
        fake = g(torch.rand(32, g.latent) * 2 - 1)
        d_step.zero_grad()
        (F.softplus(-d(real)) + F.softplus(d(fake.detach()))).mean().backward()
        d_step.step()
        g_step.zero_grad()
        F.softplus(-d(fake)).mean().backward()
        g_step.step()
    return g.eval().requires_grad_(False), d.eval().requires_grad_(False)


def search(x: Tensor, g: Generator, d: Discriminator, steps: int = 60, weight: float = 0.1,
           seed: int = 0) -> tuple[Tensor, Tensor]:
    """The best drawing of each image, and its score A(x) with weight lambda (Eq. 5 and 6)."""
    torch.manual_seed(seed)
    z = (torch.rand(len(x), g.latent) * 2 - 1).requires_grad_()
    optimiser = torch.optim.Adam([z], lr=0.1)
    features = d.features(x)
    for step in range(steps + 1):
        drawn = g(z)
        loss = ((1 - weight) * residual_loss(x, drawn)
                + weight * discrimination_loss(features, d.features(drawn)))
        if step < steps:
            optimiser.zero_grad()
            loss.sum().backward()
            optimiser.step()
    return drawn.detach(), loss.detach()


def auc(normal: Tensor, abnormal: Tensor) -> float:
    """Probability that an abnormal image scores above a normal one."""
    return (abnormal[:, None] > normal).double().mean().item()


def digits(normal: int) -> tuple[Tensor, Tensor, Tensor]:
    """Real digits (UCI, CC BY 4.0, in scikit-learn): normal to learn; normal, others to judge."""
    data = load_digits()
    x = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 8 - 1  # (N, 1, 8, 8)
    y = torch.tensor(data.target)
    return x[y == normal][:120], x[y == normal][120:], x[y != normal][:100]


def demo() -> None:
    """Train on the digit 0 alone and score unseen zeros against all other digits."""
    count = [sum(p.numel() for p in net(64).parameters()) for net in (Generator, Discriminator)]
    print(f"for 64x64 patches: generator {count[0]:,}, discriminator {count[1]:,} parameters")
    learn, normal, abnormal = digits(normal=0)
    g, d = train(learn)
    (_, a), (_, b) = search(normal, g, d), search(abnormal, g, d)
    print(f"mean score: unseen zeros {a.mean():.1f}, other digits {b.mean():.1f}")
    print(f"AUC of the score {auc(a, b):.3f}, of the discriminator's verdict alone "
          f"{auc(-d(normal), -d(abnormal)):.3f}")


def figure() -> Figure:
    """Images, the nearest drawings that the generator of zeros can make, and the residuals."""
    learn, normal, abnormal = digits(normal=0)
    x = torch.cat([normal[:3], abnormal[:5]])
    drawn, _ = search(x, *train(learn))
    rows = torch.stack([x, drawn, (x - drawn).abs() - 1]).squeeze(2)         # (3, 8, H, W)
    fig = Figure(figsize=(7, 2.9), layout="constrained")
    for axes, title, row in zip(fig.subplots(3, 1), ("image", "drawing", "residual"), rows,
                                strict=True):
        axes.imshow(F.pad(row, (1, 1, 1, 1), value=0).transpose(0, 1).reshape(10, -1),
                    cmap="gray_r", vmin=-1, vmax=1)
        axes.set(xticks=[], yticks=[], ylabel=title)
    return fig


if __name__ == "__main__":
    demo()
