r"""Generative adversarial nets.

A generator $G$ turns noise into samples; a discriminator $D$ says how likely a sample is to be
real. They are trained against each other, and at the best $D$ the generator's cost is a distance
between the two distributions that never had to be written down.

$$ \min_G \max_D V(D, G) = \mathbb{E}_{x \sim p_{data}}[\log D(x)]
   + \mathbb{E}_{z \sim p_z}[\log(1 - D(G(z)))] $$

$$ D^*_G(x) = \frac{p_{data}(x)}{p_{data}(x) + p_g(x)}, \qquad
   C(G) = \max_D V(D, G) = -\log 4 + 2\,\mathrm{JSD}(p_{data} \,\|\, p_g) $$

Paper: gan, Eq. 1, 2, 4 and 6, Algorithm 1 and Sec. 5
Shapes: N batch, X dimensions of the data, Z dimensions of the noise
Differs from the paper: the full nets have the sizes of the authors' MNIST configuration; narrower
ones are trained on 8×8 digits instead of MNIST, with Adam instead of momentum to be done sooner.
"""

import math

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def value(real: Tensor, fake: Tensor) -> Tensor:
    """V(D, G) of Eq. 1 from the logits of D on real and on generated samples, each (N,)."""
    return F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean()  # log(1 - D) = logsigmoid(-logit)


def saturating_loss(fake: Tensor) -> Tensor:
    """What G minimises in Eq. 1: log(1 - D(G(z))). Its slope dies where D is sure of a fake."""
    return F.logsigmoid(-fake).mean()


def non_saturating_loss(fake: Tensor) -> Tensor:
    """What G minimises in practice: -log D(G(z)). Same fixed point, steep where D is sure."""
    return -F.logsigmoid(fake).mean()


def optimal_discriminator(p_data: Tensor, p_g: Tensor) -> Tensor:
    """D* of Eq. 2 at points where the two densities are p_data and p_g."""
    return p_data / (p_data + p_g)


def criterion(p_data: Tensor, p_g: Tensor) -> Tensor:
    """C(G) of Eq. 4 for two distributions (X,) over a finite set."""
    d = optimal_discriminator(p_data, p_g)
    return (p_data * d.log() + p_g * (1 - d).log()).sum()


class Maxout(nn.Module):
    """The largest of several linear maps, for each unit."""

    def __init__(self, inputs: int, units: int, pieces: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, units * pieces)
        self.shape = (units, pieces)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).unflatten(1, self.shape).amax(2)    # (N, units)


def generator(data: int = 784, noise: int = 100, width: int = 1200) -> nn.Sequential:
    """From noise (N, Z) to samples (N, X) with values in (0, 1): two ReLU layers, one sigmoid."""
    return nn.Sequential(
        nn.Linear(noise, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(),
        nn.Linear(width, data), nn.Sigmoid(),
    )


def discriminator(data: int = 784, units: int = 240, pieces: int = 5) -> nn.Sequential:
    """From samples (N, X) to logits (N,): two maxout layers with dropout on every input."""
    return nn.Sequential(
        nn.Dropout(0.2), Maxout(data, units, pieces),
        nn.Dropout(0.5), Maxout(units, units, pieces),
        nn.Dropout(0.5), nn.Linear(units, 1), nn.Flatten(0),
    )


def train(
    G: nn.Sequential, D: nn.Sequential, x: Tensor, steps: int, k: int = 1, batch: int = 64
) -> None:
    """Algorithm 1 on the data x (M, X): k steps of D for each step of G."""
    climb = torch.optim.Adam(D.parameters(), lr=3e-3, betas=(0.5, 0.999), maximize=True)
    descend = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))
    for _ in range(steps):
        for _ in range(k):
            real = x[torch.randint(len(x), (batch,))]
            fake = sample(G, batch).detach()                      # D's step leaves G alone
            climb.zero_grad()
            value(D(real), D(fake)).backward()
            climb.step()
        descend.zero_grad()
        non_saturating_loss(D(sample(G, batch))).backward()
        descend.step()


def sample(G: nn.Sequential, n: int) -> Tensor:
    """Draw n samples (n, X): Gaussian noise through the generator, no Markov chain."""
    return G(torch.randn(n, G[0].in_features))


def parzen_log_likelihood(x: Tensor, samples: Tensor, sigma: float) -> Tensor:
    """Log density (N,) at x (N, X) of Gaussians of width sigma around samples (S, X): Sec. 5."""
    distance = torch.cdist(x, samples).square()                   # (N, S)
    norm = math.log(len(samples)) + x.shape[1] * math.log(sigma * math.sqrt(2 * math.pi))
    return torch.logsumexp(-distance / (2 * sigma**2), dim=1) - norm


def digits(train: int = 1400) -> tuple[Tensor, Tensor]:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn) as (M, 64): train and unseen."""
    x = torch.tensor(load_digits().data, dtype=torch.float32) / 16
    return x[:train], x[train:]


def demo() -> None:
    """The game's optimum on a small example, and why G does not minimise Eq. 1 as it stands."""
    for name, net in (("generator", generator()), ("discriminator", discriminator())):
        print(f"{name:13s} for MNIST: {sum(p.numel() for p in net.parameters()):,} parameters")
    p_data, p_g = torch.tensor([0.1, 0.2, 0.7]), torch.tensor([0.6, 0.2, 0.2])
    for p, q, d in zip(p_data, p_g, optimal_discriminator(p_data, p_g), strict=True):
        print(f"p_data {p:.1f}, p_g {q:.1f}: best D {d:.3f}")
    here, least = criterion(p_data, p_g), criterion(p_data, p_data)
    print(f"C(G) there {here:.4f}, where p_g = p_data {least:.4f} = -log 4")
    for d in (0.5, 0.01):
        logit = torch.logit(torch.tensor(d)).requires_grad_()
        (dead,) = torch.autograd.grad(saturating_loss(logit), logit)
        (live,) = torch.autograd.grad(non_saturating_loss(logit), logit)
        print(f"D(G(z)) = {d:4.2f}: slope {dead:.3f} of log(1 - D), {live:.3f} of -log D")


def figure() -> Figure:
    """The slopes of the two generator losses, and digits from a generator after 300 steps."""
    torch.manual_seed(0)
    logit = torch.linspace(-6, 6, 200, requires_grad=True)
    fig = Figure(figsize=(7, 3), layout="constrained")
    left, right = fig.subplots(1, 2, width_ratios=(3, 4))
    for loss, name in ((saturating_loss, "log(1 - D)"), (non_saturating_loss, "-log D")):
        (slope,) = torch.autograd.grad(loss(logit), logit)        # the mean divides by 200
        left.plot(torch.sigmoid(logit).detach(), 200 * slope.abs(), label=name)
    left.set(xlabel="D(G(z))", ylabel="size of the slope in D's logit")
    left.legend(frameon=False)
    x, _ = digits()
    G, D = generator(64, 16, 128), discriminator(64, 64, 3)
    rows = [x[:12], sample(G, 12)]
    train(G, D, x, steps=300)
    rows += [sample(G, 12), sample(G, 12)]
    tiles = torch.cat([F.pad(r.detach().reshape(-1, 8, 8), (1, 1, 1, 1)) for r in rows])
    image = tiles.reshape(4, 12, 10, 10).transpose(1, 2).reshape(40, 120)
    right.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    right.set_yticks([5, 15, 25, 35], ["data", "before", "after", "after"])
    right.set_xticks([])
    return fig


if __name__ == "__main__":
    demo()
