r"""mixup.

Train on blends of two examples, with labels blended in the same proportion. The net is asked to
go in a straight line from one example to the other, which it has to obey between the examples too,
and which makes a wrong label hard to learn by heart.

$$ \tilde x = \lambda x_i + (1 - \lambda) x_j, \qquad
   \tilde y = \lambda y_i + (1 - \lambda) y_j, \qquad \lambda \sim \mathrm{Beta}(\alpha, \alpha) $$

$$ \mathrm{CE}(f(\tilde x), \tilde y)
   = \lambda\, \mathrm{CE}(f(\tilde x), y_i) + (1 - \lambda)\, \mathrm{CE}(f(\tilde x), y_j) $$

Paper: mixup, Sec. 1 and 2, Fig. 1a, Fig. 2, Sec. 3.4
Shapes: N examples, D pixels, K classes
Differs from the paper: a small fully connected net on 8×8 digits instead of ResNets on ImageNet
and CIFAR. As in Sec. 2, one λ serves a whole batch, mixed with itself in another order.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def sample_lambda(alpha: float) -> float:
    """Draw λ from Beta(α, α); α = 0 stands for training without mixup."""
    if alpha == 0:
        return 1.0
    return torch.distributions.Beta(alpha, alpha).sample().item()


def mixup(x: Tensor, y: Tensor, lam: float, partner: Tensor) -> tuple[Tensor, Tensor]:
    """Blend every example x (N, ...) and its label y (N, K) with the one at index partner (N,)."""
    return lam * x + (1 - lam) * x[partner], lam * y + (1 - lam) * y[partner]


def cross_entropy(scores: Tensor, y: Tensor) -> Tensor:
    """Mean over the batch of −Σ y log softmax(scores), for labels y (N, K) that may be blends."""
    return -(y * scores.log_softmax(dim=1)).sum(dim=1).mean()


class MixupLoss(nn.Module):
    """The loss of one training step: draw λ and partners, blend, compare."""

    def __init__(self, alpha: float) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, net: nn.Module, x: Tensor, y: Tensor) -> Tensor:
        partner = torch.randperm(len(x))
        x_mixed, y_mixed = mixup(x, y, sample_lambda(self.alpha), partner)
        return cross_entropy(net(x_mixed), y_mixed)


def digits() -> tuple[Tensor, Tensor]:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn): x (N, 64), y (N,)."""
    data = load_digits()
    return torch.tensor(data.data, dtype=torch.float32) / 16, torch.tensor(data.target)


def corrupt(y: Tensor, share: float) -> Tensor:
    """Replace this share of the labels, chosen at random, with another class."""
    wrong = torch.rand(len(y)) < share
    return torch.where(wrong, (y + torch.randint(1, 10, y.shape)) % 10, y)


def train(alpha: float, x: Tensor, y: Tensor, steps: int = 200, seed: int = 0) -> nn.Module:
    """A net trained with this α on x (N, 64) and labels y (N,), in batches of 64."""
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(),
                        nn.Linear(128, 10))
    loss = MixupLoss(alpha)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.003)
    for _ in range(steps):
        chosen = torch.randint(len(x), (64,))
        optimiser.zero_grad()
        loss(net, x[chosen], F.one_hot(y[chosen], 10)).backward()
        optimiser.step()
    return net


def agreement(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """The share of examples that get the label y."""
    with torch.no_grad():
        return (net(x).argmax(dim=1) == y).float().mean().item()


def misses_between(net: nn.Module, x: Tensor, y: Tensor, lam: float) -> float:
    """How often a blend of two neighbours in the list is given a class that is neither's (Fig. 2a).

    Neighbours of the same class are left out: there is no way from one class to the other.
    """
    partner = torch.arange(len(x)).roll(1)
    x, other = x[y != y[partner]], x[partner][y != y[partner]]
    y, y_other = y[y != y[partner]], y[partner][y != y[partner]]
    with torch.no_grad():
        named = net(lam * x + (1 - lam) * other).argmax(dim=1)
    return ((named != y) & (named != y_other)).float().mean().item()


def gradient_norm(net: nn.Module, x: Tensor, y: Tensor, lam: float) -> float:
    """Mean norm of the loss's gradient in the input, at blends of neighbours (Fig. 2b)."""
    partner = torch.arange(len(x)).roll(1)
    x_mixed, y_mixed = mixup(x, F.one_hot(y, 10), lam, partner)
    x_mixed.requires_grad_()
    loss = len(x) * cross_entropy(net(x_mixed), y_mixed)
    (gradient,) = torch.autograd.grad(loss, x_mixed)                  # (N, 64)
    return gradient.norm(dim=1).mean().item()


def demo() -> None:
    """Train on 200 digits, four in ten labelled wrongly, with growing α."""
    x, truth = digits()
    torch.manual_seed(0)
    given = corrupt(truth[:200], 0.4)
    wrong = given != truth[:200]
    print(f"{int(wrong.sum())} of 200 training labels are wrong")
    for alpha in (0.0, 1.0, 8.0):
        net = train(alpha, x[:200], given)
        learned = agreement(net, x[:200][wrong], given[wrong])
        right = agreement(net, x[-800:], truth[-800:])
        print(f"α = {alpha:g}: {learned:.0%} of the wrong labels learned by heart, "
              f"{1 - right:.0%} error on new digits")


def figure() -> Figure:
    """What happens on the way from one training example to another: Fig. 2, small."""
    x, y = digits()
    x, y = x[:200], y[:200]
    fig = Figure(figsize=(7.5, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    lams = torch.linspace(0, 1, 11).tolist()
    for alpha, label in ((0.0, "without mixup"), (1.0, "mixup, α = 1")):
        net = train(alpha, x, y)
        left.plot(lams, [100 * misses_between(net, x, y, lam) for lam in lams], label=label)
        right.plot(lams, [gradient_norm(net, x, y, lam) for lam in lams], label=label)
    left.set(xlabel="λ", ylabel="neither class predicted (%)")
    right.set(xlabel="λ", ylabel="norm of the input gradient")
    left.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
