r"""beta-VAE.

Multiply the divergence term of a variational auto-encoder by $\beta > 1$. The code becomes a narrow
channel: a latent that does not earn its price in reconstruction is switched off, and the factors of
the data that remain tend to get a latent each. A metric of the paper measures whether they did.

$$ \mathcal F = \mathbb{E}_{q_\phi(z|x)}[\log p_\theta(x|z)]
   - \beta\, D_{KL}\big(q_\phi(z|x) \,\|\, p(z)\big) $$

$$ z^b_{diff} = \frac1L \sum_{l=1}^L |z_{1,l} - z_{2,l}|, \qquad
   \text{score} = \text{accuracy of a linear classifier } z^b_{diff} \mapsto y $$

In the second line both images of a pair share factor $y$, and differ in the others. For a linear
decoder with unit noise the best code is known: a latent for each principal direction whose
variance $\lambda_j$ exceeds $\beta$, with $D_{KL} = \frac12 \log(\lambda_j / \beta)$, and no other.

Paper: beta_vae, Eq. 4, Sec. 3
Shapes: N images, D pixels, J latents, B batches of L pairs, K factors
Differs from the paper: the full net has the paper's sizes for 2D shapes; a linear one is trained on
data with three known factors, as the paper's shapes would take hours.
"""

import math

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F


def kl_by_latent(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL of N(mean, exp(log_var)) from N(0, 1), averaged over images, for each latent (J,)."""
    return 0.5 * (mean**2 + log_var.exp() - 1 - log_var).mean(0)


def beta_loss(log_likelihood: Tensor, kl: Tensor, beta: float) -> Tensor:
    """-F of Eq. 4 from log p(x|z) of each image (N,) and the divergence of each latent (J,)."""
    return beta * kl.sum() - log_likelihood.mean()


class BetaVAE(nn.Module):
    """The paper's net for binary 64×64 shapes: ReLU encoder, tanh decoder, ten latents."""

    def __init__(self, pixels: int = 4096, hidden: int = 1200, latent: int = 10) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(),
            nn.Linear(hidden, 2 * latent),
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(),
            nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, pixels),
        )

    def forward(self, x: Tensor, beta: float) -> Tensor:
        """The loss on images x (N, D) in [0, 1]."""
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        z = mean + (0.5 * log_var).exp() * torch.randn_like(mean)                 # (N, J)
        pixels = F.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="none")
        return beta_loss(-pixels.sum(1), kl_by_latent(mean, log_var), beta)


class LinearBetaVAE(nn.Module):
    """Linear encoder and decoder, unit pixel noise: here what beta does is known exactly."""

    def __init__(self, pixels: int, latent: int) -> None:
        super().__init__()
        self.mean = nn.Linear(pixels, latent, bias=False)
        self.log_var = nn.Parameter(torch.zeros(latent))
        self.decoder = nn.Linear(latent, pixels, bias=False)

    def forward(self, x: Tensor, beta: float) -> Tensor:
        """The loss on centred data x (N, D), without noise: E over z in closed form."""
        mean = self.mean(x)
        blur = (self.decoder.weight**2 * self.log_var.exp()).sum()                # variance of z
        error = (x - self.decoder(mean)).square().sum(1) + blur
        return beta_loss(-0.5 * error, self.kl(x), beta)

    def kl(self, x: Tensor) -> Tensor:
        """What each latent (J,) costs in nats on data x (N, D)."""
        mean = self.mean(x)
        return kl_by_latent(mean, self.log_var.expand_as(mean))


def best_kl(variances: Tensor, beta: float) -> Tensor:
    """The divergence of each latent at the optimum, for principal variances (J,)."""
    return 0.5 * (variances / beta).log().clamp(min=0)


def train(x: Tensor, latent: int, beta: float, steps: int = 150) -> LinearBetaVAE:
    """Fit a linear beta-VAE to centred data x (N, D), all of it at each step."""
    vae = LinearBetaVAE(x.shape[1], latent)
    optimiser = torch.optim.LBFGS(vae.parameters(), max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = vae(x, beta)
        value.backward()
        return value

    optimiser.step(loss)
    return vae


def simulate(factors: Tensor) -> Tensor:
    """Data (N, 8) from three independent factors (N, 3), along orthogonal directions."""
    k = torch.arange(8.0)
    directions = torch.stack([(math.pi * (j + 1) * (k + 0.5) / 8).cos() / 2 for j in range(3)])
    return factors * torch.tensor([4.0, 2.5, 1.5]) @ directions                   # (N, 8)


def pair_differences(encode: nn.Module, batches: int, pairs: int = 64) -> tuple[Tensor, Tensor]:
    """z_diff (B, J) and the factor y (B,) that the pairs of each batch share (Sec. 3)."""
    y = torch.randint(3, (batches,))
    factors = torch.randn(2, batches, pairs, 3)
    shared = F.one_hot(y, 3).bool()[:, None]                                      # (B, 1, 3)
    second = torch.where(shared, factors[0], factors[1])
    codes = [encode(simulate(v.flatten(0, 1))).unflatten(0, (batches, pairs))
             for v in (factors[0], second)]
    return (codes[0] - codes[1]).abs().mean(1), y                                 # (B, J)


def score(encode: nn.Module, batches: int = 300) -> float:
    """The disentanglement metric: how well a linear classifier names the shared factor."""
    with torch.no_grad():
        z, y = pair_differences(encode, batches)
        z_test, y_test = pair_differences(encode, batches)
    linear = nn.Linear(z.shape[1], 3)
    optimiser = torch.optim.Adam(linear.parameters(), lr=0.05)
    for _ in range(200):
        optimiser.zero_grad()
        F.cross_entropy(linear(z), y).backward()
        optimiser.step()
    return (linear(z_test).argmax(1) == y_test).float().mean().item()


def demo() -> None:
    """Count the paper's net, then raise beta and watch latents go out."""
    torch.manual_seed(0)
    count = sum(p.numel() for p in BetaVAE().parameters())
    print(f"net for 2D shapes: {count:,} parameters")
    x = simulate(torch.randn(500, 3))
    for beta in (1.0, 4.0, 8.0):
        vae = train(x, latent=5, beta=beta)
        kl = vae.kl(x).detach().sort(descending=True).values
        active, nats = (kl > 0.05).sum(), kl.sum()
        metric = score(vae.mean)
        print(f"beta {beta:.0f}: {active} latents active, {nats:.2f} nats, metric {metric:.2f}")


def figure() -> Figure:
    """The price of each latent against beta: training (dots) and the exact optimum (lines)."""
    torch.manual_seed(0)
    x = simulate(torch.randn(500, 3))
    variances = torch.linalg.eigvalsh(x.T @ x / len(x)).flip(0)[:3]
    betas = [1.0, 2.0, 4.0, 8.0, 16.0]
    found = torch.stack([train(x, 3, b).kl(x).detach().sort().values.flip(0) for b in betas])
    grid = torch.logspace(0, 1.3, 60)
    fig = Figure(figsize=(5, 3), layout="constrained")
    axes = fig.subplots()
    for j, variance in enumerate(variances):
        axes.semilogx(grid, [best_kl(variance, b.item()) for b in grid], color=f"C{j}")
        axes.semilogx(betas, found[:, j], "o", color=f"C{j}", label=f"variance {variance:.1f}")
    axes.set(xlabel="beta", ylabel="KL of a latent (nats)")
    axes.set_xticks(betas, [f"{b:.0f}" for b in betas])
    axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
