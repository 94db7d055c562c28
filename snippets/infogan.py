r"""InfoGAN.

Split the generator's input into noise $z$ and a short code $c$, and ask that the code can be read
off the image: that their mutual information be high. A head $Q$ on the discriminator's body guesses
the code, and how well it guesses is a lower bound of that information.

$$ \min_{G, Q} \max_D V(D, G) - \lambda L_I(G, Q), \qquad
   L_I(G, Q) = \mathbb{E}_{c \sim P(c),\, x \sim G(z, c)}[\log Q(c|x)] + H(c) \le I(c; G(z, c)) $$

$$ I(c; x) - L_I = \mathbb{E}_x\big[D_{KL}(P(c|x) \,\|\, Q(c|x))\big] $$

Paper: infogan, Eq. 3 to 6, Table 1 of the appendix
Shapes: N batch, Z noise, K categories, U continuous codes, X values of x
Differs from the paper: the full nets follow the authors' code for MNIST (10 categories, two uniform
codes, unit deviation in Q); those that are trained are small, on four blobs in the plane.
"""

import math

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F


def mutual_information(p_x: Tensor, p_c: Tensor) -> Tensor:
    """I(c; x) in nats from a table p(x|c) (K, X) and p(c) (K,)."""
    return (p_c[:, None] * p_x * (p_x / (p_c @ p_x)).log()).sum()


def posterior(p_x: Tensor, p_c: Tensor) -> Tensor:
    """P(c|x) (K, X) from p(x|c) and p(c): what Q would have to be."""
    joint = p_c[:, None] * p_x
    return joint / joint.sum(0)


def table_bound(p_x: Tensor, p_c: Tensor, q: Tensor) -> Tensor:
    """L_I from the same table and any guess q(c|x) (K, X)."""
    return (p_c[:, None] * p_x * q.log()).sum() - (p_c * p_c.log()).sum()


class InfoGAN(nn.Module):
    """A generator, and a body with two heads: D's logit, and Q's guess of the code."""

    def __init__(
        self, generator: nn.Module, body: nn.Module, d: nn.Module, q: nn.Module,
        noise: int = 62, categories: int = 10, uniform: int = 2,
    ) -> None:
        super().__init__()
        self.generator, self.body, self.d, self.q = generator, body, d, q
        self.noise, self.categories, self.uniform = noise, categories, uniform

    def sample_code(self, n: int) -> Tensor:
        """Codes (N, K + U): a category as one-hot, then uniform numbers in (-1, 1)."""
        category = F.one_hot(torch.randint(self.categories, (n,)), self.categories)
        return torch.cat([category.float(), 2 * torch.rand(n, self.uniform) - 1], dim=1)

    def generate(self, c: Tensor) -> Tensor:
        """Samples for the codes c, each with fresh uniform noise."""
        z = 2 * torch.rand(len(c), self.noise) - 1
        return self.generator(torch.cat([z, c], dim=1))

    def bound(self, x: Tensor, c: Tensor) -> Tensor:
        """L_I estimated from samples x and the codes c they were made with."""
        guess = self.q(self.body(x))                              # (N, K + U)
        K = self.categories
        log_q = (c[:, :K] * guess[:, :K].log_softmax(1)).sum(1)
        error = (c[:, K:] - guess[:, K:]).square() + math.log(2 * math.pi)
        log_q = log_q - 0.5 * error.sum(1)                        # Gaussians of deviation 1
        entropy = math.log(K) + self.uniform * math.log(2)        # H(c): uniform throughout
        return log_q.mean() + entropy

    def judge(self, x: Tensor) -> Tensor:
        """D's logit (N,) that x is real."""
        return self.d(self.body(x)).squeeze(1)


def mnist_infogan() -> InfoGAN:
    """The networks for 28×28 digits: 62 + 10 + 2 inputs, 4×4 convolutions of stride 2."""
    generator = nn.Sequential(
        nn.Linear(74, 1024, bias=False), nn.BatchNorm1d(1024), nn.ReLU(),
        nn.Linear(1024, 7 * 7 * 128, bias=False), nn.BatchNorm1d(7 * 7 * 128), nn.ReLU(),
        nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Sigmoid(),         # (N, 1, 28, 28)
    )
    body = nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.1),
        nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.1),
        nn.Flatten(), nn.Linear(7 * 7 * 128, 1024, bias=False),
        nn.BatchNorm1d(1024), nn.LeakyReLU(0.1),                  # (N, 1024)
    )
    q = nn.Sequential(
        nn.Linear(1024, 128, bias=False), nn.BatchNorm1d(128), nn.LeakyReLU(0.1),
        nn.Linear(128, 12),
    )
    return InfoGAN(generator, body, nn.Linear(1024, 1), q)


def small_infogan(categories: int = 4) -> InfoGAN:
    """The same game for points in the plane, with one categorical code."""
    generator = nn.Sequential(
        nn.Linear(4 + categories, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(),
        nn.Linear(64, 2), nn.Sigmoid(),
    )
    body = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.1), nn.Linear(64, 64), nn.LeakyReLU(0.1))
    heads = nn.Linear(64, 1), nn.Linear(64, categories)
    return InfoGAN(generator, body, *heads, noise=4, categories=categories, uniform=0)


def train(net: InfoGAN, x: Tensor, steps: int, lam: float = 1.0, batch: int = 64) -> None:
    """Play on x (M, …) without labels; lam weighs the information in G's objective."""
    d_side = [*net.body.parameters(), *net.d.parameters(), *net.q.parameters()]
    play_d = torch.optim.Adam(d_side, lr=5e-3, betas=(0.5, 0.999))
    play_g = torch.optim.Adam(net.generator.parameters(), lr=3e-3, betas=(0.5, 0.999))
    for _ in range(steps):
        c = net.sample_code(batch)
        fake = net.generate(c)
        real = x[torch.randint(len(x), (batch,))]
        seen = fake.detach()
        loss = F.softplus(-net.judge(real)) + F.softplus(net.judge(seen))
        play_d.zero_grad()
        (loss.mean() - net.bound(seen, c)).backward()             # Q learns to read the code
        play_d.step()
        play_g.zero_grad()
        (F.softplus(-net.judge(fake)).mean() - lam * net.bound(fake, c)).backward()
        play_g.step()


def ring(n: int, blobs: int = 4) -> Tensor:
    """Points (n, 2) in small blobs on a circle."""
    angle = 2 * math.pi * torch.randint(blobs, (n,)) / blobs
    centre = 0.5 + 0.35 * torch.stack([angle.cos(), angle.sin()], dim=1)
    return centre + 0.02 * torch.randn(n, 2)


def demo() -> None:
    """The bound on a table, the nets for MNIST, and codes with and without the new term."""
    torch.manual_seed(0)
    p_x, p_c = torch.tensor([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]]), torch.tensor([0.5, 0.5])
    print(f"I(c; x) {mutual_information(p_x, p_c):.4f} nats", end=", ")
    print(f"bound with the posterior {table_bound(p_x, p_c, posterior(p_x, p_c)):.4f}", end=", ")
    print(f"with a blind guess {table_bound(p_x, p_c, torch.full((2, 3), 0.5)):.4f}")
    net = mnist_infogan()
    for name in ("generator", "body", "d", "q"):
        count = sum(p.numel() for p in getattr(net, name).parameters())
        print(f"MNIST {name:9s} {count:9,} parameters")
    x = ring(1000)
    for lam in (1.0, 0.0):
        small = small_infogan()
        train(small, x, 160, lam)
        c = small.sample_code(800)
        bound = small.bound(small.generate(c), c).item()
        print(f"lambda {lam:.0f}: the code explains {bound:.2f} of {math.log(4):.2f} nats")


def figure() -> Figure:
    """Samples coloured by their code, trained with and without the information term."""
    x = ring(1000)
    fig = Figure(figsize=(6, 3), layout="constrained")
    for axes, lam in zip(fig.subplots(1, 2, sharey=True), (0.0, 1.0), strict=True):
        torch.manual_seed(2)
        net = small_infogan()
        train(net, x, 240, lam)
        c = net.sample_code(200)
        axes.scatter(*x[:300].T, s=6, c="lightgrey")
        drawn = net.generate(c).detach()
        axes.scatter(*drawn.T, s=6, c=c.argmax(1), cmap="tab10", vmin=0, vmax=9)
        axes.set(title=f"lambda = {lam:.0f}", xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axes.annotate("colour: code", (0.03, 0.03), fontsize=8)
    return fig


if __name__ == "__main__":
    demo()
