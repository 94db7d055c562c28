r"""LeNet-5.

A network that reads a character from its pixels. Convolutions (C) look for the same small features
everywhere, sub-sampling (S) halves the maps so that exact positions are forgotten, and the last
layer compares 84 features with a picture of each digit. Everything is trained by gradient descent.

$$ x_i = f(a_i), \qquad f(a) = A \tanh(S a), \quad A = 1.7159,\ S = \tfrac23 \qquad
   y_i = \sum_{j=1}^{84} (x_j - w_{ij})^2 $$

$$ E(W) = \frac1P \sum_{p=1}^P \Big( y_{D^p}(Z^p, W)
   + \log\big(e^{-j} + \textstyle\sum_i e^{-y_i(Z^p, W)}\big) \Big) $$

Paper: lenet, Sec. II-B and II-C, Eq. 5 to 9, Table I
Shapes: N images, maps×height×width of each layer at the right; D the desired class
Differs from the paper: trained on 8×8 digits enlarged to 24×24 instead of MNIST, with Nesterov
momentum instead of stochastic diagonal Levenberg-Marquardt; the bitmaps are seven-segment digits
of our own drawing; j = 5 and the factor 0.6 = 2.4/4 at the start of S2 and S4 are ours.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

# Which maps of S2 each of the 16 maps of C3 sees (Table I).
TABLE = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)  # fmt: skip

# A digit as strokes on 12×7 pixels: (top, bottom, left, right) of each, and which digit has which.
STROKES = {
    "top": (0, 2, 0, 7), "middle": (5, 7, 0, 7), "bottom": (10, 12, 0, 7),
    "upper left": (0, 7, 0, 2), "upper right": (0, 7, 5, 7),
    "lower left": (5, 12, 0, 2), "lower right": (5, 12, 5, 7),
}  # fmt: skip
MISSING = {
    0: {"middle"}, 1: {"top", "middle", "bottom", "upper left", "lower left"},
    2: {"upper left", "lower right"}, 3: {"upper left", "lower left"},
    4: {"top", "bottom", "lower left"}, 5: {"upper right", "lower left"}, 6: {"upper right"},
    7: {"middle", "bottom", "upper left", "lower left"}, 8: set(), 9: {"lower left"},
}  # fmt: skip


def squash(a: Tensor) -> Tensor:
    """The scaled hyperbolic tangent, which leaves +1 and -1 where they are (Eq. 6)."""
    return 1.7159 * torch.tanh(2 / 3 * a)


def bitmaps() -> Tensor:
    """The target codes: a 12×7 picture of each digit in -1 and +1, as (10, 84)."""
    pictures = torch.full((10, 12, 7), -1.0)
    for digit, missing in MISSING.items():
        for stroke in STROKES.keys() - missing:
            top, bottom, left, right = STROKES[stroke]
            pictures[digit, top:bottom, left:right] = 1
    return pictures.flatten(1)


def rbf(x: Tensor, codes: Tensor) -> Tensor:
    """Squared distance of the features x (..., 84) from each class's code (Eq. 7)."""
    return (x.unsqueeze(-2) - codes).square().sum(-1)             # (..., 10)


def map_loss(y: Tensor, target: Tensor, j: float = 5.0) -> Tensor:
    """Pull the right distance down and push all others up, as far as j (Eq. 9)."""
    rubbish = y.new_full((len(y), 1), -j)
    right = y.gather(1, target[:, None]).squeeze(1)
    return (right + torch.cat([rubbish, -y], 1).logsumexp(1)).mean()


class Subsample(nn.Module):
    """Add the pixels of each 2×2 block, then a learned factor and bias for each map (Sec. II-B)."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.full((maps, 1, 1), 0.6))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.factor * 4 * F.avg_pool2d(x, 2) + self.bias   # the sum is 4 times the mean


class TableConvolution(nn.Module):
    """C3: a convolution with kernels only where the table joins an input map to an output map."""

    def __init__(self) -> None:
        super().__init__()
        joined = torch.tensor([[m in inputs for m in range(6)] for inputs in TABLE])
        self.register_buffer("joined", joined)                    # (16, 6), 60 of them true
        self.weight = nn.Parameter(torch.empty(60, 5, 5))
        self.bias = nn.Parameter(torch.zeros(16))

    def forward(self, x: Tensor) -> Tensor:
        kernels = self.weight.new_zeros(16, 6, 5, 5)
        kernels[self.joined] = self.weight
        return F.conv2d(x, kernels, self.bias)


class LeNet5(nn.Module):
    """The network; larger images give one answer for each position, 4 pixels apart."""

    def __init__(self) -> None:
        super().__init__()
        self.C1 = nn.Conv2d(1, 6, 5)
        self.S2 = Subsample(6)
        self.C3 = TableConvolution()
        self.S4 = Subsample(16)
        self.C5 = nn.Conv2d(16, 120, 5)
        self.F6 = nn.Conv2d(120, 84, 1)
        self.register_buffer("codes", bitmaps())
        for joined, inputs in zip(self.C3.weight, [i for i in TABLE for _ in i], strict=True):
            nn.init.uniform_(joined, -2.4 / (25 * len(inputs)), 2.4 / (25 * len(inputs)))
        for layer in (self.C1, self.C5, self.F6):
            fan_in = layer.weight[0].numel()
            nn.init.uniform_(layer.weight, -2.4 / fan_in, 2.4 / fan_in)

    def layers(self, x: Tensor) -> dict[str, Tensor]:
        """The states of all layers for images x (N, 1, H, W); sizes below for 32×32."""
        states = {}
        for name in ("C1", "S2", "C3", "S4", "C5", "F6"):  # 6×28×28, 6×14×14, 16×10×10,
            x = states[name] = squash(getattr(self, name)(x))     # 16×5×5, 120×1×1, 84×1×1
        return states

    def forward(self, x: Tensor) -> Tensor:
        """Distance to each digit: (N, 10), or (N, H', W', 10) for images larger than 32×32."""
        features = self.layers(x)["F6"].permute(0, 2, 3, 1)       # (N, 1, 1, 84)
        y = rbf(features, self.codes)
        return y.flatten(1) if y.shape[1:3] == (1, 1) else y


def connections(net: LeNet5) -> dict[str, int]:
    """How many multiplications or bias additions each layer does for a 32×32 image."""
    states = net.layers(torch.zeros(1, 1, 32, 32))
    counts = {}
    for name, state in states.items():
        layer = getattr(net, name)
        inputs = 4 if isinstance(layer, Subsample) else layer.weight.numel() / len(layer.bias)
        counts[name] = round((inputs + 1) * state.numel())        # + 1 for the bias
    return counts | {"output": net.codes.numel()}


def digits(train: int = 800, test: int = 600) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Real digits (UCI, CC BY 4.0, in scikit-learn) on 32×32: images, labels; train, test."""
    data = load_digits()
    x = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 16    # (N, 1, 8, 8)
    x = F.interpolate(x, size=24, mode="bilinear")
    x = F.pad(x, (4, 4, 4, 4)) * 1.275 - 0.1                      # background -0.1, ink 1.175
    y = torch.tensor(data.target)
    return x[:train], y[:train], x[-test:], y[-test:]


def train_on_digits(epochs: int = 5, seed: int = 0) -> tuple[LeNet5, float]:
    """A trained LeNet-5 and its error rate on unseen digits."""
    torch.manual_seed(seed)
    x, y, x_test, y_test = digits()
    net = LeNet5()
    optimiser = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9, nesterov=True)
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(10):
            optimiser.zero_grad()
            map_loss(net(x[chosen]), y[chosen]).backward()
            optimiser.step()
    with torch.no_grad():
        return net, (net(x_test).argmin(1) != y_test).float().mean().item()


def demo() -> None:
    """Print the layers, and what the network answers for a wide image."""
    net = LeNet5()
    states = net.layers(torch.zeros(1, 1, 32, 32))
    for (name, state), count in zip(states.items(), connections(net).values(), strict=False):
        parameters = sum(p.numel() for p in getattr(net, name).parameters())
        size = "×".join(map(str, state.shape[1:]))
        print(f"{name}  {size:9s} {parameters:6,d} parameters {count:8,d} connections")
    print("answers for a 32×52 image:", tuple(net(torch.zeros(1, 1, 32, 52)).shape))


def figure() -> Figure:
    """Digits, and what F6 draws for each: the picture that the output layer looks for."""
    net, error = train_on_digits()
    *_, x, y = digits()
    with torch.no_grad():
        drawn = net.layers(x[:8])["F6"].reshape(8, 12, 7)
    codes = net.codes.reshape(10, 12, 7)[net(x[:8]).argmin(1)]
    read = f"the nearest code (test error {error:.0%})"
    rows = {"input": x[:8, 0], "F6 as a 12×7 picture": drawn, read: codes}
    fig = Figure(figsize=(7, 3.6), layout="constrained")
    for axes, (name, images) in zip(fig.subplots(3, 1), rows.items(), strict=True):
        framed = F.pad(images, (1, 1, 1, 1))                      # a grey border around each
        axes.imshow(torch.cat(list(framed), 1), cmap="gray", vmin=-1, vmax=1)
        axes.set_title(name, fontsize=9)
        axes.set_axis_off()
    return fig


if __name__ == "__main__":
    demo()
