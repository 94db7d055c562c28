r"""Residual networks.

Let a stack of layers learn what to add to its input, not what to turn it into. The input takes a
shortcut around the stack; where there is nothing to improve, the stack only has to fall silent, so
a deeper network can always do what a shallower one does.

$$ \mathbf{y} = \mathrm{ReLU}\big(\mathcal{F}(\mathbf{x}, \{W_i\}) + W_s \mathbf{x}\big) $$

Here $\mathcal{F}$ is two 3×3 convolutions, or a bottleneck of 1×1, 3×3 and 1×1, and $W_s$ is the
identity wherever the two sizes agree. Where they do not: (A) subsample and pad with zero channels,
(B) project with a 1×1 convolution; (C) projects in every block.

Paper: resnet, Eq. 1 and 2, Table 1 and 6, Sec. 3.3, 3.4 and 4.2
Shapes: N batch, C channels, H W space, K classes, s stride
Differs from the paper: the effect is shown on 8×8 digits with a quarter of the CIFAR-10 net's
channels, instead of on ImageNet; nothing large is trained. Weights start uniform, with the paper's
variance 2 / fan-in.
"""

import math

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

# Table 1: blocks in the stages conv2_x to conv5_x. From 50 layers on a block is a bottleneck.
BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3),
          152: (3, 8, 36, 3)}


def conv(C_in: int, C_out: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """A convolution that keeps the size (over the stride), then batch normalization (Sec. 3.4)."""
    layer = nn.Conv2d(C_in, C_out, kernel, stride, kernel // 2, bias=False)
    nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
    return nn.Sequential(layer, nn.BatchNorm2d(C_out))


def pad_shortcut(x: Tensor, C_out: int, stride: int) -> Tensor:
    """Option A: every stride-th pixel of x (N, C, H, W), zeros for the new channels."""
    x = x[:, :, ::stride, ::stride]                                   # (N, C, H/s, W/s)
    return F.pad(x, (0, 0, 0, 0, 0, C_out - x.shape[1]))              # (N, C_out, H/s, W/s)


class Block(nn.Module):
    """ReLU(F(x) + shortcut of x); with the option "plain" there is no shortcut."""

    def __init__(self, C_in: int, C_out: int, stride: int, option: str, narrow: int = 0) -> None:
        super().__init__()
        if narrow:                                                    # a bottleneck
            layers = [conv(C_in, narrow, 1, stride), nn.ReLU(), conv(narrow, narrow, 3),
                      nn.ReLU(), conv(narrow, C_out, 1)]
        else:
            layers = [conv(C_in, C_out, 3, stride), nn.ReLU(), conv(C_out, C_out, 3)]
        self.F = nn.Sequential(*layers)
        self.C_out, self.stride, self.plain = C_out, stride, option == "plain"
        resized = (C_in, 1) != (C_out, stride)
        projects = option == "C" or (option == "B" and resized)
        self.W_s = conv(C_in, C_out, 1, stride) if projects else None

    def shortcut(self, x: Tensor) -> Tensor:
        """What is added to F(x): x itself, wherever it fits."""
        return pad_shortcut(x, self.C_out, self.stride) if self.W_s is None else self.W_s(x)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.F(x) if self.plain else self.F(x) + self.shortcut(x))


class ResNet(nn.Module):
    """Table 1: the network for ImageNet with 18, 34, 50, 101 or 152 layers."""

    def __init__(self, depth: int, option: str = "B", K: int = 1000) -> None:
        super().__init__()
        blocks, C_in = [], 64
        for stage, count in enumerate(BLOCKS[depth]):
            C = 64 * 2**stage
            C_out, narrow = (4 * C, C) if depth >= 50 else (C, 0)
            for i in range(count):
                stride = 2 if stage > 0 and i == 0 else 1
                blocks.append(Block(C_in, C_out, stride, option, narrow))
                C_in = C_out
        self.stem = nn.Sequential(conv(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.blocks = nn.Sequential(*blocks)                          # (N, C, H/32, W/32)
        self.classifier = nn.Linear(C_in, K)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.blocks(self.stem(x)).mean(dim=(2, 3)))


class CifarResNet(nn.Module):
    """Sec. 4.2: 6n + 2 layers, three stages of n blocks with C, 2C and 4C channels."""

    def __init__(self, n: int, option: str = "A", C: int = 16, colours: int = 3) -> None:
        super().__init__()
        widths = [C] * (n + 1) + [2 * C] * n + [4 * C] * n
        strides = [2 if i in (n, 2 * n) else 1 for i in range(3 * n)]
        self.stem = nn.Sequential(conv(colours, C, 3), nn.ReLU())
        self.blocks = nn.Sequential(*[
            Block(widths[i], widths[i + 1], strides[i], option) for i in range(3 * n)
        ])                                                            # (N, 4C, H/4, W/4)
        self.classifier = nn.Linear(4 * C, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.blocks(self.stem(x)).mean(dim=(2, 3)))


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def flops(net: nn.Module, pixels: int) -> int:
    """Multiply-adds of all convolutions and the classifier for one image."""
    aside = {block.W_s[0] for block in net.modules() if isinstance(block, Block) and block.W_s}
    count, size = 0, pixels
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.MaxPool2d) and layer not in aside:
            stride = layer.stride[0] if isinstance(layer, nn.Conv2d) else layer.stride
            size = math.ceil(size / stride)
        if isinstance(layer, nn.Conv2d):
            count += layer.weight.numel() * size**2
        elif isinstance(layer, nn.Linear):
            count += layer.weight.numel()
    return count


def outline(depth: int, option: str = "B") -> ResNet:
    """The network without memory for its weights: enough to count it."""
    with torch.device("meta"):
        return ResNet(depth, option)


def digits(count: int = 96) -> tuple[Tensor, Tensor]:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn): images (N, 1, 8, 8), labels."""
    data = load_digits()
    x = torch.tensor(data.images[:count], dtype=torch.float32).unsqueeze(1) / 8 - 1
    return x, torch.tensor(data.target[:count])


def training_curve(n: int, option: str, steps: int = 15, seed: int = 0) -> list[float]:
    """The training loss of a net with 6n + 2 layers on the digits, step by step."""
    torch.manual_seed(seed)
    x, y = digits()
    net, losses = CifarResNet(n, option, C=4, colours=1), []
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for _ in range(steps):
        optimiser.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def demo() -> None:
    """Count the networks of Table 1, then append a block to a small one and silence it."""
    for depth, option in ((34, "plain"), (34, "A"), (50, "B"), (152, "B")):
        net = outline(depth, option)
        print(f"{depth:3d} layers, {option:5s}: {parameters(net) / 1e6:5.2f} M parameters, "
              f"{flops(net, 224) / 1e9:5.2f} G multiply-adds")
    torch.manual_seed(0)
    x = torch.rand(2, 8, 4, 4)
    for option in ("plain", "A"):
        block = Block(8, 8, 1, option)
        nn.init.zeros_(block.F[-1][1].weight)                         # the last gain: F(x) = 0
        print(f"one more silent block, {option:5s}: moves x by {(block(x) - x).abs().max():.2f}")


def figure() -> Figure:
    """Training loss of a shallow and a deep net, without and with shortcuts: a small Figure 4."""
    fig = Figure(figsize=(6, 2.8), layout="constrained")
    for axes, option, name in zip(fig.subplots(1, 2, sharey=True), ("plain", "A"),
                                  ("plain", "residual"), strict=True):
        for n in (1, 5):
            axes.plot(training_curve(n, option), label=f"{6 * n + 2} layers")
        axes.set(title=name, xlabel="step")
        axes.legend(frameon=False)
    fig.axes[0].set(ylabel="training loss on digits", ylim=(0, 3.5))
    return fig


if __name__ == "__main__":
    demo()
