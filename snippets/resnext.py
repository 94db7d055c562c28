r"""ResNeXt: aggregated residual transformations.

Split the bottleneck of a residual block into $C$ narrow branches of the same shape and add them
up. Their number, the cardinality, is a third dimension beside depth and width.

$$ \mathbf y = \mathbf x + \sum_{i=1}^{C} \mathcal T_i(\mathbf x), \qquad
   \text{weights} = C \cdot (256 \cdot d + 3 \cdot 3 \cdot d \cdot d + d \cdot 256) $$

Each $\mathcal T_i$ is a 1×1 convolution to $d$ channels, a 3×3 and a 1×1 back. Doing this branch by
branch (a), joining the branches before the last convolution (b), and one grouped convolution
between two wide ones (c) are three ways to write the same function.

Paper: resnext, Eq. 2 to 4, Fig. 3 and 4, Table 1, 2, 4 and 7
Shapes: N batch, C cardinality, d width of a branch, D = C · d, H W space, K classes
Differs from the paper: nothing is trained. The forms are compared without batch normalization,
which in the networks follows every convolution.
"""

import math

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F


def form_c(x: Tensor, w: list[Tensor], C: int, stride: int = 1) -> Tensor:
    """Wide 1×1, grouped 3×3, wide 1×1; w holds (D, in, 1, 1), (D, d, 3, 3), (out, D, 1, 1)."""
    y = F.relu(F.conv2d(x, w[0]))                                     # (N, D, H, W)
    y = F.relu(F.conv2d(y, w[1], stride=stride, padding=1, groups=C))
    return F.conv2d(y, w[2])                                          # (N, out, H/s, W/s)


def branches(x: Tensor, w: list[Tensor], C: int, stride: int) -> list[Tensor]:
    """The C paths of d channels each, up to their 3×3 convolution."""
    ys = [F.relu(F.conv2d(x, part)) for part in w[0].chunk(C)]        # C × (N, d, H, W)
    return [F.relu(F.conv2d(y, part, stride=stride, padding=1))
            for y, part in zip(ys, w[1].chunk(C), strict=True)]


def form_b(x: Tensor, w: list[Tensor], C: int, stride: int = 1) -> Tensor:
    """Branches that are concatenated, then one 1×1 convolution for all."""
    return F.conv2d(torch.cat(branches(x, w, C, stride), dim=1), w[2])


def form_a(x: Tensor, w: list[Tensor], C: int, stride: int = 1) -> Tensor:
    """Branches that are each brought back by their own 1×1 convolution, then added."""
    parts = w[2].chunk(C, dim=1)
    ys = branches(x, w, C, stride)
    return sum(F.conv2d(y, part) for y, part in zip(ys, parts, strict=True))


def two_layers(x: Tensor, w: list[Tensor], C: int) -> Tensor:
    """Fig. 4: C branches of two 3×3 convolutions, (D, in, 3, 3) and (out, D, 3, 3), added."""
    pairs = zip(w[0].chunk(C), w[1].chunk(C, dim=1), strict=True)
    return sum(F.conv2d(F.relu(F.conv2d(x, a, padding=1)), b, padding=1) for a, b in pairs)


class Block(nn.Module):
    """Form (c) with batch normalization; the shortcut projects where the shape changes."""

    def __init__(self, C_in: int, D: int, C_out: int, C: int, stride: int) -> None:
        super().__init__()

        def conv(a: int, b: int, k: int, s: int = 1, groups: int = 1) -> list[nn.Module]:
            layer = nn.Conv2d(a, b, k, s, k // 2, groups=groups, bias=False)
            return [layer, nn.BatchNorm2d(b)]

        self.residual = nn.Sequential(
            *conv(C_in, D, 1), nn.ReLU(), *conv(D, D, 3, stride, C), nn.ReLU(), *conv(D, C_out, 1)
        )
        same = (C_in, 1) == (C_out, stride)
        self.shortcut = nn.Identity() if same else nn.Sequential(*conv(C_in, C_out, 1, stride))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.shortcut(x) + self.residual(x))


class ResNeXt(nn.Module):
    """Table 1: C branches, d wide in the first stage; C = 1 and d = 64 is a ResNet."""

    def __init__(self, C: int, d: int, blocks: tuple[int, ...], K: int, cifar: bool) -> None:
        super().__init__()
        stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
                nn.MaxPool2d(3, 2, 1)]
        if cifar:                                                     # 32×32 images (Sec. 5.3)
            stem = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
        layers, C_in = [], 64
        for stage, count in enumerate(blocks):
            D, C_out = C * d * 2**stage, 256 * 2**stage
            for i in range(count):
                layers.append(Block(C_in, D, C_out, C, 2 if stage > 0 and i == 0 else 1))
                C_in = C_out
        self.stem, self.blocks = nn.Sequential(*stem), nn.Sequential(*layers)
        self.classifier = nn.Linear(C_in, K)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.blocks(self.stem(x)).mean(dim=(2, 3)))


def weights(C: int, d: int, wide: int = 256) -> int:
    """Eq. 4: the weights of a block with C branches of width d."""
    return C * (wide * d + 3 * 3 * d * d + d * wide)


def width(C: int, budget: int = weights(1, 64), wide: int = 256) -> int:
    """The width d that spends the weights of a ResNet bottleneck, by the root of Eq. 4."""
    return round((math.sqrt(wide**2 + 9 * budget / C) - wide) / 9)


def outline(C: int = 32, d: int = 4, blocks: tuple[int, ...] = (3, 4, 6, 3), K: int = 1000,
            cifar: bool = False) -> ResNeXt:
    """The network without memory for its weights: enough to count it."""
    with torch.device("meta"):
        return ResNeXt(C, d, blocks, K, cifar)


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def flops(net: ResNeXt, pixels: int = 224) -> int:
    """Multiply-adds of the convolutions and the classifier for one image."""
    aside = {layer for block in net.blocks for layer in block.shortcut.modules()}
    count, size = net.classifier.weight.numel(), pixels
    for layer in net.modules():
        if isinstance(layer, nn.MaxPool2d):
            size = math.ceil(size / layer.stride)
        elif isinstance(layer, nn.Conv2d):
            size = size if layer in aside else math.ceil(size / layer.stride[0])
            count += layer.weight.numel() * size**2
    return count


def demo() -> None:
    """The three forms on one input, then Table 2 and what each of its rows costs."""
    torch.manual_seed(0)
    C, d = 8, 2
    w = [torch.randn(C * d, 16, 1, 1), torch.randn(C * d, d, 3, 3), torch.randn(16, C * d, 1, 1)]
    x = torch.randn(1, 16, 6, 6)
    a, b, c = (form(x, w, C) for form in (form_a, form_b, form_c))
    print(f"forms (a), (b), (c) differ by {max((a - c).abs().max(), (b - c).abs().max()):.0e}; "
          f"outputs are about {c.abs().mean():.0f}")
    for C in (1, 2, 4, 8, 32):
        net = outline(C, width(C))
        print(f"{C:2d} × {width(C):2d}d: {weights(C, width(C)):,} weights in the first block, "
              f"{parameters(net) / 1e6:.1f} M in all, {flops(net) / 1e9:.2f} G multiply-adds")


def figure() -> Figure:
    """At the same number of weights: more branches are narrower but wider together."""
    cardinalities = [1, 2, 4, 8, 16, 32, 64]
    fig = Figure(figsize=(6, 2.8), layout="constrained")
    left, right = fig.subplots(1, 2)
    d = [width(C) for C in cardinalities]
    together = [C * n for C, n in zip(cardinalities, d, strict=True)]
    left.plot(cardinalities, d, marker="o", ms=4, label="a branch, $d$")
    left.plot(cardinalities, together, marker="o", ms=4, label="together, $C · d$")
    left.set(xlabel="cardinality $C$", ylabel="channels", xscale="log", yscale="log")
    left.legend(frameon=False)
    mask = torch.zeros(128, 128)
    for i in range(32):
        mask[4 * i : 4 * i + 4, 4 * i : 4 * i + 4] = 1
    right.imshow(mask, cmap="Blues")
    right.set(title="32 × 4d: who sees whom", xlabel="channel in", ylabel="channel out")
    return fig


if __name__ == "__main__":
    demo()
