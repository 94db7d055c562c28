r"""Batch normalization.

Give every activation mean 0 and variance 1 over the mini-batch, then let the network choose its
own mean and scale again. Each layer's input keeps its distribution while the layers before it
learn, the gradient goes through the mean and the variance, and larger learning rates are safe.

$$ \mu_B = \frac1m \sum_i x_i, \qquad \sigma_B^2 = \frac1m \sum_i (x_i - \mu_B)^2, \qquad
   \hat x_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}, \qquad
   y_i = \gamma \hat x_i + \beta $$

At inference the averages over training take their place, and the layer is one line of slope
$\gamma / \sqrt{\mathrm{Var}[x] + \epsilon}$, which can be folded into the convolution before it.

Paper: batch_norm, Algorithms 1 and 2, Sec. 3
Shapes: N batch, C channels, any space (* below), m = N times the space
Differs from the paper: population statistics are moving averages (the paper mentions them), and
the net of its Sec. 4.1 reads 8×8 digits instead of MNIST, with a learning rate of our choice.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def by_channel(x: Tensor) -> tuple[list[int], list[int]]:
    """The dimensions to average over, and the shape of a vector with one entry a channel."""
    space = list(range(2, x.ndim))
    return [0, *space], [1, -1, *(1 for _ in space)]


def statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance of each channel over batch and space (Sec. 3.2)."""
    dims, _ = by_channel(x)
    return x.mean(dims), x.var(dims, correction=0)                # (C,), (C,)


def normalise(
    x: Tensor, mean: Tensor, var: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5
) -> Tensor:
    """Shift and scale x (N, C, *) by these statistics, then by gamma and beta."""
    _, shape = by_channel(x)
    slope = gamma / torch.sqrt(var + eps)                         # (C,)
    return (x - mean.reshape(shape)) * slope.reshape(shape) + beta.reshape(shape)


def batch_norm(x: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """The batch normalizing transform of x (N, C, *) (Algorithm 1)."""
    return normalise(x, *statistics(x), gamma, beta, eps)


def backward(dy: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5) -> tuple[Tensor, ...]:
    """Gradients with respect to x, gamma and beta, by the chain rule of Sec. 3."""
    dims, shape = by_channel(x)
    mean, var = (s.reshape(shape) for s in statistics(x))
    m = x.numel() / var.numel()
    dx_hat = dy * gamma.reshape(shape)
    dvar = (dx_hat * (x - mean)).sum(dims, keepdim=True) * -0.5 * (var + eps) ** -1.5
    dmean = -dx_hat.sum(dims, keepdim=True) / torch.sqrt(var + eps)     # Σ(x - μ) = 0: rest is 0
    dx = dx_hat / torch.sqrt(var + eps) + dvar * 2 * (x - mean) / m + dmean / m
    x_hat = (x - mean) / torch.sqrt(var + eps)
    return dx, (dy * x_hat).sum(dims), dy.sum(dims)


class BatchNorm(nn.Module):
    """Batch statistics in training, which are also collected; the collected ones in inference."""

    def __init__(self, channels: int, rate: float = 0.1) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.rate = rate                                          # weight of the newest batch
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return normalise(x, self.mean, self.var, self.gamma, self.beta)
        mean, var = statistics(x)
        m = x.numel() / len(mean)
        with torch.no_grad():
            self.mean.lerp_(mean, self.rate)
            self.var.lerp_(var * m / (m - 1), self.rate)          # unbiased (Algorithm 2, line 10)
        return normalise(x, mean, var, self.gamma, self.beta)


def fold(
    weight: Tensor, bias: Tensor, norm: BatchNorm, eps: float = 1e-5
) -> tuple[Tensor, Tensor]:
    """Weight (C, ...) and bias of the one layer that equals a layer followed by inference BN."""
    slope = norm.gamma / torch.sqrt(norm.var + eps)               # (C,)
    shape = [-1] + [1] * (weight.ndim - 1)
    return weight * slope.reshape(shape), (bias - norm.mean) * slope + norm.beta


def sigmoid_net(normalised: bool, inputs: int = 64) -> nn.Sequential:
    """The net of Sec. 4.1: three hidden layers of 100 sigmoid units, small Gaussian weights."""
    layers: list[nn.Module] = []
    for width in (inputs, 100, 100):
        # BN's beta does the work of the bias, which would be subtracted with the mean anyway.
        layers.append(nn.Linear(width, 100, bias=not normalised))
        layers += [BatchNorm(100)] if normalised else []
        layers.append(nn.Sigmoid())
    net = nn.Sequential(*layers, nn.Linear(100, 10))
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.1)
    return net


def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Real digits (UCI, CC BY 4.0, in scikit-learn): 1200 to train on, 597 to test on."""
    data = load_digits()
    x, y = torch.tensor(data.data, dtype=torch.float32) / 16, torch.tensor(data.target)
    return x[:1200], y[:1200], x[1200:], y[1200:]


def train(normalised: bool, steps: int = 200, seed: int = 0) -> tuple[list[float], Tensor]:
    """Accuracy on unseen digits every 10 steps, and how the last sigmoid's inputs spread then.

    The spread is what the paper's Figure 1 draws: the 15th, 50th and 85th percentile of the inputs
    to one unit of the last hidden layer.
    """
    torch.manual_seed(seed)
    x, y, x_test, y_test = digits()
    net = sigmoid_net(normalised)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.5)
    accuracy, spread = [], []
    for step in range(1, steps + 1):
        net.train()
        chosen = torch.randint(len(x), (60,))                     # batches of 60, as in Sec. 4.1
        optimiser.zero_grad()
        F.cross_entropy(net(x[chosen]), y[chosen]).backward()
        optimiser.step()
        if step % 10 == 0:
            net.eval()
            with torch.no_grad():
                before_sigmoid = net[:-2](x_test)                 # without Sigmoid and Linear
                accuracy.append((net(x_test).argmax(1) == y_test).float().mean().item())
                spread.append(before_sigmoid[:, 0].quantile(torch.tensor([0.15, 0.5, 0.85])))
    return accuracy, torch.stack(spread)


def demo() -> None:
    """Train the paper's small net on digits with and without batch normalization."""
    for normalised in (False, True):
        accuracy, _ = train(normalised)
        name = "with BN" if normalised else "without"
        print(f"{name:8s}", " ".join(f"{a:4.0%}" for a in accuracy[1::3]), "(every 30 steps)")
    torch.manual_seed(0)
    x = torch.randn(60, 3) * torch.tensor([1.0, 10.0, 0.1]) + 5
    y = batch_norm(x, torch.ones(3), torch.zeros(3))
    print("deviation before", x.std(0).tolist())
    print("deviation after ", y.std(0).tolist())


def figure() -> Figure:
    """Accuracy, and the spread of one sigmoid's inputs, as training goes on (Figure 1)."""
    fig = Figure(figsize=(7, 2.8), layout="constrained")
    curves, *spreads = fig.subplots(1, 3)
    for axes, normalised in zip(spreads, (False, True), strict=True):
        name = "with BN" if normalised else "without BN"
        accuracy, spread = train(normalised)
        steps = range(10, 201, 10)
        curves.plot(steps, accuracy, label=name)
        axes.plot(steps, spread, color="C1" if normalised else "C0")
        axes.set(title=f"input of a sigmoid, {name}", xlabel="steps", ylim=(-3, 3))
        axes.title.set_fontsize(9)
    curves.set(xlabel="steps", ylabel="accuracy on unseen digits", ylim=(0, 1))
    curves.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
