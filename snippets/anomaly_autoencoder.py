r"""Anomaly detection by the reconstruction error of an autoencoder.

Squeeze normal data through a few hidden units and learn to restore them. What obeys the relations
among the normal variables comes back whole; what breaks them does not, even where each variable
by itself looks normal. Unlike PCA, the autoencoder can follow relations that are curved.

$$ z = f_\theta(x), \qquad \hat x = g_\phi(z), \qquad
   \operatorname{Err}(x) = \sqrt{\sum_{j=1}^D \big(x_j - \hat x_j\big)^2} $$

$$ \min_{\theta, \phi} \sum_i \big\| x^{(i)} - g_\phi(f_\theta(x^{(i)} + \epsilon)) \big\|^2 $$

The noise $\epsilon$ is that of the denoising variant; it is 0 in the ordinary one.

Paper: anomaly_autoencoder, the score of its abstract
Shapes: N samples, D variables, k hidden units
Differs from the paper: the telemetry of its spacecraft is not public, so real digits stand in;
our own curved sensors read the Lorenz system; tanh layers and Adam; no kernel PCA.
"""

from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


@torch.no_grad()
def score(x: Tensor, restore: Callable[[Tensor], Tensor]) -> Tensor:
    """The anomaly score (N,): how far each sample is from its reconstruction."""
    return (x - restore(x)).square().sum(1).sqrt()


class Autoencoder(nn.Module):
    """D inputs, a hidden layer, the bottleneck of k units, and back."""

    def __init__(self, inputs: int, hidden: int, bottleneck: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(inputs, hidden), nn.Tanh(), nn.Linear(hidden, bottleneck))      # (N, k)
        self.decoder = nn.Sequential(
            nn.Linear(bottleneck, hidden), nn.Tanh(), nn.Linear(hidden, inputs))      # (N, D)

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))


def pca(normal: Tensor, k: int, x: Tensor) -> Tensor:
    """The linear rival: x restored from its k principal components, found on normal data."""
    mean = normal.mean(0)
    basis = torch.linalg.svd(normal - mean, full_matrices=False).Vh[:k]               # (k, D)
    return (x - mean) @ basis.T @ basis + mean


def train(normal: Tensor, hidden: int, bottleneck: int, steps: int, noise: float = 0.0,
          seed: int = 0) -> Autoencoder:
    """Learn to restore normal samples, whole or (denoising) from a noisy copy; Adam, batches."""
    torch.manual_seed(seed)
    model = Autoencoder(normal.shape[1], hidden, bottleneck)
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.02, steps)
    for _ in range(steps):
        x = normal[torch.randint(len(normal), (100,))]
        optimiser.zero_grad()
        F.mse_loss(model(x + noise * torch.randn_like(x)), x).backward()
        optimiser.step()
        schedule.step()
    return model


def auc(normal: Tensor, abnormal: Tensor) -> float:
    """Probability that an abnormal score exceeds a normal one; ties count half."""
    above = (abnormal[:, None] > normal).double() + 0.5 * (abnormal[:, None] == normal).double()
    return above.mean().item()


def velocity(state: Tensor) -> Tensor:
    """Lorenz's equations with his parameters 10, 28 and 8/3; state (N, 3)."""
    x, y, z = state.T
    return torch.stack([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z], dim=1)


def lorenz(n: int, seed: int, dt: float = 0.02, steps: int = 500) -> Tensor:
    """n independent states on the attractor: run from random starts by Runge and Kutta (N, 3)."""
    state = torch.randn(n, 3, generator=torch.Generator().manual_seed(seed))
    state[:, 2] += 25
    for _ in range(steps):
        a = velocity(state)
        b = velocity(state + dt / 2 * a)
        c = velocity(state + dt / 2 * b)
        d = velocity(state + dt * c)
        state = state + dt / 6 * (a + 2 * b + 2 * c + d)
    return state


def sensors(state: Tensor) -> Tensor:
    """Nine readings of three states: the states, and their squares and products, standardised."""
    s = state - torch.tensor([0.0, 0.0, 23.5])
    i, j = torch.combinations(torch.arange(3), with_replacement=True).T
    readings = torch.cat([s, s[:, i] * s[:, j]], dim=1)                               # (N, 9)
    return (readings - readings.mean(0)) / readings.std(0)


def faulty(x: Tensor, sensor: int) -> Tensor:
    """One sensor repeats what it read for another sample: its range is normal, the rest is not."""
    x = x.clone()
    x[:, sensor] = x[:, sensor].roll(1)
    return x


def detection(restore: Callable[[Tensor], Tensor], x: Tensor) -> list[float]:
    """AUC for a fault of each sensor in turn, among unseen normal samples x."""
    return [auc(score(x, restore), score(faulty(x, s), restore)) for s in range(x.shape[1])]


def digits(held_out: int) -> tuple[Tensor, Tensor, Tensor]:
    """Real digits (UCI, CC BY 4.0, in scikit-learn): normal to learn; normal, held-out to judge."""
    data = load_digits()
    x, y = torch.tensor(data.data, dtype=torch.float32) / 16, torch.tensor(data.target)
    normal = x[y != held_out]
    return normal[:1000], normal[1000:], x[y == held_out]


def demo() -> None:
    """Which faults of the Lorenz sensors, and which unknown digits, stand out from the normal?"""
    readings = sensors(lorenz(1500, seed=0))
    learn, judge = readings[:1000], readings[1000:]
    model = train(learn, hidden=32, bottleneck=3, steps=600)
    for name, restore in (("PCA", lambda x: pca(learn, 3, x)), ("autoencoder", model)):
        areas = detection(restore, judge)
        print(f"{name:12s}AUC of a fault: mean {sum(areas) / 9:.2f}, worst {min(areas):.2f}")
    learn, judge, unknown = digits(held_out=0)
    model = train(learn, hidden=64, bottleneck=4, steps=200)
    for name, restore in (("PCA", lambda x: pca(learn, 4, x)), ("autoencoder", model)):
        area = auc(score(judge, restore), score(unknown, restore))
        print(f"{name:12s}AUC of the digit 0 after learning 1-9: {area:.2f}")


def figure() -> Figure:
    """Scores of normal and of faulty readings, under PCA and under the autoencoder."""
    readings = sensors(lorenz(1500, seed=0))
    learn, judge = readings[:1000], readings[1000:]
    broken = faulty(judge, 0)
    model = train(learn, hidden=32, bottleneck=3, steps=600)
    fig = Figure(figsize=(7, 2.8), layout="constrained")
    for axes, name, restore in zip(
        fig.subplots(1, 2), ("PCA", "autoencoder"), (lambda x: pca(learn, 3, x), model),
        strict=True,
    ):
        scores = [score(x, restore).numpy() for x in (judge, broken)]
        axes.hist(scores, bins=30, label=["normal", "one sensor out of step"])
        axes.set(title=name, xlabel="reconstruction error", ylabel="samples")
        axes.legend(frameon=False, fontsize=7)
    return fig


if __name__ == "__main__":
    demo()
