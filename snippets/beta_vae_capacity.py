r"""Beta-VAE with controlled capacity.

Hold the information in the code of a VAE at a target of C nats, strongly, and let the target rise
slowly during training. The most useful factors of variation enter first, each along its own axis,
and in the end little of the picture has to be given up.

$$ \mathcal L = \mathbb E_{q_\phi(z|x)} \big[ \log p_\theta(x|z) \big]
   - \gamma \, \big| D_{KL}\big( q_\phi(z|x) \,\|\, p(z) \big) - C \big| $$

Paper: beta_vae_capacity, Eq. 8
Shapes: N images, D pixels, J latent dimensions
Differs from the paper: trained on binarised 8×8 digits with one hidden layer instead of
convolutions on sprites and chairs, for 500 steps and with gamma = 3: in so short
a run a large gamma fills the code before the decoder has learned to read it.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def kl_to_prior(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL divergence of each latent from N(0, 1), averaged over the batch, in nats (J,)."""
    return 0.5 * (mean**2 + log_var.exp() - 1 - log_var).mean(0)


def capacity(step: int, steps: int, final: float) -> float:
    """The target C: straight up from 0 to its final value within so many steps, then level."""
    return final * min(step / steps, 1.0)


def loss(reconstruction: Tensor, kl: Tensor, c: float, gamma: float) -> Tensor:
    """Minus the objective: nats lost in reconstruction, and the distance of the KL from C."""
    return reconstruction + gamma * (kl.sum() - c).abs()


class VAE(nn.Module):
    """A Gaussian encoder and a Bernoulli decoder with one hidden layer each."""

    def __init__(self, pixels: int = 64, hidden: int = 64, latent: int = 10) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, pixels))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Nats lost for each image of x (N, D), and the KL of each latent."""
        mean, log_var = self.encoder(x).chunk(2, dim=1)                    # (N, J) each
        z = mean + (0.5 * log_var).exp() * torch.randn_like(mean)
        lost = F.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum") / len(x)
        return lost, kl_to_prior(mean, log_var)


def digits() -> Tensor:
    """Real 8×8 digits (UCI, CC BY 4.0, in scikit-learn), ink or none (1797, 64)."""
    return torch.tensor(load_digits().data > 8, dtype=torch.float32)


def train(x: Tensor, final: float, gamma: float = 3.0, steps: int = 500,
          seed: int = 0) -> tuple[VAE, Tensor]:
    """Adam while C rises over the first four fifths; a row (C, nats lost, KLs) for each step."""
    torch.manual_seed(seed)
    vae, log = VAE(), []
    optimiser = torch.optim.Adam(vae.parameters(), lr=3e-3)
    for step in range(steps):
        c = capacity(step, steps * 4 // 5, final)
        lost, kl = vae(x[torch.randint(len(x), (100,))])
        optimiser.zero_grad()
        loss(lost, kl, c, gamma).backward()
        optimiser.step()
        log.append(torch.cat([torch.stack([torch.tensor(c), lost]), kl]).detach())
    return vae, torch.stack(log)                                           # (steps, 2 + J)


def demo() -> None:
    """The KL follows its target, and the picture gets sharper as the target rises."""
    log = train(digits(), final=10.0)[1]
    for part in log.split(100):
        c, lost, *kl = part[-20:].mean(0).tolist()
        print(f"C {c:4.1f}  KL {sum(kl):4.1f} nats in {sum(k > 0.1 for k in kl):2d} latents, "
              f"{lost:.1f} nats lost in the picture")


def figure() -> Figure:
    """The information in each latent while the target rises (compare the paper's Fig. 3)."""
    log = train(digits(), final=10.0)[1].unfold(0, 20, 10).mean(2)         # smoothed
    fig = Figure(figsize=(6, 3), layout="constrained")
    axes = fig.subplots()
    axes.plot(log[:, 0], log[:, 2:].sum(1), "k", label="all latents")
    axes.plot(log[:, 0], log[:, 0], "k:", label="target C")
    axes.plot(log[:, 0], log[:, 2:], lw=0.8)
    axes.set(xlabel="C (nats)", ylabel="KL (nats)")
    axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
