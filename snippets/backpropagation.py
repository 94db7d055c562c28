r"""Back-propagation.

Forward: each unit sums the outputs of the layer below, weighted, and squashes the sum. Loss: half
the squared distance from the desired output. Backward: the chain rule, from the last layer down,
says how the loss changes with every weight. Then each weight takes a small step downhill.

$$ x_j = \sum_i y_i w_{ji}, \qquad y_j = \frac{1}{1 + e^{-x_j}}, \qquad
   E = \frac12 \sum_c \sum_j (y_{j,c} - d_{j,c})^2 $$

$$ \frac{\partial E}{\partial y_j} = y_j - d_j \ \text{(last layer)}, \qquad
   \frac{\partial E}{\partial x_j} = \frac{\partial E}{\partial y_j}\, y_j (1 - y_j) $$

$$ \frac{\partial E}{\partial w_{ji}} = \frac{\partial E}{\partial x_j}\, y_i, \qquad
   \frac{\partial E}{\partial y_i} = \sum_j \frac{\partial E}{\partial x_j}\, w_{ji}, \qquad
   \Delta w(t) = -\varepsilon \frac{\partial E}{\partial w}(t) + \alpha\, \Delta w(t-1) $$

Paper: backpropagation, Eq. 1 to 9 and Fig. 1
Shapes: N cases (the paper's c), I units below, J units above
Differs from the paper: nothing in the method or in the symmetry task; the family trees are not
here.
"""

from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import Tensor


def with_bias(states: Tensor) -> Tensor:
    """Add a unit that is always 1 to a layer (N, I): its weight is the bias of a unit above."""
    return torch.cat([states, torch.ones_like(states[:, :1])], dim=1)         # (N, I + 1)


def forward(weights: list[Tensor], inputs: Tensor) -> list[Tensor]:
    """The states of all layers, the inputs first; weights are (J, I + 1), one for each layer."""
    states = [inputs]
    for w in weights:
        x = with_bias(states[-1]) @ w.T                           # total inputs (N, J), Eq. 1
        states.append(1 / (1 + torch.exp(-x)))                    # Eq. 2
    return states


def loss(outputs: Tensor, desired: Tensor) -> Tensor:
    """The total error E over all cases and output units (Eq. 3)."""
    return ((outputs - desired) ** 2).sum() / 2


def backward(weights: list[Tensor], states: list[Tensor], desired: Tensor) -> list[Tensor]:
    """The derivatives of E with respect to all weights, summed over the cases."""
    gradients = []
    dE_dy = states[-1] - desired                                  # Eq. 4
    for layer in reversed(range(len(weights))):
        below, y = states[layer], states[layer + 1]
        dE_dx = dE_dy * y * (1 - y)                               # (N, J), Eq. 5
        gradients.append(dE_dx.T @ with_bias(below))              # (J, I + 1), Eq. 6
        dE_dy = dE_dx @ weights[layer][:, :-1]                    # (N, I), Eq. 7; not to the bias
    return gradients[::-1]


def initial_weights(sizes: list[int], seed: int) -> list[Tensor]:
    """Small random weights, uniform in ±0.3, so that no two hidden units start alike."""
    generator = torch.Generator().manual_seed(seed)
    shapes = [(above, below + 1) for below, above in pairwise(sizes)]
    return [0.6 * torch.rand(s, generator=generator, dtype=torch.double) - 0.3 for s in shapes]


def train(
    weights: list[Tensor],
    inputs: Tensor,
    desired: Tensor,
    sweeps: int,
    rate: float = 0.1,
    momentum: float = 0.9,
) -> tuple[list[Tensor], list[float]]:
    """The weights after so many sweeps through all cases (Eq. 8 and 9), and E before each sweep."""
    weights = list(weights)
    steps = [torch.zeros_like(w) for w in weights]
    errors = []
    for _ in range(sweeps):
        states = forward(weights, inputs)
        errors.append(loss(states[-1], desired).item())
        for layer, gradient in enumerate(backward(weights, states, desired)):
            steps[layer] = momentum * steps[layer] - rate * gradient
            weights[layer] = weights[layer] + steps[layer]
    return weights, errors


def symmetry_task() -> tuple[Tensor, Tensor]:
    """All 64 patterns of six bits (64, 6), and whether each reads the same backwards (64, 1)."""
    patterns = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.double)] * 6)
    return patterns, (patterns == patterns.flip(1)).all(1, keepdim=True).double()


def wrong(weights: list[Tensor], inputs: Tensor, desired: Tensor) -> int:
    """How many cases are on the wrong side of one half."""
    return int(((forward(weights, inputs)[-1] > 0.5) != (desired > 0.5)).sum())


def demo() -> None:
    """Learn mirror symmetry with two hidden units: the network of the paper's Figure 1."""
    patterns, symmetric = symmetry_task()
    start = initial_weights([6, 2, 1], seed=7)
    weights, errors = train(start, patterns, symmetric, 1425)
    print(f"E falls from {errors[0]:.2f} to {errors[-1]:.3f} in 1,425 sweeps")
    print(f"wrong: {wrong(start, patterns, symmetric)} of 64 before, "
          f"{wrong(weights, patterns, symmetric)} after")
    for unit, w in enumerate(weights[0].tolist(), 1):
        print(f"hidden unit {unit}:", *(f"{v:6.1f}" for v in w[:-1]), f"  bias {w[-1]:.1f}")
    print("mirrored weights are opposite, on one side in the ratio 1 : 2 : 4 (in some order)")


def figure() -> Figure:
    """The learning curve of the symmetry task and the weights that come out."""
    patterns, symmetric = symmetry_task()
    weights, errors = train(initial_weights([6, 2, 1], seed=7), patterns, symmetric, 1425)
    fig = Figure(figsize=(7, 2.8), layout="constrained")
    left, right = fig.subplots(1, 2)
    left.plot(errors[::5])
    left.set_xticks([0, 100, 200], labels=["0", "500", "1000"])
    left.set(xlabel="sweeps", ylabel="E", ylim=(0, 6))
    top = weights[0].abs().max()
    right.imshow(weights[0], cmap="RdBu", vmin=-top, vmax=top)
    for unit, row in enumerate(weights[0].tolist()):
        for bit, value in enumerate(row):
            ink = "white" if abs(value) > 0.6 * top else "black"
            right.text(bit, unit, f"{value:.1f}", ha="center", va="center", fontsize=8, color=ink)
    right.set_xticks(range(7), labels=["1", "2", "3", "4", "5", "6", "bias"])
    right.set_yticks([0, 1], labels=["hidden 1", "hidden 2"])
    right.set_xlabel("input bit")
    return fig


if __name__ == "__main__":
    demo()
