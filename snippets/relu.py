r"""The rectifier (ReLU) among the activation functions.

Between its layers a network needs a function that is not linear. The rectifier passes what is
positive and blocks the rest. Where it is open its slope is 1, so gradients come through any number
of layers; where it is shut it is exactly zero, so that each input uses a part of the network only.

$$ \text{rectifier}(x) = \max(0, x), \qquad
   \text{softplus}_\alpha(x) = \frac1\alpha \log(1 + e^{\alpha x}), \qquad
   \text{sigmoid}(x) = \frac{1}{1 + e^{-x}} $$

$$ h_l = s \odot f(h_{l-1} W_l + b_l), \qquad s = (1, -1, 1, -1, \dots), \qquad
   L = -\log P(y \mid x) + \lambda \sum_l \lVert h_l \rVert_1 $$

Paper: relu, Sec. 3 and 4.1
Shapes: N images, D inputs, H hidden units, K classes
Differs from the paper: the paper's net (784-1000-1000-1000-10) is built and counted, and one of 100
units a layer is trained, on 8×8 digits; weights start as N(0, 2/inputs), a later rule, for all
activations alike; no pre-training.
"""

from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

Activation = Callable[[Tensor], Tensor]


def step(x: Tensor) -> Tensor:
    """The perceptron's: fires or does not. Slope 0 everywhere, so no error can be passed back."""
    return (x >= 0).to(x.dtype)


def sigmoid(x: Tensor) -> Tensor:
    """From 0 to 1, one half at 0. Its slope y (1 - y) is 1/4 at most and dies out on both sides."""
    return 1 / (1 + torch.exp(-x))


def tanh(x: Tensor) -> Tensor:
    """From -1 to 1 with slope 1 at 0: a sigmoid, stretched."""
    return 2 * sigmoid(2 * x) - 1


def rectifier(x: Tensor) -> Tensor:
    """The larger of 0 and x. Slope 1 above 0, and 0 below and at 0."""
    return torch.where(x > 0, x, 0.0)


def softplus(x: Tensor, sharpness: float = 1.0) -> Tensor:
    """A rectifier with a rounded corner; the sharper (the paper's α), the closer to it."""
    return torch.logaddexp(sharpness * x, torch.zeros_like(x)) / sharpness


ACTIVATIONS: dict[str, Activation] = {
    "step": step, "sigmoid": sigmoid, "tanh": tanh, "softplus": softplus, "rectifier": rectifier,
}


class Net(nn.Module):
    """Layers of these sizes with an activation between them; every other hidden unit is negated,
    to make up for a rectifier's outputs being all of one sign."""

    def __init__(self, sizes: list[int], activation: Activation) -> None:
        super().__init__()
        pairs = range(len(sizes) - 1)
        self.layers = nn.ModuleList(nn.Linear(sizes[i], sizes[i + 1]) for i in pairs)
        self.activation = activation
        for layer in self.layers:
            nn.init.normal_(layer.weight, std=(2 / layer.in_features) ** 0.5)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The scores of the classes (N, K), and the states of all hidden layers (N, H)."""
        hidden = []
        for layer in self.layers[:-1]:
            h = self.activation(layer(x))
            x = torch.where(torch.arange(h.shape[1]) % 2 == 0, h, -h)
            hidden.append(x)
        return self.layers[-1](x), hidden


def loss(scores: Tensor, hidden: list[Tensor], labels: Tensor, penalty: float) -> Tensor:
    """Cross-entropy, and the L1 penalty on the activity of the hidden units (a mean over N)."""
    activity = sum(h.abs().sum() for h in hidden) / len(scores)
    return F.cross_entropy(scores, labels) + penalty * activity


def sparsity(hidden: list[Tensor]) -> float:
    """The part of the hidden units' states that is exactly zero, a mean over the layers."""
    return sum((h == 0).double().mean().item() for h in hidden) / len(hidden)


def digits() -> tuple[Tensor, Tensor]:
    """All real handwritten digits (UCI, CC BY 4.0, in scikit-learn), pixels from 0 to 1; labels."""
    data = load_digits()
    return torch.tensor(data.data, dtype=torch.float32) / 16, torch.tensor(data.target)


def gradients(name: str, depth: int) -> list[float]:
    """The size of the gradient at each layer of a fresh net, from the input to the output."""
    torch.manual_seed(0)
    x, y = digits()
    net = Net([64] + [100] * depth + [10], ACTIVATIONS[name])
    F.cross_entropy(net(x[:200])[0], y[:200]).backward()
    return [layer.weight.grad.norm().item() for layer in net.layers]


def train(name: str, depth: int, penalty: float = 0.0, seed: int = 0) -> tuple[float, float]:
    """Error rate on unseen digits, and sparsity there, after 10 epochs of 500 images."""
    torch.manual_seed(seed)
    x, y = digits()
    net = Net([64] + [100] * depth + [10], ACTIVATIONS[name])
    weights = list(net.parameters())
    for _ in range(10):
        for chosen in torch.randperm(500).split(25):
            slopes = torch.autograd.grad(loss(*net(x[chosen]), y[chosen], penalty), weights)
            for i, slope in enumerate(slopes):
                weights[i].data -= 0.1 * slope
    with torch.no_grad():
        scores, hidden = net(x[1000:])
    return (scores.argmax(1) != y[1000:]).float().mean().item(), sparsity(hidden)


def demo() -> None:
    """What comes through six layers, and what three layers learn."""
    with torch.device("meta"):
        paper = Net([784, 1000, 1000, 1000, 10], rectifier)
    print(f"the paper's net for MNIST: {sum(p.numel() for p in paper.parameters()):,} parameters")
    for name in ("sigmoid", "tanh", "rectifier"):
        sizes = gradients(name, depth=6)
        error, zero = train(name, depth=3)
        print(f"{name:9s} gradient, first to last of 7 layers: {sizes[0] / sizes[-1]:.1e}; "
              f"3 hidden layers: {error:.1%} wrong, {zero:.0%} of units at zero")


def figure() -> Figure:
    """The functions, their slopes, and the gradient in the layers of a deep net."""
    fig = Figure(figsize=(8, 2.8), layout="constrained")
    values, slopes, deep = fig.subplots(1, 3)
    x = torch.linspace(-4, 4, 160)                                # without 0, where corners are
    for name, f in ACTIVATIONS.items():
        values.plot(x, f(x), label=name)
        slopes.plot(x, (f(x + 0.001) - f(x - 0.001)) / 0.002)
        if name != "step":
            deep.semilogy(range(1, 12), gradients(name, depth=10))
        else:
            deep.plot([], [])                                     # keeps the colours in step
    values.set(xlabel="x", title="f(x)", ylim=(-1.2, 3))
    values.legend(frameon=False, fontsize=7)
    slopes.set(xlabel="x", title="slope", ylim=(-0.1, 1.2))
    deep.set_xticks([1, 6, 11])
    deep.set(xlabel="layer (11 is the last)", title="gradient at the start")
    return fig


if __name__ == "__main__":
    demo()
