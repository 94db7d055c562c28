r"""EfficientNet and compound scaling.

Make a network bigger in depth, width and resolution at once, in a fixed ratio, and let one number
say by how much. The baseline B0 is a stack of MBConv blocks: expand the channels with a 1×1
convolution, filter each one alone, reweigh them by a glance at the whole image
(squeeze-and-excitation), project back to few channels.

$$ d = \alpha^\phi, \quad w = \beta^\phi, \quad r = \gamma^\phi
   \qquad \text{s.t.} \quad \alpha \cdot \beta^2 \cdot \gamma^2 \approx 2 $$

$$ \mathrm{FLOPS} \propto d \cdot w^2 \cdot r^2
   \quad \Rightarrow \quad \mathrm{FLOPS}(\phi) \approx (\alpha \beta^2 \gamma^2)^\phi
   \cdot \mathrm{FLOPS}(0) $$

Paper: efficientnet, Eq. 2 and 3, Table 1 and 2
Shapes: N batch, C channels, H W space, K classes
Differs from the paper: nothing is trained and the architecture search is not run, its result
is written down. Padding is symmetric where TensorFlow pads one more pixel at the far end. Rounding,
the size of the squeeze and the coefficients of B1 to B7 come from the authors' code: the paper
does not print them.
"""

import math

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

ALPHA, BETA, GAMMA = 1.2, 1.1, 1.15          # found by grid search on B0 at phi = 1 (Sec. 4)

# Table 1, stages 2 to 8: expansion, kernel, stride, channels, layers. The paper prints each
# stage's input size; the stride is what takes it to the next.
B0 = [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3),
      (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)]

# The released models: depth d, width w, resolution in pixels, dropout before the classifier.
RELEASED = {"B0": (1.0, 1.0, 224, 0.2), "B1": (1.1, 1.0, 240, 0.2), "B2": (1.2, 1.1, 260, 0.3),
            "B3": (1.4, 1.2, 300, 0.3), "B4": (1.8, 1.4, 380, 0.4), "B5": (2.2, 1.6, 456, 0.4),
            "B6": (2.6, 1.8, 528, 0.5), "B7": (3.1, 2.0, 600, 0.5)}


def compound(phi: float) -> tuple[float, float, float]:
    """Eq. 3: the factors of depth, width and resolution for 2^phi times the computation."""
    return ALPHA**phi, BETA**phi, GAMMA**phi


def scale_channels(channels: int, w: float) -> int:
    """The multiple of 8 nearest to w · channels, but never more than 10 % below it."""
    rounded = max(8, int(w * channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * w * channels else rounded


def stochastic_depth(x: Tensor, survival: float) -> Tensor:
    """Drop the branch x (N, C, H, W) of some samples; the others make up for it."""
    kept = torch.rand(len(x), 1, 1, 1, device=x.device) < survival
    return x * kept / survival


def conv(C_in: int, C_out: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """A convolution that keeps the size (over the stride), and batch normalization."""
    layer = nn.Conv2d(C_in, C_out, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(C_out, eps=1e-3, momentum=0.01)]


class SqueezeExcite(nn.Module):
    """Multiply each channel by a gate in (0, 1) that is computed from the means of all."""

    def __init__(self, C: int, squeezed: int) -> None:
        super().__init__()
        self.reduce, self.expand = nn.Conv2d(C, squeezed, 1), nn.Conv2d(squeezed, C, 1)

    def forward(self, x: Tensor) -> Tensor:
        s = x.mean(dim=(2, 3), keepdim=True)                                  # (N, C, 1, 1)
        s = nn.functional.silu(self.reduce(s))                                # (N, squeezed, 1, 1)
        return x * torch.sigmoid(self.expand(s))


class MBConv(nn.Module):
    """Inverted bottleneck: wide inside, narrow at both ends, a shortcut between the ends."""

    def __init__(self, C_in: int, C_out: int, expansion: int, kernel: int, stride: int,
                 survival: float = 1.0) -> None:
        super().__init__()
        C = C_in * expansion
        expand = [*conv(C_in, C, 1), nn.SiLU()] if expansion > 1 else []
        self.branch = nn.Sequential(
            *expand,                                                          # (N, C, H, W)
            *conv(C, C, kernel, stride, groups=C), nn.SiLU(),                 # (N, C, H/s, W/s)
            SqueezeExcite(C, C_in // 4),
            *conv(C, C_out, 1),                                               # (N, C_out, H/s, W/s)
        )
        self.shortcut = stride == 1 and C_in == C_out
        self.survival = survival

    def forward(self, x: Tensor) -> Tensor:
        y = self.branch(x)
        if not self.shortcut:
            return y
        return x + (stochastic_depth(y, self.survival) if self.training else y)


class EfficientNet(nn.Module):
    """B0 with d times the layers and w times the channels; it takes images of any size."""

    def __init__(self, d: float = 1.0, w: float = 1.0, dropout: float = 0.2, K: int = 1000) -> None:
        super().__init__()
        total = sum(math.ceil(d * layers) for *_, layers in B0)
        C, blocks = scale_channels(32, w), []
        self.stem = nn.Sequential(*conv(3, C, 3, stride=2), nn.SiLU())        # (N, C, H/2, W/2)
        for expansion, kernel, stride, channels, layers in B0:
            C_out = scale_channels(channels, w)
            for layer in range(math.ceil(d * layers)):
                survival = 1 - 0.2 * len(blocks) / total                      # from 1 towards 0.8
                first = stride if layer == 0 else 1
                blocks.append(MBConv(C, C_out, expansion, kernel, first, survival))
                C = C_out
        self.blocks = nn.Sequential(*blocks)                                  # (N, C, H/32, W/32)
        top = scale_channels(1280, w)
        self.head = nn.Sequential(
            *conv(C, top, 1), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Dropout(dropout), nn.Linear(top, K),                           # (N, K)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.blocks(self.stem(x)))


def outline(d: float, w: float) -> EfficientNet:
    """The network without memory for its weights: enough to count B7 on any machine."""
    with torch.device("meta"):
        return EfficientNet(d, w).eval()


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def flops(net: nn.Module, pixels: int) -> int:
    """Multiply-adds for one image, which is what the paper's FLOPS are."""
    gates = [module for module in net.modules() if isinstance(module, SqueezeExcite)]
    once = {layer for gate in gates for layer in gate.children()}             # on (N, C, 1, 1)
    count, size = 0, pixels
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            size = math.ceil(size / layer.stride[0])
            count += layer.weight.numel() * (1 if layer in once else size**2)
        elif isinstance(layer, nn.Linear):
            count += layer.weight.numel()
    return count


def receptive_field(net: nn.Module) -> int:
    """Width in pixels of what one position at the end sees through the chain of convolutions."""
    field, jump = 1, 1
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            field += (layer.kernel_size[0] - 1) * jump
            jump *= layer.stride[0]
    return field


def demo() -> None:
    """Build some of the models of the paper's Table 2 and count them."""
    for name in ("B0", "B1", "B3", "B7"):
        d, w, pixels, _ = RELEASED[name]
        net = outline(d, w)
        print(f"{name}: {parameters(net) / 1e6:4.1f} M parameters, "
              f"{flops(net, pixels) / 1e9:5.2f} G multiply-adds at {pixels} px, "
              f"receptive field {receptive_field(net) / pixels:.1f} images wide")


def figure() -> Figure:
    """What each dimension costs alone, and how the whole family grows."""
    base = flops(outline(1, 1), 224)
    fig = Figure(figsize=(7, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    factors = [1, 1.5, 2, 3]
    alone = {"depth d": [flops(outline(f, 1), 224) for f in factors],
             "width w": [flops(outline(1, f), 224) for f in factors],
             "resolution r": [flops(outline(1, 1), round(224 * f)) for f in factors]}
    for name, counts in alone.items():
        left.plot(factors, [count / base for count in counts], marker="o", ms=4, label=name)
    for power in (1, 2):
        left.plot(factors, [f**power for f in factors], ":", color="gray", zorder=0)
    left.set(xlabel="factor", ylabel="computation, B0 = 1", title="one dimension")
    growth = ALPHA * BETA**2 * GAMMA**2
    right.semilogy([0, 7], [1, growth**7], ":", color="gray", base=2, label="1.92$^\\phi$")
    for name, (d, w, pixels, _) in RELEASED.items():
        phi, cost = math.log(pixels / 224, GAMMA), flops(outline(d, w), pixels) / base
        right.plot(phi, cost, "o", color="C3", ms=4)
        right.annotate(name, (phi, cost), (4, -8), textcoords="offset points", fontsize=8)
    right.set(xlabel="$\\phi$ (from the resolution)", xlim=(None, 8), title="B0 to B7")
    for axes in (left, right):
        axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
