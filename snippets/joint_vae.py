r"""JointVAE.

A VAE whose code has a continuous part z, for slant or width, and a discrete part c, for kinds.
Each part is held at a number of nats of its own, and both numbers rise during training, so that
neither part leaves the work to the other. The discrete draw is relaxed, so that a gradient passes.

$$ \mathcal L = \mathbb E_{q_\phi(z, c|x)} \big[ \log p_\theta(x|z, c) \big]
   - \gamma \, \big| D_{KL}(q_\phi(z|x) \,\|\, p(z)) - C_z \big|
   - \gamma \, \big| D_{KL}(q_\phi(c|x) \,\|\, p(c)) - C_c \big| $$

$$ c_k = \frac{\exp((\log \alpha_k + g_k)/\tau)}{\sum_{i=1}^K \exp((\log \alpha_i + g_i)/\tau)},
   \qquad D_{KL}(q_\phi(c|x) \,\|\, p(c)) = \log K + \sum_{k=1}^K \alpha_k \log \alpha_k
   \le \log K $$

Paper: joint_vae, the objective with two capacities, its relaxation and its architecture
Shapes: N images, D pixels, J continuous latents, K classes of a discrete latent, H hidden units
Differs from the paper: the net of the authors' code is built at full size, but a dense one with two
continuous latents is trained, on binarised 8×8 digits for 500 steps; C_z rises to 2 nats, not 5,
and gamma is 2, not 30, as there are 16 times fewer pixels to weigh against.
"""

import math
from collections.abc import Sequence

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def kl_continuous(mean: Tensor, log_var: Tensor) -> Tensor:
    """Nats of the continuous latents (N, J) from N(0, 1), summed; the batch's average."""
    return 0.5 * (mean**2 + log_var.exp() - 1 - log_var).sum(1).mean()


def kl_discrete(log_alphas: Sequence[Tensor]) -> Tensor:
    """Nats of the discrete latents, each (N, K), from uniform ones, summed; the batch's average."""
    return sum(math.log(a.shape[1]) + (a.exp() * a).sum(1).mean() for a in log_alphas)


def ceiling(classes: Sequence[int]) -> float:
    """What discrete latents of so many classes can carry at most."""
    return sum(math.log(k) for k in classes)


def capacity(step: int, ramp: int, final: float, most: float = math.inf) -> float:
    """A target: straight up from 0 to its final value within `ramp` steps, cut off at `most`."""
    return min(final * step / ramp, final, most)


def relaxed(log_alpha: Tensor, g: Tensor, tau: float = 0.67) -> Tensor:
    """A Gumbel-softmax draw (N, K) from Gumbel noise g of the same shape."""
    return ((log_alpha + g) / tau).softmax(1)


def loss(lost: Tensor, kl_z: Tensor, kl_c: Tensor, c_z: float, c_c: float, gamma: float) -> Tensor:
    """Minus the objective: nats lost in the image, and the distance of each KL from its target."""
    return lost + gamma * (kl_z - c_z).abs() + gamma * (kl_c - c_c).abs()


class JointVAE(nn.Module):
    """A code of J normal latents and discrete ones, between an encoder and a decoder."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module, hidden: int, continuous: int,
                 classes: Sequence[int]) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.parts = [continuous, continuous, *classes]
        self.heads = nn.Linear(hidden, sum(self.parts))

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Mean and log-variance (N, J) of z, and log-probabilities (N, K) of each c."""
        mean, log_var, *logits = self.heads(self.encoder(x)).split(self.parts, dim=1)
        return mean, log_var, [a.log_softmax(1) for a in logits]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Nats lost for each image (N, ...), nats in z and nats in c."""
        mean, log_var, log_alphas = self.encode(x)
        z = mean + (0.5 * log_var).exp() * torch.randn_like(mean)
        cs = [relaxed(a, -torch.empty_like(a).exponential_().log()) for a in log_alphas]
        image = self.decoder(torch.cat([z, *cs], dim=1))          # (N, J + sum of all K) in
        lost = F.binary_cross_entropy_with_logits(image, x, reduction="sum") / len(x)
        return lost, kl_continuous(mean, log_var), kl_discrete(log_alphas)


def convolutional(channels: int = 1, side: int = 32, continuous: int = 10,
                  classes: Sequence[int] = (10,)) -> JointVAE:
    """The paper's net, for images of side 32 or 64 (which get one more layer each way)."""
    down = [32, 32, 64, 64] if side == 64 else [32, 64, 64]
    up = [64, 32, 32] if side == 64 else [32, 32]
    encoder, decoder, width = [], [], channels
    for out in down:                                              # each halves the side, down to 4
        encoder += [nn.Conv2d(width, out, 4, 2, padding=1), nn.ReLU()]
        width = out
    for out in up:
        decoder += [nn.ConvTranspose2d(width, out, 4, 2, padding=1), nn.ReLU()]
        width = out
    encoder += [nn.Flatten(), nn.Linear(64 * 4 * 4, 256), nn.ReLU()]
    decoder = [
        nn.Linear(continuous + sum(classes), 256), nn.ReLU(), nn.Linear(256, 64 * 4 * 4), nn.ReLU(),
        nn.Unflatten(1, (64, 4, 4)), *decoder, nn.ConvTranspose2d(width, channels, 4, 2, padding=1)]
    return JointVAE(nn.Sequential(*encoder), nn.Sequential(*decoder), 256, continuous, classes)


def dense(pixels: int = 64, hidden: int = 128) -> JointVAE:
    """A small one for 8×8 digits: two continuous latents, and one of ten classes."""
    encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU())
    decoder = nn.Sequential(nn.Linear(2 + 10, hidden), nn.ReLU(), nn.Linear(hidden, pixels))
    return JointVAE(encoder, decoder, hidden, 2, [10])


def digits() -> tuple[Tensor, Tensor]:
    """Real 8×8 digits (UCI, CC BY 4.0, in scikit-learn), ink or none (1797, 64); their labels."""
    data = load_digits()
    return torch.tensor(data.data > 8, dtype=torch.float32), torch.tensor(data.target)


def train(x: Tensor, ramp: int = 500, steps: int = 500, seed: int = 0) -> tuple[JointVAE, Tensor]:
    """Adam, the targets rising for `ramp` steps; a row (C_z, C_c, nats lost, two KLs) a step."""
    torch.manual_seed(seed)
    vae, log = dense(), []
    optimiser = torch.optim.Adam(vae.parameters(), lr=1e-2)
    for step in range(steps):
        c_z, c_c = capacity(step, ramp, 2.0), capacity(step, ramp, ceiling([10]))
        lost, kl_z, kl_c = vae(x[torch.randint(len(x), (64,))])
        optimiser.zero_grad()
        loss(lost, kl_z, kl_c, c_z, c_c, gamma=2.0).backward()
        optimiser.step()
        log.append([c_z, c_c, lost.item(), kl_z.item(), kl_c.item()])
    return vae, torch.tensor(log)                                 # (steps, 5)


def agreement(code: Tensor, label: Tensor, classes: int = 10) -> float:
    """The share of images whose label is the commonest one among the images of their code."""
    table = F.one_hot(code, classes).T @ F.one_hot(label, classes)          # (code, label)
    return table.amax(1).sum().item() / len(label)


def demo() -> None:
    """The size of the full net, the targets on real digits, and what the discrete code means."""
    with torch.device("meta"):
        count = sum(p.numel() for p in convolutional().parameters())
    print(f"full net for images of 32×32: {count:,} parameters")
    x, label = digits()
    vae, log = train(x)
    for part in log.split(125):
        c_z, c_c, lost, kl_z, kl_c = part[-20:].mean(0).tolist()
        print(f"z {kl_z:.2f} of {c_z:.2f} nats, c {kl_c:.2f} of {c_c:.2f}, {lost:.1f} lost")
    code = vae.encode(x)[2][0].argmax(1)
    print(f"class told by the discrete code: {agreement(code, label):.2f}, "
          f"by the same codes shuffled {agreement(code[torch.randperm(len(x))], label):.2f}")


def figure() -> Figure:
    """The nats in each part while the targets rise, and what the decoder draws for each code."""
    vae, log = train(digits()[0])
    smooth, steps = log.unfold(0, 20, 10).mean(2), torch.arange(10, 500, 10)
    fig = Figure(figsize=(7, 3.2), layout="constrained")
    left, right = fig.subplots(1, 2)
    left.plot(steps, smooth[:, :2], "k:", lw=0.8)
    left.plot(steps, smooth[:, 3:], label=["continuous", "discrete"])
    left.set(xlabel="step", ylabel="KL (nats), targets dotted")
    left.legend(frameon=False)
    c = torch.eye(10).repeat_interleave(10, 0)                    # a row of pictures for each class
    z = torch.zeros(100, 2)
    z[:, 0] = torch.linspace(-2, 2, 10).repeat(10)
    with torch.no_grad():
        image = vae.decoder(torch.cat([z, c], dim=1)).sigmoid()
    image = F.pad(image.reshape(10, 10, 8, 8), (1, 1, 1, 1)).transpose(1, 2).reshape(100, 100)
    right.imshow(image, cmap="gray_r")
    right.set(xlabel="first continuous latent, -2 to 2", ylabel="class of c", xticks=[], yticks=[])
    return fig


if __name__ == "__main__":
    demo()
