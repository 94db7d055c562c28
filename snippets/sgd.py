r"""Stochastic approximation and stochastic gradient descent.

Find the level $x$ at which the average response $M(x)$ of an experiment is $\alpha$, although each
experiment gives only a noisy response $y_n$: go up if it was below $\alpha$, down if it was above,
by steps $a_n$ that shrink, but not too fast.

$$ x_{n+1} = x_n + a_n (\alpha - y_n), \qquad E[y_n \mid x_n] = M(x_n), \qquad
   \sum_n a_n = \infty, \quad \sum_n a_n^2 < \infty $$

With $\alpha = 0$ and for $y_n$ the gradient of the loss on $B$ examples drawn at random, this is
how networks are trained:

$$ w \leftarrow w - \frac{a}{B} \sum_{i \in \text{batch}} \nabla L_i(w), \qquad
   B = 1 \text{ online}, \quad 1 < B < N \text{ mini-batch}, \quad B = N \text{ batch} $$

Paper: sgd, Theorem 2 and the estimation of a quantile
Shapes: R runs side by side; N images, D pixels and a constant, K classes, B images in a batch
Differs from the paper: the second half is the modern use, with a constant rate $a$; the paper has
one unknown number, no gradients and no data sets.
"""

from collections.abc import Callable, Iterator

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn import functional as F


def robbins_monro(
    observe: Callable[[Tensor], Tensor],
    start: Tensor,
    target: float,
    rate: Callable[[int], float],
    steps: int,
) -> Tensor:
    """The levels tried, (steps + 1, R), in search of the one with this average response."""
    levels = [start]
    for n in range(1, steps + 1):
        levels.append(levels[-1] + rate(n) * (target - observe(levels[-1])))
    return torch.stack(levels)


def response(level: Tensor) -> Tensor:
    """1 where a threshold, drawn anew between 0 and 1, does not lie above the level, else 0.

    The average response M(x) at a level x between 0 and 1 is x.
    """
    return (torch.rand_like(level) <= level).float()


def batches(count: int, size: int) -> Iterator[Tensor]:
    """The numbers of all examples in random order, so many at a time: one epoch."""
    yield from torch.randperm(count).split(size)


def loss(w: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Mean cross-entropy of the linear classifier w (D, K) on x (N, D) with labels y (N,)."""
    return F.cross_entropy(x @ w, y)


def gradient(w: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The derivative of that loss with respect to w (D, K): inputs times errors, on average."""
    error = (x @ w).softmax(dim=1) - F.one_hot(y, w.shape[1])     # (N, K)
    return x.T @ error / len(x)


def descend(
    x: Tensor, y: Tensor, size: int, epochs: int, rate: float
) -> tuple[Tensor, list[float], int]:
    """The trained weights, the loss on all of x after each epoch, and the number of steps."""
    w = torch.zeros(x.shape[1], int(y.max()) + 1)
    losses, steps = [], 0
    for _ in range(epochs):
        for chosen in batches(len(x), size):
            w = w - rate * gradient(w, x[chosen], y[chosen])
            steps += 1
        losses.append(loss(w, x, y).item())
    return w, losses, steps


def digits(count: int) -> tuple[Tensor, Tensor]:
    """The first real digits (UCI, CC BY 4.0, in scikit-learn), pixels 0 to 1 and a constant 1."""
    data = load_digits()
    x = torch.tensor(data.data[:count], dtype=torch.float32) / 16
    return torch.cat([x, torch.ones(count, 1)], dim=1), torch.tensor(data.target[:count])


RATES = {
    "1/n": lambda n: 1 / n,                                       # as the theorem asks
    "constant 0.2": lambda _: 0.2,                                # squares sum to infinity
    "1/n²": lambda n: 1 / n**2,                                   # sums to less than 1.65
}


def demo() -> None:
    """Find a quantile from yes and no; then three sizes of batch on digits."""
    torch.manual_seed(0)
    for name, rate in RATES.items():
        levels = robbins_monro(response, torch.full((500,), -2.0), 0.8, rate, 1000)
        off = (levels[-1] - 0.8).square().mean().sqrt()
        print(f"a_n = {name:12s} off by {off:.3f} after 1,000 answers (from 2.8)")
    x, y = digits(512)
    for name, size in (("online", 1), ("mini-batch", 32), ("batch", 512)):
        _, losses, steps = descend(x, y, size, epochs=5, rate=0.1)
        print(f"{name:10s} B = {size:3d}: {steps:4d} steps in 5 epochs, loss {losses[-1]:.3f}")


def figure() -> Figure:
    """Steps that shrink rightly, too slowly and too fast; learning curves for three batch sizes."""
    torch.manual_seed(0)
    fig = Figure(figsize=(7, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    for name, rate in RATES.items():
        levels = robbins_monro(response, torch.tensor([-2.0]), 0.8, rate, 300)
        left.plot(levels, label=f"$a_n$ = {name}", linewidth=1)
    left.axhline(0.8, color="grey", linestyle=":")
    left.set(xlabel="experiments", ylabel="level $x_n$", ylim=(-2.1, 1.5))
    left.legend(frameon=False, fontsize=8)
    x, y = digits(512)
    for name, size in (("online, B = 1", 1), ("mini-batch, B = 32", 32), ("batch, B = 512", 512)):
        right.plot(range(1, 11), descend(x, y, size, 10, 0.1)[1], marker=".", label=name)
    right.set(xlabel="epochs", ylabel="training loss", ylim=(0, 3.2))
    right.legend(frameon=False, fontsize=8, loc="upper right")
    return fig


if __name__ == "__main__":
    demo()
