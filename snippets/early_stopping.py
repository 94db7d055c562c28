r"""Early stopping.

As training goes on, the error on the training set falls and falls. On a validation set, which the
network never learns from, it falls at first and then rises again: the network begins to learn its
examples by heart (over-fitting). Stop around there, and keep the weights of the lowest validation
error so far. When to stop is a question because the curve has many small dips. Three answers:

$$ E_{opt}(t) = \min_{t' \le t} E_{va}(t'), \qquad
   GL(t) = 100 \left( \frac{E_{va}(t)}{E_{opt}(t)} - 1 \right), \qquad
   GL_\alpha: \ GL(t) > \alpha $$

$$ P_k(t) = 1000 \left( \frac{\sum_{t'=t-k+1}^{t} E_{tr}(t')}{k \, \min_{t'=t-k+1}^{t} E_{tr}(t')}
   - 1 \right), \qquad PQ_\alpha: \ \frac{GL(t)}{P_k(t)} > \alpha $$

$$ UP_s: \ E_{va}(t - ik) > E_{va}(t - (i+1)k) \ \text{ for } i = 0, \dots, s-1 $$

Paper: early_stopping, Sec. 2
Shapes: T epochs, counted from 1; N images
Differs from the paper: learns digits instead of the 12 problems of Proben1, with one architecture
instead of 24, by RPROP with its steps kept below 0.02; PQ and UP look at the last epoch of each
strip of k = 5, GL at every epoch.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn

K = 5                                                             # the length of a strip


def generalisation_loss(validation: Tensor) -> Tensor:
    """GL(t), by how many per cent the error (T,) lies above the lowest so far."""
    return 100 * (validation / validation.cummin(0).values - 1)


def progress(training: Tensor, epoch: int) -> Tensor:
    """P_k(t), by how many per mille the error was above its lowest, on average over the strip
    that ends with this epoch."""
    strip = training[epoch - K : epoch]
    return 1000 * (strip.mean() / strip.min() - 1)


def gl(curves: "Curves", alpha: float) -> int:
    """Stop when the generalisation loss exceeds alpha. The epoch, the last if that never is."""
    over = (generalisation_loss(curves.validation) > alpha).nonzero()
    return int(over[0]) + 1 if len(over) else len(curves.validation)


def pq(curves: "Curves", alpha: float) -> int:
    """Stop when the loss exceeds alpha times the progress: while training still gets on fast, it
    may yet make good for the loss."""
    loss = generalisation_loss(curves.validation)
    for epoch in range(K, len(loss), K):
        if loss[epoch - 1] > alpha * progress(curves.training, epoch):
            return epoch
    return len(loss)


def up(curves: "Curves", strips: int) -> int:
    """Stop when the validation error has gone up in so many strips in a row, however little."""
    ups = 0
    for epoch in range(2 * K, len(curves.validation), K):
        rises = curves.validation[epoch - 1] > curves.validation[epoch - 1 - K]
        ups = ups + 1 if rises else 0
        if ups == strips:
            return epoch
    return len(curves.validation)


def best(curves: "Curves", stop: int) -> int:
    """The epoch whose weights are kept: that of the lowest validation error until the stop."""
    return int(curves.validation[:stop].argmin()) + 1


class Curves(NamedTuple):
    """Squared errors in per cent after each epoch (T,), and the part of test images misread."""

    training: Tensor
    validation: Tensor
    test: Tensor
    wrong: Tensor


def split(seed: int) -> list[tuple[Tensor, Tensor]]:
    """Real digits (UCI, CC BY 4.0, in scikit-learn) and one-hot targets: 100 to learn from, 50 to
    validate, which is two to one, and the other 1647 to test."""
    data = load_digits()
    x = torch.tensor(data.data / 16)
    d = torch.eye(10, dtype=torch.double)[torch.tensor(data.target)]
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    return [(x[part], d[part]) for part in (order[:100], order[100:150], order[150:])]


def rprop(
    weights: list[Tensor], slopes: Sequence[Tensor], last: list[Tensor], steps: list[Tensor]
) -> None:
    """One step of RPROP, in place: each weight goes by its own step against the sign of its slope;
    the step grows while the sign stays and shrinks, to wait for a turn, when it has changed."""
    for i, slope in enumerate(slopes):
        same = slope * last[i]
        steps[i] *= torch.where(same > 0, 1.2, torch.where(same < 0, 0.5, 1.0))
        steps[i].clamp_(max=0.02)
        last[i] = torch.where(same < 0, 0.0, slope)
        weights[i].data -= torch.sign(last[i]) * steps[i]


def learning_curves(epochs: int, seed: int = 0) -> Curves:
    """Train a net with 16 hidden units on the whole training set at once, with RPROP."""
    parts = split(seed)
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 10), nn.Sigmoid()).double()
    weights = list(net.parameters())
    last = [torch.zeros_like(w) for w in weights]
    steps = [torch.full_like(w, 0.01) for w in weights]
    history = []
    for _ in range(epochs):
        error = (net(parts[0][0]) - parts[0][1]).square().sum()
        rprop(weights, torch.autograd.grad(error, weights), last, steps)
        with torch.no_grad():
            outputs = [net(x) for x, _ in parts]
        errors = [100 * (y - d).square().mean() for y, (_, d) in zip(outputs, parts, strict=True)]
        misread = outputs[2].argmax(1) != parts[2][1].argmax(1)
        history.append(torch.stack([*errors, misread.double().mean()]))
    return Curves(*torch.stack(history).T)


CRITERIA = {f"GL {alpha}": (gl, alpha) for alpha in (1, 2, 3, 5)}
CRITERIA |= {f"PQ {alpha}": (pq, alpha) for alpha in (0.5, 0.75, 1, 2, 3)}
CRITERIA |= {f"UP {strips}": (up, strips) for strips in (2, 3, 4, 6, 8)}


def demo() -> None:
    """Over-fit on a hundred digits, and see where each kind of criterion would have stopped."""
    curves = learning_curves(150)
    for epoch in (10, best(curves, 150), 150):
        training, validation, test, wrong = (float(curve[epoch - 1]) for curve in curves)
        print(f"epoch {epoch:3d}: error in training {training:5.2f}, validation {validation:.2f}, "
              f"test {test:.2f} ({wrong:.1%} misread)")
    for name in ("GL 5", "PQ 1", "UP 3"):
        criterion, threshold = CRITERIA[name]
        stop = criterion(curves, threshold)
        print(f"{name} stops after epoch {stop} and keeps the weights of {best(curves, stop)}")


def figure() -> Figure:
    """The learning curves, and what slower criteria cost and gain (GL and UP, three splits)."""
    runs = [learning_curves(150, seed) for seed in range(3)]
    fig = Figure(figsize=(7.5, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    for name, curve in zip(("training", "validation", "test"), runs[0], strict=False):
        left.plot(range(1, 151), curve, label=name)
    left.axvline(best(runs[0], 150), color="grey", linestyle=":")
    left.set(xlabel="epochs", ylabel="squared error (%)", ylim=(0, 10))
    left.legend(frameon=False)
    for kind, marker in (("GL", "o"), ("UP", "^")):
        points = []
        for name, (criterion, threshold) in CRITERIA.items():
            if name.startswith(kind):
                stops = [criterion(curves, threshold) for curves in runs]
                kept = [c.test[best(c, stop) - 1] for c, stop in zip(runs, stops, strict=True)]
                points.append((sum(stops) / 3, sum(kept) / 3))
        right.plot(*zip(*points, strict=True), marker=marker, linestyle="", label=kind)
    right.set(xlabel="stops after epoch (mean)", ylabel="test error of what is kept (%)")
    right.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
