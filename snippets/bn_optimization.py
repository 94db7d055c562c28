r"""Why batch normalization helps: the landscape gets smoother.

Three nets that differ in one layer: plain, with batch normalization, and with batch normalization
whose output is then shaken by noise that drifts from step to step. The noise takes away most of the
steadiness of inputs that batch normalization was made for, and yet the third net trains nearly as
well as the second. What the two share: along the direction of a step, loss and gradient vary less.

$$ \hat y = \frac{y - \mu}{\sigma}, \quad z = \gamma \hat y + \beta, \qquad
   \| \nabla_y \hat{\mathcal L} \|^2 = \frac{\gamma^2}{\sigma^2} \Big( \| \nabla_z \mathcal L \|^2
   - \tfrac1m \langle \mathbf 1, \nabla_z \mathcal L \rangle^2
   - \tfrac1m \langle \nabla_z \mathcal L, \hat y \rangle^2 \Big) $$

Paper: bn_optimization, Sec. 2.1, 2.2 and 3.2, Theorem 4.1
Shapes: m cases in the batch, H units
Differs from the paper: a fully connected net of six hidden layers on 8×8 digits instead of VGG on
CIFAR-10; in the theorem the gradient is the one that arrives at the layer's output z, which makes
it an equality; the sizes of the noise are ours.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

KINDS = ("plain", "batch norm", "noisy batch norm")


def batch_norm(y: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise every unit of y (m, H) over the batch, then scale and shift."""
    sigma = torch.sqrt(y.var(dim=0, correction=0) + eps)              # (H,)
    return gamma * (y - y.mean(dim=0)) / sigma + beta


def gradient_norm_squared(y: Tensor, grad_z: Tensor, gamma: Tensor) -> Tensor:
    """Theorem 4.1: the squared gradient in y (m, H) from the gradient in z (m, H), unit by unit."""
    m, sigma = len(y), y.std(dim=0, correction=0)                     # sigma (H,)
    y_hat = (y - y.mean(dim=0)) / sigma
    shift = grad_z.sum(dim=0) ** 2 / m                                # (H,)
    scale = (grad_z * y_hat).sum(dim=0) ** 2 / m                      # (H,)
    return gamma**2 / sigma**2 * ((grad_z**2).sum(dim=0) - shift - scale)


def drifting_noise(z: Tensor) -> Tensor:
    """Scale and shift every entry of z (m, H) by noise whose mean and size are drawn anew.

    For each unit and call, a mean in ±0.5 and a scale in [1, 1.25]; each case then deviates a bit.
    """
    H = z.shape[1]
    mean, scale = torch.rand(H) - 0.5, 1 + 0.25 * torch.rand(H)       # (H,)
    shift = mean + 0.1 * (2 * torch.rand_like(z) - 1)                 # (m, H)
    return (scale + 0.1 * torch.randn_like(z)) * z + shift


class Normalise(nn.Module):
    """What stands between a linear layer and its ReLU in each of the three kinds of net."""

    def __init__(self, kind: str, units: int) -> None:
        super().__init__()
        self.kind = kind
        if kind != "plain":
            self.gamma = nn.Parameter(torch.ones(units))
            self.beta = nn.Parameter(torch.zeros(units))

    def forward(self, y: Tensor) -> Tensor:
        if self.kind == "plain":
            return y
        z = batch_norm(y, self.gamma, self.beta)
        return drifting_noise(z) if self.kind == "noisy batch norm" else z


def network(kind: str, depth: int = 6, width: int = 64) -> nn.Sequential:
    """`depth` hidden layers in He's initialisation, and a last layer for ten classes."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        linear = nn.Linear(64, width) if not layers else nn.Linear(width, width)
        nn.init.kaiming_normal_(linear.weight)
        layers += [linear, Normalise(kind, width), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, 10))


def digits() -> tuple[Tensor, Tensor]:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn), centred: x (N, 64), y (N,)."""
    data = load_digits()
    x = torch.tensor(data.data, dtype=torch.float32) / 16
    return x - x.mean(), torch.tensor(data.target)


def gradient(net: nn.Module, x: Tensor, y: Tensor) -> tuple[float, list[Tensor]]:
    """The loss and its gradient in each parameter."""
    loss = F.cross_entropy(net(x), y)
    return loss.item(), list(torch.autograd.grad(loss, list(net.parameters())))


def move(net: nn.Module, step: list[Tensor], length: float) -> None:
    """Add `length` times `step` to the parameters."""
    with torch.no_grad():
        for parameter, direction in zip(net.parameters(), step, strict=True):
            parameter += length * direction


def along_the_step(
    net: nn.Module, x: Tensor, y: Tensor, lengths: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)
) -> tuple[float, float]:
    """Go along the gradient step, looking at the same batch (Sec. 3.2, Fig. 4a and 4b).

    Out: range of the loss met, and the largest change of the gradient relative to its norm.
    """
    _, start = gradient(net, x, y)
    norm = torch.cat([g.flatten() for g in start]).norm()
    losses, changes = [], []
    for length in lengths:
        move(net, start, -length)
        loss, there = gradient(net, x, y)
        move(net, start, length)
        losses.append(loss)
        change = torch.cat([(a - b).flatten() for a, b in zip(there, start, strict=True)])
        changes.append((change.norm() / norm).item())
    return max(losses) - min(losses), max(changes)


def last_inputs(net: nn.Sequential, x: Tensor) -> Tensor:
    """What the last layer gets to see: (m, H)."""
    with torch.no_grad():
        return net[:-1](x)


def train(
    kind: str, steps: int = 60, seed: int = 0, look_every: int = 10
) -> tuple[list[float], list[tuple[float, float]], list[float]]:
    """Train by gradient descent.

    Out: the loss at each step; what lies along some of the steps; and for each step how far it
    moves the mean input of the last layer, relative to the spread of that input over the batch.
    """
    torch.manual_seed(seed)
    x, y = digits()
    net = network(kind)
    losses, seen, unsteady = [], [], []
    for step in range(steps):
        chosen = torch.randint(len(x), (64,))
        if step % look_every == look_every - 1:
            seen.append(along_the_step(net, x[chosen], y[chosen]))
        loss, grad = gradient(net, x[chosen], y[chosen])
        losses.append(loss)
        before = last_inputs(net, x[chosen])
        move(net, grad, -0.2)
        shift = last_inputs(net, x[chosen]).mean(dim=0) - before.mean(dim=0)
        unsteady.append((shift.norm() / before.std(dim=0).norm()).item())
    return losses, seen, unsteady


def demo() -> None:
    """Train the three nets and print how each fared."""
    for kind in KINDS:
        losses, seen, unsteady = train(kind)
        ranges, changes = zip(*seen, strict=True)
        print(f"{kind:16s} loss {sum(losses[-10:]) / 10:.2f}, along the step: "
              f"loss moves by {sum(ranges) / len(seen):.2f}, "
              f"gradient by {sum(changes) / len(seen):.1f} of its norm; "
              f"inputs move by {sum(unsteady) / len(unsteady):.2f}")


def figure() -> Figure:
    """Left: loss in training. Right: change of the gradient along the step (Fig. 4b)."""
    fig = Figure(figsize=(7.5, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    for kind in KINDS:
        losses, seen, _ = train(kind)
        left.plot([sum(losses[i : i + 5]) / 5 for i in range(len(losses) - 4)], label=kind)
        right.plot(range(10, 61, 10), [change for _, change in seen], marker="o", label=kind)
    left.set(xlabel="step", ylabel="training loss (5 steps)")
    right.set(xlabel="step", ylabel="relative change of the gradient", ylim=(0, None))
    left.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
