r"""Variational auto-encoder.

Learn a generative model $p_\theta(x|z)\,p(z)$ together with an encoder $q_\phi(z|x)$ that stands in
for its intractable posterior. Both climb one lower bound of the log-likelihood. The sample is drawn
as a deterministic function of parameter-free noise, so the gradient passes through it.

$$ \log p_\theta(x) = D_{KL}\big(q_\phi(z|x) \,\|\, p_\theta(z|x)\big) + \mathcal L,
   \qquad z^{(l)} = \mu + \sigma \odot \epsilon^{(l)}, \quad \epsilon^{(l)} \sim \mathcal N(0, I) $$

$$ \mathcal L \simeq \frac12 \sum_{j=1}^J \big(1 + \log \sigma_j^2 - \mu_j^2 - \sigma_j^2\big)
   + \frac1L \sum_{l=1}^L \log p_\theta\big(x \,|\, z^{(l)}\big) $$

Paper: vae, Eq. 1, 7, 10, 11 and 12, Algorithm 1
Shapes: L samples, N images, D pixels, H hidden units, J latent dimensions
Differs from the paper: trained on binarised 8×8 digits instead of MNIST and Frey Face, for
40,000 images instead of millions; the initial N(0, 0.01) is read as a variance of 0.01.
"""

import math
from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

Likelihood = Callable[[Tensor, Tensor], Tensor]           # (x, z) -> log p(x|z), one a sample


def kl_to_prior(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL divergence of N(mean, exp(log_var)) from N(0, I), in closed form (Appendix B)."""
    return -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum(-1)                      # (N,)


def reparameterise(mean: Tensor, log_var: Tensor, noise: Tensor) -> Tensor:
    """Samples of N(mean, exp(log_var)) as a differentiable function of standard noise."""
    return mean + (0.5 * log_var).exp() * noise                                        # (L, N, J)


def bernoulli(x: Tensor, logits: Tensor) -> Tensor:
    """log p(x|z) of grey or binary pixels in [0, 1] (Eq. 11)."""
    x = x.expand_as(logits)
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)    # (L, N)


def gaussian(x: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """log N(x; mean, exp(log_var)) with a diagonal covariance (Eq. 12)."""
    square = (x - mean) ** 2 / log_var.exp()
    return -0.5 * (square + log_var + math.log(2 * math.pi)).sum(-1)


def lower_bound(
    x: Tensor, mean: Tensor, log_var: Tensor, likelihood: Likelihood, noise: Tensor
) -> Tensor:
    """The SGVB estimate of the bound for each image, from noise of shape (L, N, J) (Eq. 10)."""
    z = reparameterise(mean, log_var, noise)                                           # (L, N, J)
    return likelihood(x, z).mean(0) - kl_to_prior(mean, log_var)                       # (N,)


class VAE(nn.Module):
    """An encoder and a Bernoulli decoder with one hidden tanh layer each (Appendix C)."""

    def __init__(self, pixels: int = 784, hidden: int = 500, latent: int = 20) -> None:
        super().__init__()
        self.latent = latent
        self.encoder = nn.Sequential(
            nn.Linear(pixels, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent)
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.Tanh(), nn.Linear(hidden, pixels)
        )
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=0.1)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|x), each (N, J)."""
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        return mean, log_var

    def likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        return bernoulli(x, self.decoder(z))

    def forward(self, x: Tensor, samples: int = 1) -> Tensor:
        """The bound for each image of x (N, D)."""
        noise = torch.randn(samples, len(x), self.latent)
        return lower_bound(x, *self.encode(x), self.likelihood, noise)


def aevb_loss(vae: VAE, x: Tensor) -> Tensor:
    """What this paper minimises: minus the bound, one sample an image."""
    return -vae(x).mean()


def wake_sleep_loss(vae: VAE, x: Tensor) -> Tensor:
    """The online rival: fit the decoder to guessed codes, the encoder to dreamt images."""
    with torch.no_grad():
        mean, log_var = vae.encode(x)
        guessed = reparameterise(mean, log_var, torch.randn_like(mean))
        dreamt = torch.randn_like(mean)
        dream = vae.decoder(dreamt).sigmoid().bernoulli()
    wake = vae.likelihood(x, guessed)
    sleep = gaussian(dreamt, *vae.encode(dream))
    return -(wake + sleep).mean()


def digits(train: int = 1000) -> tuple[Tensor, Tensor, Tensor]:
    """Real 8×8 digits (UCI, CC BY 4.0, in scikit-learn): ink or none; seen, unseen, labels."""
    data = load_digits()
    x = torch.tensor(data.data > 8, dtype=torch.float32)                               # (1797, 64)
    return x[:train], x[train:], torch.tensor(data.target[train:])


def train(
    x: Tensor,
    latent: int,
    loss: Callable[[VAE, Tensor], Tensor] = aevb_loss,
    epochs: int = 40,
    seed: int = 0,
) -> VAE:
    """Algorithm 1 with the paper's settings: batches of 100, Adagrad, a N(0, I) prior on theta."""
    torch.manual_seed(seed)
    vae = VAE(x.shape[1], latent=latent)
    optimiser = torch.optim.Adagrad(
        [
            {"params": vae.encoder.parameters()},
            {"params": vae.decoder.parameters(), "weight_decay": 1 / len(x)},
        ],
        lr=0.02,
    )
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(100):
            optimiser.zero_grad()
            loss(vae, x[chosen]).backward()
            optimiser.step()
    return vae


def demo() -> None:
    """Train with the bound and with wake-sleep; compare the bounds on unseen digits."""
    seen, unseen, _ = digits()
    parameters = sum(p.numel() for p in VAE().parameters())
    print(f"MNIST model (784-500-20): {parameters:,} parameters")
    for loss in (aevb_loss, wake_sleep_loss):
        vae = train(seen, latent=2, loss=loss, epochs=10)
        with torch.no_grad():
            bound = vae(unseen, samples=10).mean().item()
            kl = kl_to_prior(*vae.encode(unseen)).mean().item()
        name = loss.__name__.removesuffix("_loss")
        print(f"{name:10s} bound {bound:.2f} nats an unseen digit, of which KL {kl:.2f}")


def figure() -> Figure:
    """Codes of unseen digits, and the images that a grid of codes decodes to (as in Fig. 4)."""
    seen, unseen, labels = digits()
    vae = train(seen, latent=2, epochs=60)
    steps = torch.distributions.Normal(0.0, 1.0).icdf(torch.linspace(0.01, 0.99, 9))
    codes = torch.cartesian_prod(-steps, steps).flip(1)                                # (81, 2)
    with torch.no_grad():
        means = vae.encode(unseen)[0]
        images = F.pad(vae.decoder(codes).sigmoid().reshape(9, 9, 8, 8), (1, 1, 1, 1))
    fig = Figure(figsize=(7, 3.4), layout="constrained")
    left, right = fig.subplots(1, 2)
    points = left.scatter(*means.T, c=labels, cmap="tab10", s=5, vmin=-0.5, vmax=9.5)
    fig.colorbar(points, ax=left, ticks=range(10), label="digit (never shown to the model)")
    left.set(xlabel="$z_1$", ylabel="$z_2$", title="codes of unseen digits", aspect="equal")
    right.imshow(images.transpose(1, 2).reshape(90, 90), cmap="gray_r", vmin=0, vmax=1)
    right.set(xticks=[], yticks=[], title="decoded from a grid of codes")
    return fig


if __name__ == "__main__":
    demo()
