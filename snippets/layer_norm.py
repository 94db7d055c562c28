r"""Layer normalization.

Normalise the summed inputs of one layer for one case: the mean and the deviation are taken over
the hidden units, not over the batch. Every case is then treated alone, training and inference
compute the same thing, and a recurrent network can do it afresh at each time step.

$$ \mu = \frac1H \sum_{i=1}^H a_i, \qquad \sigma = \sqrt{\frac1H \sum_{i=1}^H (a_i - \mu)^2},
   \qquad \mathrm{LN}(a) = \frac{g}{\sigma} \odot (a - \mu) + b $$

$$ a^t = W_{hh} h^{t-1} + W_{xh} x^t, \qquad
   h^t = f\!\left[ \frac{g}{\sigma^t} \odot (a^t - \mu^t) + b \right] $$

Paper: layer_norm, Eq. 3 and 4, Sec. 5.1, Table 1
Shapes: N cases, H hidden units, D inputs at a time step, T time steps
Differs from the paper: a small epsilon under the root, as in every library; the recurrent network
reads 8×8 digits four pixels at a time instead of sentences, and is plain instead of GRU or LSTM.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

CHANGES = ["all weights × δ", "all weights + γ", "one unit's weights × δ",
           "data set × δ", "data set + γ", "one case × δ"]


def layer_norm(a: Tensor, gain: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise summed inputs a (..., H) over the units of the layer, then scale and shift."""
    mean = a.mean(dim=-1, keepdim=True)                           # (..., 1)
    var = a.var(dim=-1, keepdim=True, correction=0)               # (..., 1)
    return gain * (a - mean) / torch.sqrt(var + eps) + bias


class LayerNorm(nn.Module):
    """Layer normalization with a learned gain and bias for each unit."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(units))
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, a: Tensor) -> Tensor:
        return layer_norm(a, self.gain, self.bias)


class Reader(nn.Module):
    """A recurrent net that reads x (N, T, D) step by step and names its class at the end.

    Without `normalise` it is the same net with gain and bias but no mean and deviation.
    """

    def __init__(self, normalise: bool, scale: float = 1.0, D: int = 4, H: int = 32) -> None:
        super().__init__()
        self.normalise = normalise
        self.W_xh = nn.Parameter(torch.randn(H, D) / D**0.5)
        self.W_hh = nn.Parameter(scale * torch.randn(H, H) / H**0.5)
        self.norm = LayerNorm(H)
        self.classify = nn.Linear(H, 10)

    def states(self, x: Tensor) -> Tensor:
        """The hidden state after each step, starting from zeros."""
        h, states = torch.zeros(len(x), len(self.W_hh), dtype=x.dtype), []
        for x_t in x.unbind(1):
            a = h @ self.W_hh.T + x_t @ self.W_xh.T               # (N, H)
            plain = self.norm.gain * a + self.norm.bias
            h = torch.tanh(self.norm(a) if self.normalise else plain)
            states.append(h)
        return torch.stack(states, 1)                             # (N, T, H)

    def forward(self, x: Tensor) -> Tensor:
        return self.classify(self.states(x)[:, -1])


def digits(train: int = 1200) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn) as 16 steps of 4 pixels."""
    data = load_digits()
    x = torch.tensor(data.images, dtype=torch.float32).reshape(-1, 16, 4) / 16
    y = torch.tensor(data.target)
    return x[:train], y[:train], x[train:], y[train:]


def error_on_digits(normalise: bool, scale: float, steps: int = 60, seed: int = 0) -> float:
    """Error on unseen digits when W_hh starts `scale` times too large or too small."""
    torch.manual_seed(seed)
    x, y, x_test, y_test = digits()
    net = Reader(normalise, scale)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.005)
    for _ in range(steps):
        chosen = torch.randint(len(x), (32,))
        optimiser.zero_grad()
        F.cross_entropy(net(x[chosen]), y[chosen]).backward()
        optimiser.step()
    with torch.no_grad():
        return (net(x_test).argmax(1) != y_test).float().mean().item()


def summed_inputs(norm: str, W: Tensor, x: Tensor) -> Tensor:
    """The inputs x (N, D) through weights W (H, D) under one of three normalizations: (N, H)."""
    if norm == "weight":
        return x @ (W / W.norm(dim=1, keepdim=True)).T
    a, over = x @ W.T, {"batch": 0, "layer": 1}[norm]
    return (a - a.mean(over, keepdim=True)) / a.std(over, keepdim=True, correction=0)


def changed(change: str, W: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """Weights and data after one of the six changes of Table 1."""
    delta, gamma = 3.0, torch.linspace(1, 2, W.shape[1], dtype=W.dtype)
    first_unit, first_case = torch.ones(len(W), 1), torch.ones(len(x), 1)
    first_unit[0] = first_case[0] = delta
    return {
        "all weights × δ": (delta * W, x),
        "all weights + γ": (W + gamma, x),                        # the same γ for every unit
        "one unit's weights × δ": (first_unit * W, x),
        "data set × δ": (W, delta * x),
        "data set + γ": (W, x + gamma),
        "one case × δ": (W, first_case * x),
    }[change]


def invariances(norm: str) -> dict[str, bool]:
    """Which changes leave what a normalized layer computes as it was: a row of Table 1."""
    draw = torch.Generator().manual_seed(0)
    W = torch.randn(5, 6, dtype=torch.double, generator=draw)
    x = torch.randn(7, 6, dtype=torch.double, generator=draw)
    before = summed_inputs(norm, W, x)
    return {c: torch.allclose(before, summed_inputs(norm, *changed(c, W, x))) for c in CHANGES}


def demo() -> None:
    """Print the paper's table of invariances, computed; then train from weights too large."""
    for norm in ("batch", "weight", "layer"):
        kept = [change for change, same in invariances(norm).items() if same]
        print(f"{norm:6s} norm ignores: " + ", ".join(kept))
    for normalise in (False, True):
        error = error_on_digits(normalise, scale=3.0)
        print(f"W_hh three times too large, layer norm {normalise!s:5s}: {error:.1%} error")


def figure() -> Figure:
    """Left: the table of invariances. Right: error against the scale that W_hh starts from."""
    fig = Figure(figsize=(8, 3), layout="constrained")
    table, axes = fig.subplots(1, 2)
    norms = ["batch", "weight", "layer"]
    table.imshow([list(invariances(n).values()) for n in norms], cmap="Blues", vmin=0, vmax=2)
    table.set_xticks(range(6), CHANGES, rotation=35, ha="right", fontsize=8)
    table.set_yticks(range(3), [f"{norm} norm" for norm in norms])
    table.set_title("shaded: output unchanged", fontsize=9)
    scales = [0.3, 1.0, 3.0]
    for normalise, label in ((False, "plain"), (True, "layer norm")):
        errors = [100 * error_on_digits(normalise, scale) for scale in scales]
        axes.plot(scales, errors, marker="o", label=label)
    axes.set(xlabel="scale of the first $W_{hh}$", ylabel="test error (%)", xscale="log")
    axes.set_xticks(scales, [str(scale) for scale in scales])
    axes.minorticks_off()
    axes.set_ylim(0, None)
    axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
