r"""RetinaNet and the focal loss.

A dense detector judges every anchor, and nearly all of them are plain background. Each costs
little under cross entropy, but together they drown the few objects. The focal loss multiplies
cross entropy by a power of the remaining error, so that what is already right stops counting.

$$ \mathrm{FL}(p_t) = -\alpha_t (1 - p_t)^\gamma \log(p_t), \qquad
   p_t = \begin{cases} p & y = 1 \\ 1 - p & \text{otherwise} \end{cases} $$

$$ \frac{d\,\mathrm{FL}}{dx} = y (1 - p_t)^\gamma \big(\gamma\, p_t \log(p_t) + p_t - 1\big)
   \quad (\alpha = 1,\ y \in \{\pm 1\}), \qquad b = -\log\frac{1 - \pi}{\pi} $$

The bias $b$ of the last layer makes every anchor start at a probability of $\pi = 0.01$.

Paper: retinanet, Eq. 2 to 5, Sec. 3.3, 4 and 4.1, Appendix B
Shapes: N images, K classes, A = 9 anchors a cell, M boxes, H W space, L logits
Differs from the paper: only built, not trained, at full size; what is trained is a small net that
looks for one digit among others. Box targets and non-maximum suppression are left out.
"""

import math

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def focal_loss(x: Tensor, y: Tensor, alpha: float = 0.25, gamma: float = 2.0) -> Tensor:
    """The loss of each logit x (L) for labels y (L) of 0 or 1; its sum is over all anchors."""
    log_p_t = F.logsigmoid(torch.where(y == 1, x, -x))                # (L), stable
    alpha_t = torch.where(y == 1, alpha, 1 - alpha)
    return -alpha_t * (1 - log_p_t.exp()) ** gamma * log_p_t


def prior_bias(pi: float = 0.01) -> float:
    """The bias at which a sigmoid answers pi (Sec. 4.1)."""
    return -math.log((1 - pi) / pi)


def anchors(level: int, H: int, W: int) -> Tensor:
    """The boxes (H·W·9, 4) of pyramid level P3 to P7 as x1, y1, x2, y2."""
    stride = 2**level
    sizes = [4 * stride * 2 ** (octave / 3) for octave in range(3)]   # 32 and more at P3
    shapes = [(size / math.sqrt(ratio), size * math.sqrt(ratio))      # ratio is height / width
              for ratio in (0.5, 1, 2) for size in sizes]
    half = torch.tensor(shapes) / 2                                   # (9, 2): w, h
    rows, columns = ((torch.arange(size) + 0.5) * stride for size in (H, W))
    centre = torch.cartesian_prod(rows, columns).flip(1)[:, None]     # (H·W, 1, 2): x, y
    return torch.cat([centre - half, centre + half], -1).reshape(-1, 4)


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union (M, M') of boxes a (M, 4) and b (M', 4)."""
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    overlap = (high - low).clamp(min=0).prod(-1)                      # (M, M')
    area_a, area_b = ((box[:, 2:] - box[:, :2]).prod(-1) for box in (a, b))
    return overlap / (area_a[:, None] + area_b - overlap)


def assign(boxes: Tensor, objects: Tensor) -> Tensor:
    """For each anchor box (M) the index of its object, -1 for background, -2 to ignore it."""
    best, index = iou(boxes, objects).max(1)
    index = torch.where(best < 0.5, -2, index)
    return torch.where(best < 0.4, -1, index)


def conv(C: int, out: int, k: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(C, out, k, stride, k // 2, bias=False), nn.BatchNorm2d(out)]


class Bottleneck(nn.Module):
    def __init__(self, C: int, width: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*conv(C, width, 1), nn.ReLU(), *conv(width, width, 3, stride),
                                    nn.ReLU(), *conv(width, 4 * width, 1))
        change = conv(C, 4 * width, 1, stride) if 4 * width != C else []
        self.shortcut = nn.Sequential(*change)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.layers(x) + self.shortcut(x))


def stage(C: int, width: int, blocks: int, stride: int) -> nn.Sequential:
    """One stage of ResNet-50: the first block changes the size."""
    later = [Bottleneck(4 * width, width, 1) for _ in range(blocks - 1)]
    return nn.Sequential(Bottleneck(C, width, stride), *later)


def head(outputs: int, bias: float) -> nn.Sequential:
    """Four 3×3 convolutions of 256 channels and a last one; the same net on every level."""
    layers: list[nn.Module] = []
    for out in (256, 256, 256, 256, outputs):
        layers += [nn.Conv2d(256, out, 3, padding=1), nn.ReLU()]
        nn.init.normal_(layers[-2].weight, std=0.01)
        nn.init.constant_(layers[-2].bias, bias if out == outputs else 0)
    return nn.Sequential(*layers[:-1])


class RetinaNet(nn.Module):
    """ResNet-50, a feature pyramid P3 to P7, and a class and a box net on each of its levels."""

    def __init__(self, K: int = 80) -> None:
        super().__init__()
        start = [*conv(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        self.C2 = nn.Sequential(*start, stage(64, 64, 3, 1))
        self.C3, self.C4, self.C5 = (
            stage(256, 128, 4, 2), stage(512, 256, 6, 2), stage(1024, 512, 3, 2))
        self.lateral = nn.ModuleList(nn.Conv2d(C, 256, 1) for C in (512, 1024, 2048))
        self.smooth = nn.ModuleList(nn.Conv2d(256, 256, 3, padding=1) for _ in range(3))
        self.P6 = nn.Conv2d(2048, 256, 3, 2, 1)
        self.P7 = nn.Conv2d(256, 256, 3, 2, 1)
        self.classes, self.boxes = head(9 * K, prior_bias()), head(9 * 4, 0.0)

    def pyramid(self, x: Tensor) -> list[Tensor]:
        """The five maps P3 to P7 of 256 channels, each half as large as the one before."""
        C3 = self.C3(self.C2(x))
        C4 = self.C4(C3)
        C5 = self.C5(C4)
        M3, M4, M5 = (conv(C) for conv, C in zip(self.lateral, (C3, C4, C5), strict=True))
        M4 = M4 + F.interpolate(M5, size=M4.shape[2:])
        M3 = M3 + F.interpolate(M4, size=M3.shape[2:])
        P6 = self.P6(C5)
        return [*(conv(M) for conv, M in zip(self.smooth, (M3, M4, M5), strict=True)),
                P6, self.P7(F.relu(P6))]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        maps = self.pyramid(x)
        scores, boxes = (                                             # (N, K·9 or 4·9, H, W)
            torch.cat([net(P).flatten(2).mT.unflatten(2, (9, -1)).flatten(1, 2) for P in maps], 1)
            for net in (self.classes, self.boxes))
        return scores, boxes                                          # (N, anchors, K), (…, 4)


def scenes(n: int) -> tuple[Tensor, Tensor]:
    """Nine digits (UCI, CC BY 4.0) in an image (n, 1, 24, 24), and which window (17×17) is a 3."""
    data = load_digits()
    digits = torch.tensor(data.images, dtype=torch.float32) / 16
    wanted = torch.tensor(data.target) == 3
    yes, no = digits[wanted], digits[~wanted]
    tiles = no[torch.randint(len(no), (n, 9))]                        # (n, 9, 8, 8)
    image, place = torch.arange(n), torch.randint(9, (n,))
    tiles[image, place] = yes[torch.randint(len(yes), (n,))]
    y = torch.zeros(n, 17, 17)
    y[image, 8 * (place // 3), 8 * (place % 3)] = 1
    return tiles.reshape(n, 3, 3, 8, 8).transpose(2, 3).reshape(n, 1, 24, 24), y


def train(gamma: float, alpha: float, pi: float = 0.01, steps: int = 60) -> nn.Sequential:
    """A net that scores windows of 8×8 pixels; the loss is divided by the number of objects."""
    torch.manual_seed(0)
    x, y = scenes(64)
    net = nn.Sequential(nn.Conv2d(1, 16, 8), nn.ReLU(), nn.Conv2d(16, 1, 1), nn.Flatten(0, 1))
    nn.init.normal_(net[2].weight, std=0.01)
    nn.init.constant_(net[2].bias, prior_bias(pi))
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(steps):
        loss = focal_loss(net(x), y, alpha, gamma).sum() / y.sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return net


def share_of_hardest(loss: Tensor, fraction: float) -> float:
    """How much of the whole loss (L) lies in this fraction of the examples, hardest first."""
    ordered = loss.sort(descending=True).values
    return (ordered[: round(fraction * len(loss))].sum() / loss.sum()).item()


def negatives(net: nn.Module, gamma: float) -> Tensor:
    """The loss of every background window of new scenes."""
    torch.manual_seed(1)
    x, y = scenes(32)
    with torch.no_grad():
        return focal_loss(net(x)[y == 0], y[y == 0], 0.5, gamma)


def demo() -> None:
    """Count the anchors, and see where the loss of the background lies."""
    torch.manual_seed(0)
    with torch.device("meta"):
        net = RetinaNet()
        scores, _ = net(torch.empty(1, 3, 600, 600))
    print(f"RetinaNet, ResNet-50: {sum(p.numel() for p in net.parameters()) / 1e6:.1f} M weights, "
          f"{scores.shape[1]} anchors in 600×600 pixels")
    trained = train(2.0, 0.25)
    for gamma in (0.0, 2.0):
        share = share_of_hardest(negatives(trained, gamma), 0.01)
        print(f"gamma {gamma:.0f}: {share:.0%} of the background's loss lies in its hardest 1 %")


def figure() -> Figure:
    """The loss against the probability, and where the loss of the background lies."""
    fig = Figure(figsize=(7, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    p, fractions = torch.linspace(0.01, 1 - 1e-6, 200), [i / 100 for i in range(101)]
    net = train(2.0, 0.25)
    for gamma in (0.0, 0.5, 1.0, 2.0, 5.0):
        loss = focal_loss(torch.logit(p), torch.ones(200), 1.0, gamma)
        left.plot(p, loss, label=f"γ = {gamma:g}")
        hardest = negatives(net, gamma)
        right.plot(fractions, [1 - share_of_hardest(hardest, 1 - f) for f in fractions])
    left.set(xlabel="probability of the true class", ylabel="loss")
    right.set(xlabel="fraction of the background, easiest first", ylabel="share of the loss")
    left.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
