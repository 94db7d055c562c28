r"""VGG: very deep networks of small filters.

Use nothing but 3×3 convolutions and make the network deep. A stack of $n$ of them sees as much
as one convolution of size $2n + 1$, has fewer weights for the same $C$ channels in and out, and
puts a ReLU after every step.

$$ 3 \cdot (3^2 C^2) = 27\,C^2 \;<\; 7^2 C^2 = 49\,C^2 $$

Without the ReLUs the stack is one 7×7 filter, but a restricted one: a product of three 3×3
filters,

$$ w_{3} * (w_{2} * (w_{1} * x)) = (w_{3} * w_{2} * w_{1}) * x $$

Paper: vgg, Sec. 2.3 and 3.2, Table 1 and 2
Shapes: N batch, C channels, H W space, K classes, n layers
Differs from the paper: nothing is trained. A-LRN, which is A with one response normalization, is
left out. For runs on a CPU all widths can be divided by `shrink`, and `pixels` is the size of a
training crop.
"""

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F

# Table 1: the convolutions between max-poolings, as channels; -C is 1×1 with C channels.
CONFIGURATIONS = {
    "A": [[64], [128], [256] * 2, [512] * 2, [512] * 2],
    "B": [[64] * 2, [128] * 2, [256] * 2, [512] * 2, [512] * 2],
    "C": [[64] * 2, [128] * 2, [256, 256, -256], [512, 512, -512], [512, 512, -512]],
    "D": [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3],
    "E": [[64] * 2, [128] * 2, [256] * 4, [512] * 4, [512] * 4],
}


class VGG(nn.Module):
    """Configuration A to E for crops of pixels × pixels, a multiple of 32."""

    def __init__(self, name: str, K: int = 1000, pixels: int = 224, shrink: int = 1) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        C_in = 3
        for stage in CONFIGURATIONS[name]:
            for width in stage:
                C, kernel = abs(width) // shrink, 3 if width > 0 else 1
                layers += [nn.Conv2d(C_in, C, kernel, padding=kernel // 2), nn.ReLU()]
                C_in = C
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)                        # (N, C, H/32, W/32)
        self.side, hidden = pixels // 32, 4096 // shrink
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(C_in * self.side**2, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, K),                                     # (N, K)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x))


def score_map(net: VGG, x: Tensor) -> Tensor:
    """Sec. 3.2: the class scores of larger images x, (N, K, H/32 - 6, W/32 - 6).

    The first linear layer becomes a 7×7 convolution, the other two 1×1 convolutions.
    """
    y = net.features(x)
    side = net.side
    for layer in net.classifier:
        if isinstance(layer, nn.Linear):
            weight = layer.weight.reshape(layer.out_features, -1, side, side)
            y, side = F.conv2d(y, weight, layer.bias), 1
        elif isinstance(layer, nn.ReLU):
            y = F.relu(y)
    return y


def dense_scores(net: VGG, x: Tensor) -> Tensor:
    """Posteriors (N, K) of whole images: mean over the map, then over the image and its mirror."""
    views = [score_map(net, view).mean(dim=(2, 3)).softmax(1) for view in (x, x.flip(3))]
    return (views[0] + views[1]) / 2


def outline(name: str) -> VGG:
    """The network without memory for its weights: enough to count it."""
    with torch.device("meta"):
        return VGG(name)


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def stack(n: int, kernel: int, C: int, relu: bool = False) -> nn.Sequential:
    """n convolutions of C channels, without padding; a ReLU after each if wanted."""
    layers: list[nn.Module] = []
    for _ in range(n):
        layers += [nn.Conv2d(C, C, kernel, bias=False)] + [nn.ReLU()] * relu
    return nn.Sequential(*layers)                                     # (N, C, H-n(k-1), W-n(k-1))


def receptive_field(net: nn.Module, C: int, pixels: int = 15) -> int:
    """Width in pixels of what one output position of a stack depends on, from the gradient."""
    x = torch.rand(1, C, pixels, pixels, requires_grad=True)
    net(x)[0, :, 0, 0].sum().backward()
    return int((x.grad.abs().sum(dim=(0, 1, 2)) > 0).sum())


def as_one_filter(filters: list[Tensor]) -> Tensor:
    """The filter (C_out, C_in, k, k) that does what the filters do one after the other."""
    whole = filters[0].transpose(0, 1)                                # C_in plays the batch
    for w in filters[1:]:
        whole = F.conv2d(whole, w.flip(2, 3), padding=w.shape[-1] - 1)
    return whole.transpose(0, 1)


def signal(name: str, std: float | None, shrink: int = 4) -> list[float]:
    """Deviation of the activations after each convolution of an untrained net.

    The weights are normal with this std, or as Glorot and Bengio say where it is None (Sec. 3.1).
    """
    net, seen = VGG(name, pixels=32, shrink=shrink).features, []
    x = torch.randn(4, 3, 32, 32)
    for layer in net:
        if isinstance(layer, nn.Conv2d):
            if std is None:
                nn.init.xavier_normal_(layer.weight)
            else:
                nn.init.normal_(layer.weight, std=std)
            nn.init.zeros_(layer.bias)
        x = layer(x)
        if isinstance(layer, nn.Conv2d):
            seen.append(x.std().item())
    return seen


def demo() -> None:
    """Count the configurations of Table 2, then compare a stack with one large filter."""
    torch.manual_seed(0)
    for name, stages in CONFIGURATIONS.items():
        depth = sum(len(stage) for stage in stages) + 3
        print(f"{name}: {depth} weight layers, {parameters(outline(name)) / 1e6:.1f} M parameters")
    for n, kernel in ((3, 3), (1, 7)):
        net = stack(n, kernel, 4)
        print(f"{n} × {kernel}×{kernel}: sees {receptive_field(net, 4)} pixels, "
              f"{parameters(net) // 4**2} C² weights")


def figure() -> Figure:
    """What a receptive field costs, and why the deep nets were hard to start."""
    torch.manual_seed(0)
    fig = Figure(figsize=(7, 2.8), layout="constrained")
    left, right = fig.subplots(1, 2)
    fields = [3, 5, 7, 9, 11]
    left.plot(fields, [k**2 for k in fields], marker="o", ms=4, label="one filter")
    left.plot(fields, [9 * (k - 1) // 2 for k in fields], marker="o", ms=4, label="stack of 3×3")
    left.set(xlabel="receptive field (pixels)", ylabel="weights / C²", ylim=(0, None))
    for std, name in ((0.1, "variance 0.01, as printed"), (None, "Glorot"), (0.01, "std 0.01")):
        right.semilogy(range(1, 17), signal("E", std), label=name)
    right.set(xlabel="convolution of E, a quarter as wide", ylabel="signal before training")
    for axes in (left, right):
        axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
