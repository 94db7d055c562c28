r"""Dropout.

Each time a case is shown, keep every unit with probability p and silence the others. No unit can
rely on a particular partner, and the net that results is trained as 2^n thinned nets that share
their weights. For the answer all units speak, with p times their weight: one pass in place of an
average over all thinned nets.

$$ r_j \sim \mathrm{Bernoulli}(p), \qquad \tilde y = r * y, \qquad
   z = w \cdot \tilde y + b \qquad \text{(training)}, \qquad
   z = p\, w \cdot y + b \qquad \text{(test)} $$

$$ \mathbb{E}_R \lVert y - (R * X) w \rVert^2 = \lVert y - p X w \rVert^2
   + p (1 - p) \lVert \Gamma w \rVert^2, \qquad \Gamma = \mathrm{diag}(X^\mathsf{T} X)^{1/2} $$

Paper: dropout, Sec. 4, 5.1, 7.5, 9.1 and 10
Shapes: N cases, n units, K classes, R and r masks of zeros and ones
Differs from the paper: trained on 400 8×8 digits with wrong labels among them instead of MNIST,
with two layers of 128 units instead of three of 1024, and c = 1 instead of 2. As in the paper, p is
the probability to keep a unit (torch's nn.Dropout takes the probability to drop it).
"""

import itertools

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def thin(y: Tensor, p: float) -> Tensor:
    """Keep each entry of y with probability p, each by itself; the others become 0."""
    return y * torch.bernoulli(torch.full_like(y, p))


class Dropout(nn.Module):
    """Thin in training; in test let every unit speak with p times its strength (Sec. 4)."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p                                                # to keep, not to drop

    def forward(self, y: Tensor) -> Tensor:
        return thin(y, self.p) if self.training else self.p * y


def gaussian_noise(y: Tensor, p: float) -> Tensor:
    """Multiply by N(1, (1 - p)/p): mean and variance of thin(y, p) / p (Sec. 10)."""
    return y * (1 + ((1 - p) / p) ** 0.5 * torch.randn_like(y))


def max_norm_(weight: Tensor, c: float) -> None:
    """Shrink each unit's incoming weights, a row of (n, inputs), to length c at most (Sec. 5.1)."""
    with torch.no_grad():
        weight.mul_((c / weight.norm(dim=1, keepdim=True)).clamp(max=1))


def all_masks(n: int) -> Tensor:
    """The masks of all 2^n thinned nets, as (2^n, n)."""
    return torch.tensor(list(itertools.product([0.0, 1.0], repeat=n)), dtype=torch.double)


def probability(masks: Tensor, p: float) -> Tensor:
    """How likely dropout is to draw each mask."""
    return (masks * p + (1 - masks) * (1 - p)).prod(-1)           # (2^n,)


def geometric_mean(y: Tensor, w: Tensor, b: Tensor, p: float) -> Tensor:
    """The normalised geometric mean of the softmax answers of all thinned nets, for y (n,)."""
    masks = all_masks(len(y))
    answers = F.log_softmax((masks * y) @ w.T + b, -1)            # (2^n, K)
    return (probability(masks, p) @ answers).softmax(-1)          # (K,)


def expected_loss(x: Tensor, y: Tensor, w: Tensor, p: float) -> Tensor:
    """What dropout on the inputs x (N, n) makes of least squares: a ridge penalty (Sec. 9.1)."""
    gamma = x.square().sum(0).sqrt()                              # (n,)
    return (y - p * x @ w).square().sum() + p * (1 - p) * (gamma * w).square().sum()


def dropout_net(
    hidden: tuple[int, ...] = (1024, 1024, 1024),
    inputs: int = 784,
    keep: tuple[float, float] = (0.8, 0.5),
) -> nn.Sequential:
    """The ReLU net for MNIST of Sec. 6.1.1; keep holds p of the inputs and of the hidden units."""
    layers: list[nn.Module] = [Dropout(keep[0])]
    for width in hidden:
        layers += [nn.Linear(inputs, width), nn.ReLU(), Dropout(keep[1])]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, 10))


def digits(wrong: float = 0.3) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Real digits (UCI, CC BY 4.0, in scikit-learn); this share of training labels drawn anew."""
    data = load_digits()
    x, y = torch.tensor(data.data, dtype=torch.float32) / 16, torch.tensor(data.target)
    relabelled = torch.where(torch.rand(400) < wrong, torch.randint(10, (400,)), y[:400])
    return x[:400], relabelled, x[-800:], y[-800:]


def train(dropout: bool, steps: int = 400, seed: int = 0) -> tuple[nn.Sequential, list[float]]:
    """A net trained on digits with wrong labels, and its test error every 50 steps."""
    torch.manual_seed(seed)
    x, y, x_test, y_test = digits()
    net = dropout_net((128, 128), 64, (0.8, 0.5) if dropout else (1.0, 1.0))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.95)
    errors = []
    for step in range(1, steps + 1):
        net.train()
        chosen = torch.randint(len(x), (50,))
        optimiser.zero_grad()
        F.cross_entropy(net(x[chosen]), y[chosen]).backward()
        optimiser.step()
        if dropout:
            for layer in net[1:-1:3]:                             # the hidden layers
                max_norm_(layer.weight, 1.0)
        if step % 50 == 0:
            errors.append(error(net.eval()(x_test), y_test))
    return net, errors


def error(scores: Tensor, y: Tensor) -> float:
    """The share of cases in which the highest score is not at the label."""
    return (scores.argmax(-1) != y).float().mean().item()


@torch.no_grad()
def monte_carlo(net: nn.Sequential, x: Tensor, k: int) -> Tensor:
    """The mean answer of k thinned nets drawn at random (Sec. 7.5)."""
    net.train()
    return torch.stack([net(x).softmax(-1) for _ in range(k)]).mean(0)


def demo() -> None:
    """Thin a vector, average the thinned nets, and train with and without dropout."""
    torch.manual_seed(0)
    y = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.double)
    print("thinned:", thin(y, 0.5).tolist(), thin(y, 0.5).tolist())
    w, b = torch.randn(3, 4, dtype=torch.double), torch.zeros(3, dtype=torch.double)
    print("all 16 thinned nets:", [round(a, 4) for a in geometric_mean(y, w, b, 0.5).tolist()])
    print("one pass, weights/2:", [round(a, 4) for a in (w @ (y / 2)).softmax(-1).tolist()])
    with torch.device("meta"):
        count = sum(p.numel() for p in dropout_net().parameters())
    print(f"the paper's 784-1024-1024-1024-10 net: {count:,} parameters")
    for dropout in (False, True):
        print("dropout" if dropout else "without", [f"{e:.0%}" for e in train(dropout)[1]])


def figure() -> Figure:
    """Test error while training on wrong labels; averaging k thinned nets (Figure 11)."""
    fig = Figure(figsize=(7, 2.8), layout="constrained")
    left, right = fig.subplots(1, 2)
    for dropout in (False, True):
        net, errors = train(dropout)
        left.plot(range(50, 401, 50), errors, label="dropout" if dropout else "no dropout")
    left.set(xlabel="steps", ylabel="test error", ylim=(0, None))
    left.legend(frameon=False)
    *_, x, y = digits()
    sizes = [1, 2, 5, 10, 20, 50]
    right.plot(sizes, [error(monte_carlo(net, x, k), y) for k in sizes], "C1o-", label="k nets")
    right.axhline(errors[-1], color="C2", label="weight scaling")
    right.set(xlabel="thinned nets averaged", ylim=(0, None))
    right.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
