r"""Style-based generator.

The latent code never enters the image network as an input. A mapping network $f$ turns $z$ into
$w$; a learned affine map $A$ of $w$ sets the mean and deviation of every channel after every
convolution. The image grows from one learned constant, with fresh noise added on the way.

$$ \mathrm{AdaIN}(x_i, y) = y_{s,i} \frac{x_i - \mu(x_i)}{\sigma(x_i)} + y_{b,i},
   \qquad y = A(w), \quad w = f(z) $$

$$ l_W = \mathbb{E}\left[ \frac{1}{\epsilon^2}
   d\big(g(\mathrm{lerp}(w_1, w_2; t)),\ g(\mathrm{lerp}(w_1, w_2; t + \epsilon))\big) \right] $$

Paper: stylegan, Eq. 1, 2 and 3, Sec. 3.1 and 4.1, Appendix B and the supplement
Shapes: N batch, C channels, H W space, L style layers (18 at 1024×1024), 512 latent dimensions
Differs from the paper: built at full size, not trained; the image is made at the last resolution
only (no progressive fade-in); the path length takes any quadratic distance d, not only LPIPS.
"""

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F


def adain(x: Tensor, scale: Tensor, bias: Tensor, eps: float = 1e-8) -> Tensor:
    """Give each channel of x (N, C, H, W) the deviation scale and mean bias, each (N, C): Eq. 1."""
    var, mean = torch.var_mean(x, dim=(2, 3), keepdim=True, correction=0)      # (N, C, 1, 1)
    return scale[..., None, None] * (x - mean) / torch.sqrt(var + eps) + bias[..., None, None]


class Dense(nn.Module):
    """A dense layer; N(0, 1) weights are scaled at run time, so that all learn equally fast."""

    def __init__(self, inputs: int, outputs: int, gain: float = 1, lr: float = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / lr)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.rate, self.lr = lr * gain / math.sqrt(inputs), lr    # He's constant; lr slows it

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.rate, self.bias * self.lr)


class Conv(nn.Module):
    """A convolution, scaled like Dense; up doubles the image before and smooths it after."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, up: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs, 1, 1))
        gain = 2 if kernel > 1 else 1                             # no nonlinearity after 1×1
        self.rate, self.up = math.sqrt(gain / (inputs * kernel**2)), up

    def forward(self, x: Tensor) -> Tensor:
        x = F.interpolate(x, scale_factor=2.0) if self.up else x
        x = F.conv2d(x, self.weight * self.rate, padding=self.weight.shape[-1] // 2)
        if self.up:                                               # smooth by 1 2 1 both ways
            x = F.avg_pool2d(F.avg_pool2d(x, 2, stride=1, padding=1), 2, stride=1)
        return x + self.bias


class Mapping(nn.Module):
    """f: eight dense layers from z (N, 512) to w (N, 512), learning 100 times slower than g."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Dense(512, 512, math.sqrt(2), lr=0.01) for _ in range(8))

    def forward(self, z: Tensor) -> Tensor:
        w = F.normalize(z) * math.sqrt(512)                       # root mean square 1
        for layer in self.layers:
            w = F.leaky_relu(layer(w), 0.2)
        return w


class Layer(nn.Module):
    """One style layer: add noise (strength B), leaky ReLU, then AdaIN with the style A(w)."""

    def __init__(self, before: nn.Module, channels: int) -> None:
        super().__init__()
        self.before = before
        self.noise = nn.Parameter(torch.zeros(channels, 1, 1))    # B: starts without noise
        self.style = Dense(512, 2 * channels)                     # A: y_s - 1 and y_b

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        x = self.before(x)
        x = x + self.noise * torch.randn_like(x[:, :1])           # one noise image, all channels
        scale, bias = self.style(w).chunk(2, dim=1)               # (N, C) each
        return adain(F.leaky_relu(x, 0.2), 1 + scale, bias)


class Constant(nn.Module):
    """What every image grows from: a learned 4×4 tensor. It asks its input for a batch size."""

    def __init__(self, channels: int = 512) -> None:
        super().__init__()
        self.constant = nn.Parameter(torch.ones(channels, 4, 4))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return (self.constant + self.bias).expand(len(x), -1, -1, -1)


class Synthesis(nn.Module):
    """g: from a style for each layer, w (N, L, 512), to images (N, 3, resolution, resolution)."""

    def __init__(self, resolution: int) -> None:
        super().__init__()
        sizes = [2**i for i in range(2, int(math.log2(resolution)) + 1)]
        widths = [min(512, 16384 // size) for size in sizes]      # 512 up to 32×32, 16 at 1024×1024
        maps = [Constant(), Conv(512, 512)]
        for inputs, width in pairwise(widths):
            maps += [Conv(inputs, width, up=True), Conv(width, width)]
        self.layers = nn.ModuleList(Layer(before, len(before.bias)) for before in maps)
        self.to_rgb = nn.ModuleList(Conv(width, 3, kernel=1) for width in widths)

    def forward(self, w: Tensor) -> Tensor:
        x = w                                                     # the constant takes its place
        for i, layer in enumerate(self.layers):
            x = layer(x, w[:, i])
        return self.to_rgb[-1](x)


class StyleGenerator(nn.Module):
    """g(f(z)) with 26.2 M parameters at the paper's resolution."""

    def __init__(self, resolution: int = 1024) -> None:
        super().__init__()
        self.mapping, self.synthesis = Mapping(), Synthesis(resolution)

    def forward(self, z: Tensor) -> Tensor:
        return self.synthesis(self.mapping(z)[:, None].expand(-1, len(self.synthesis.layers), -1))


def mix(first: Tensor, second: Tensor, crossover: int, layers: int) -> Tensor:
    """Style mixing: w (N, L, 512) that is first (N, 512) below the crossover and second from it."""
    before = torch.arange(layers, device=first.device)[:, None] < crossover    # (L, 1)
    return torch.where(before, first[:, None], second[:, None])


def truncate(w: Tensor, centre: Tensor, psi: float, cutoff: int) -> Tensor:
    """Pull the first cutoff layers of w (N, L, 512) towards the average w: psi = 1 does nothing."""
    return torch.cat([torch.lerp(centre, w[:, :cutoff], psi), w[:, cutoff:]], dim=1)


def slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The great circle from a to b (N, 512), both brought to length 1, t (N, 1) of it."""
    a, b = F.normalize(a), F.normalize(b)
    cosine = (a * b).sum(dim=1, keepdim=True)
    angle = t * torch.acos(cosine)
    return a * torch.cos(angle) + F.normalize(b - cosine * a) * torch.sin(angle)


def path_length(
    g: Callable[[Tensor], Tensor], way: Callable[[Tensor, Tensor, Tensor], Tensor],
    a: Tensor, b: Tensor, t: Tensor, eps: float = 1e-4,
) -> Tensor:
    """Eq. 2 (way slerp, in Z) or Eq. 3 (torch.lerp, in W) over pairs a, b (N, 512) at t (N, 1)."""
    step = g(way(a, b, t + eps)) - g(way(a, b, t))
    return step.flatten(1).square().sum(dim=1).mean() / eps**2    # d is quadratic: hence eps²


def demo() -> None:
    """Count the full generator, and measure one map by both path lengths."""
    with torch.device("meta"):
        full = StyleGenerator()
    print(f"generator at 1024×1024: {sum(p.numel() for p in full.parameters()):,} parameters")
    torch.manual_seed(0)
    f, linear, t = Mapping(), torch.randn(512, 16), torch.rand(64, 1)
    a, b = torch.randn(2, 64, 512)
    with torch.no_grad():
        in_z = path_length(lambda z: f(z) @ linear, slerp, a, b, t, eps=1e-2)
        in_w = path_length(lambda w: w @ linear, torch.lerp, f(a), f(b), t, eps=1e-2)
    print(f"path length before a linear g: {in_z:.0f} through Z, {in_w:.0f} through W")


def figure() -> Figure:
    """Which layers of an untrained 32×32 generator notice that the style changes from A to B."""
    torch.manual_seed(0)
    G, outputs, points = StyleGenerator(32), [], [8, 6, 4, 2, 0]  # from all A to all B
    for layer in G.synthesis.layers:
        layer.register_forward_hook(lambda _, __, out: outputs.append(out))
    with torch.no_grad():
        a, b = G.mapping(torch.randn(2, 512)).split(1)
        G.synthesis(torch.cat([mix(a, b, point, layers=8) for point in points]))
    moved = [(x - x[:1]).square().mean((1, 2, 3)) / x[0].square().mean() for x in outputs]
    axes = (fig := Figure(figsize=(6, 2.6), layout="constrained")).subplots()
    tiles = axes.imshow(torch.stack(moved, dim=1).sqrt(), aspect="auto", cmap="magma")
    axes.set_yticks(range(5), ["all A", *(f"B from layer {i}" for i in points[1:-1]), "all B"])
    axes.set_xlabel("style layer (two for each resolution)")
    fig.colorbar(tiles, label="change of its output")
    return fig


if __name__ == "__main__":
    demo()
