r"""Big Transfer (BiT).

Pre-train once, big, on many labelled images, and fine-tune with a rule instead of a search. The
network is a pre-activation ResNet without batch normalization: group normalization (GN) ahead
of the convolutions, each of which standardizes its own filters (WS). Nothing in it depends on
the batch, so there are no running statistics to go stale when the data change.

$$ \hat W_{o,i} = \frac{W_{o,i} - \mu_o}{\sqrt{\sigma_o^2 + \epsilon}}, \qquad
   y = x + \hat W_3 \,\rho\big(\hat W_2 \,\rho(\hat W_1 \,\rho(x))\big), \qquad
   \rho(x) = \mathrm{ReLU}(\mathrm{GN}(x)) $$

A standardized filter does not care for its own length, so the gradient is orthogonal to it and the
step that it really takes shrinks as it grows; weight decay is what holds the length:

$$ L(cW) = L(W) \;\Rightarrow\; \langle W, \nabla L(W) \rangle = 0, \quad
   \nabla L(cW) = \tfrac1c \nabla L(W) $$

Paper: big_transfer, Sec. 2, 3.3 and 4.2
Shapes: N batch, C channels, H W space, K classes, o output and i input weights of a filter
Differs from the paper: every network is built, but only a narrow one with one unit is trained, on
digits and for seconds; the largest took a TPU pod and 300 million images. The paper prints no
equations. Padding, the 1e-10 and the zero head are from the authors' code, whose rule also warms
up, and for small tasks decays at 40, 60 and 80 % of the steps.
"""

from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

# Units in the four stages, and the factor by which every hidden layer is widened (Sec. 4.1).
SIZES = {"R50x1": ((3, 4, 6, 3), 1), "R50x3": ((3, 4, 6, 3), 3), "R101x1": ((3, 4, 23, 3), 1),
         "R101x3": ((3, 4, 23, 3), 3), "R152x4": ((3, 8, 36, 3), 4)}


def standardize(W: Tensor) -> Tensor:
    """Give each filter of W (C_out, C_in, kernel, kernel) mean 0 and variance 1."""
    mean = W.mean(dim=(1, 2, 3), keepdim=True)                    # (C_out, 1, 1, 1)
    var = W.var(dim=(1, 2, 3), keepdim=True, correction=0)        # (C_out, 1, 1, 1)
    return (W - mean) / torch.sqrt(var + 1e-10)


class StdConv(nn.Conv2d):
    """A convolution without bias that standardizes its filters whenever it is used."""

    def __init__(self, C_in: int, C_out: int, kernel: int, stride: int = 1) -> None:
        super().__init__(C_in, C_out, kernel, stride, padding=kernel // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, standardize(self.weight), None, self.stride, self.padding)


class Unit(nn.Module):
    """A bottleneck that normalizes before it convolves, and adds itself to a clean shortcut."""

    def __init__(self, C_in: int, C_out: int, stride: int = 1) -> None:
        super().__init__()
        C = C_out // 4
        self.norm1, self.conv1 = nn.GroupNorm(32, C_in), StdConv(C_in, C, 1)
        self.norm2, self.conv2 = nn.GroupNorm(32, C), StdConv(C, C, 3, stride)
        self.norm3, self.conv3 = nn.GroupNorm(32, C), StdConv(C, C_out, 1)
        self.project = StdConv(C_in, C_out, 1, stride) if stride > 1 or C_in != C_out else None

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(x))
        shortcut = x if self.project is None else self.project(y)
        y = F.relu(self.norm2(self.conv1(y)))                     # (N, C/4, H, W)
        y = F.relu(self.norm3(self.conv2(y)))                     # (N, C/4, H/s, W/s)
        return shortcut + self.conv3(y)                           # (N, C, H/s, W/s)


class ResNetV2(nn.Module):
    """ResNet with pre-activation, GN and WS; factor 4 and 152 layers make the default BiT."""

    def __init__(self, units: tuple[int, ...], factor: float, K: int) -> None:
        super().__init__()
        C = int(64 * factor)
        body: list[nn.Module] = [StdConv(3, C, 7, stride=2), nn.ConstantPad2d(1, 0.0),
                                 nn.MaxPool2d(3, stride=2)]       # (N, C, H/4, W/4)
        for stage, repeats in enumerate(units):
            C_out = int(256 * factor) * 2**stage
            for unit in range(repeats):
                body.append(Unit(C, C_out, stride=2 if stage > 0 and unit == 0 else 1))
                C = C_out
        self.body = nn.Sequential(*body, nn.GroupNorm(32, C), nn.ReLU())
        self.head = nn.Linear(C, K)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x).mean(dim=(2, 3)))           # (N, K)


@dataclass(frozen=True)
class Recipe:
    """What BiT-HyperRule decides about a task; rate, momentum 0.9 and batch 512 are fixed."""

    steps: int
    mixup: float
    resize: int
    crop: int


def hyper_rule(examples: int, height: int, width: int, largest: bool = False) -> Recipe:
    """The recipe for a task by its size and resolution; largest: for the R152x4 network."""
    steps = 500 if examples < 20_000 else 10_000 if examples < 500_000 else 20_000
    resize, crop = (512, 480) if largest else (448, 384)
    if height * width < 96 * 96:
        resize, crop = 160, 128
    return Recipe(steps, 0.1 if examples >= 20_000 else 0.0, resize, crop)


def learning_rate(step: int, steps: int, base: float = 0.003) -> float:
    """A tenth from 30 % of the steps on, a hundredth from 60 %, a thousandth from 90 %."""
    return base / 10 ** sum(10 * step >= tenths * steps for tenths in (3, 6, 9))


def mixup(x: Tensor, y: Tensor, alpha: float) -> tuple[Tensor, Tensor]:
    """Blend images x (N, ...) and one-hot labels y (N, K) with those of other samples."""
    lam = torch.distributions.Beta(alpha, alpha).sample() if alpha > 0 else torch.tensor(1.0)
    other = torch.randperm(len(x))
    return lam * x + (1 - lam) * x[other], lam * y + (1 - lam) * y[other]


def filter_length(net: nn.Module) -> float:
    """The Euclidean length of all standardized filters together."""
    filters = [layer.weight for layer in net.modules() if isinstance(layer, StdConv)]
    return sum(W.square().sum().item() for W in filters) ** 0.5


def train(net: ResNetV2, x: Tensor, y: Tensor, steps: int, batch: int = 512, base: float = 0.003,
          alpha: float = 0.0, decay: float = 0.0) -> list[float]:
    """SGD with momentum on the rule's schedule; by default as in fine-tuning, without decay.

    Returns how long the filters were before each step.
    """
    optimiser = torch.optim.SGD(net.parameters(), lr=base, momentum=0.9, weight_decay=decay)
    lengths = []
    for step in range(steps):
        lengths.append(filter_length(net))
        optimiser.param_groups[0]["lr"] = learning_rate(step, steps, base)
        chosen = torch.randint(len(x), (batch,))                  # small tasks repeat themselves
        one_hot = F.one_hot(y[chosen], net.head.out_features).float()         # (batch, K)
        images, labels = mixup(x[chosen], one_hot, alpha)
        optimiser.zero_grad()
        F.cross_entropy(net(images), labels).backward()
        optimiser.step()
    return lengths


def fine_tune(net: ResNetV2, x: Tensor, y: Tensor, K: int, recipe: Recipe,
              batch: int = 512) -> None:
    """Adapt the whole network to a new task of K classes, with a head that starts at zero."""
    net.head = nn.Linear(net.head.in_features, K)
    nn.init.zeros_(net.head.weight)
    nn.init.zeros_(net.head.bias)
    train(net, x, y, recipe.steps, batch, alpha=recipe.mixup)


def digits(pixels: int = 16) -> tuple[Tensor, Tensor]:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn), enlarged, in [-1, 1]; labels."""
    data = load_digits()
    x = torch.tensor(data.images, dtype=torch.float32)[:, None] / 8 - 1
    return F.interpolate(x, size=(pixels, pixels)).repeat(1, 3, 1, 1), torch.tensor(data.target)


def demo() -> None:
    """Count the networks and ask the rule about two tasks."""
    for name, (units, factor) in SIZES.items():
        with torch.device("meta"):
            body = ResNetV2(units, factor, K=1000).body
        print(f"{name:7s}{sum(p.numel() for p in body.parameters()) / 1e6:6.0f} M without the head")
    for task, examples, side in (("Pets", 3680, 224), ("CIFAR-10", 50_000, 32)):
        print(f"{task}: {hyper_rule(examples, side, side)}")


def figure() -> Figure:
    """The rule's learning rates, and the length of the filters with and without weight decay."""
    fig = Figure(figsize=(7, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    for name, examples in (("small", 1000), ("medium", 50_000), ("large", 1_280_000)):
        steps = hyper_rule(examples, 224, 224).steps
        at = [steps * i // 200 for i in range(200)]
        left.loglog([step + 1 for step in at], [learning_rate(step, steps) for step in at],
                    label=name)
    left.set(xlabel="step", ylabel="learning rate", title="BiT-HyperRule")
    x, y = digits()
    for decay in (0.0, 0.01):
        torch.manual_seed(0)
        lengths = train(ResNetV2((1,), 0.5, K=10), x, y, 30, batch=16, base=1.0, decay=decay)
        right.plot([length / lengths[0] for length in lengths], label=f"weight decay {decay}")
    right.set(xlabel="step", title="length of the filters, start = 1")
    for axes in (left, right):
        axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
