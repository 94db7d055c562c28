r"""Faster R-CNN: region proposals from the detector's own features.

A small network slides over the feature map of the detector. At each cell it judges nine reference
boxes, the anchors: object or not, and how to move and stretch the anchor onto the object. The best
few hundred boxes that do not overlap much go to the second stage, which shares the features.

$$ t_x = \frac{x - x_a}{w_a}, \quad t_y = \frac{y - y_a}{h_a}, \quad
   t_w = \log\frac{w}{w_a}, \quad t_h = \log\frac{h}{h_a} $$

$$ L = \frac{1}{N_{cls}} \sum_i L_{cls}(p_i, p_i^*)
     + \lambda \frac{1}{N_{reg}} \sum_i p_i^* L_{reg}(t_i, t_i^*) $$

$L_{cls}$ is the log loss of two classes, $L_{reg}$ the smooth L1 loss summed over the four
numbers; $p_i^*$ is 1 for an anchor on an object, and $t_i^*$ the code of that object.

Paper: faster_rcnn, Eq. 1 and 2, Sec. 3.1, 3.2 and 3.3
Shapes: N images, M boxes of x1 y1 x2 y2, L anchors, k anchors a cell, H W cells, R proposals
Differs from the paper: only built, not trained, at full size; what is trained is a small proposal
network on scenes with one digit, with all anchors in place of 256 sampled ones in each image.
Sides of boxes are real numbers, without the +1 of pixel counts; RoI pooling rounds outwards.
"""

import math
from typing import Any

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def anchors(H: int, W: int, stride: int = 16, scales: tuple[float, ...] = (128, 256, 512),
            ratios: tuple[float, ...] = (0.5, 1, 2)) -> Tensor:
    """The boxes (H·W·k, 4): for each cell, row by row, all scales (√area) and ratios (h/w)."""
    shapes = [(s / math.sqrt(r), s * math.sqrt(r)) for s in scales for r in ratios]
    half = torch.tensor(shapes) / 2                                   # (k, 2): w, h
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


def encode(boxes: Tensor, anchor: Tensor) -> Tensor:
    """The code t (M, 4) of boxes (M, 4), each relative to its anchor (M, 4) (Eq. 2)."""
    size, size_a = boxes[:, 2:] - boxes[:, :2], anchor[:, 2:] - anchor[:, :2]
    shift = (boxes[:, :2] + boxes[:, 2:] - anchor[:, :2] - anchor[:, 2:]) / 2
    return torch.cat([shift / size_a, torch.log(size / size_a)], 1)


def decode(t: Tensor, anchor: Tensor) -> Tensor:
    """The boxes (M, 4) of codes t (M, 4): the inverse of encode."""
    size_a = anchor[:, 2:] - anchor[:, :2]
    centre = (anchor[:, :2] + anchor[:, 2:]) / 2 + t[:, :2] * size_a
    half = t[:, 2:].exp() * size_a / 2
    return torch.cat([centre - half, centre + half], 1)


def label(anchor: Tensor, objects: Tensor) -> tuple[Tensor, Tensor]:
    """For each anchor (L) 1 object, 0 background or -1 neither, and the index of its object."""
    overlap = iou(anchor, objects)                                    # (L, M)
    best, index = overlap.max(1)
    y = torch.where(best > 0.7, 1, torch.where(best < 0.3, 0, -1))
    highest = (overlap == overlap.amax(0)) * overlap                  # every object gets one
    chosen = highest.sum(1) > 0
    return torch.where(chosen, 1, y), torch.where(chosen, highest.argmax(1), index)


def rpn_loss(p: Tensor, t: Tensor, y: Tensor, code: Tensor,
             N_cls: float = 256, N_reg: float = 2400, lam: float = 10) -> Tensor:
    """Eq. 1 for logits p (L, 2), codes t (L, 4), labels y (L) and true codes (L, 4)."""
    classes = F.cross_entropy(p[y >= 0], y[y >= 0], reduction="sum")
    d = (t - code)[y == 1].abs()
    smooth = torch.where(d < 1, 0.5 * d**2, d - 0.5).sum()
    return classes / N_cls + lam * smooth / N_reg


def nms(boxes: Tensor, scores: Tensor, threshold: float = 0.7, most: int = 300) -> Tensor:
    """Indices of the boxes (M, 4) that no better kept box overlaps by more; best first."""
    order, keep = scores.argsort(descending=True), []
    while len(order) and len(keep) < most:
        keep.append(order[0])
        order = order[1:][iou(boxes[order[:1]], boxes[order[1:]])[0] <= threshold]
    return torch.stack(keep)


def propose(p: Tensor, t: Tensor, anchor: Tensor, size: tuple[int, int],
            before: int = 6000, after: int = 300) -> Tensor:
    """Proposals (R, 4), best first, of logits p (L, 2) and codes t (L, 4); size is H, W."""
    limit = torch.tensor([size[1], size[0]] * 2)
    boxes = torch.minimum(decode(t, anchor).clamp(min=0), limit)
    scores = p[:, 1] - p[:, 0]
    top = scores.argsort(descending=True)[:before]
    return boxes[top[nms(boxes[top], scores[top], most=after)]]


class RPN(nn.Module):
    """A 3×3 convolution, then two scores and four codes for each of k anchors in each cell."""

    def __init__(self, C: int = 512, k: int = 9) -> None:
        super().__init__()
        self.slide = nn.Conv2d(C, C, 3, padding=1)
        self.cls, self.reg = nn.Conv2d(C, 2 * k, 1), nn.Conv2d(C, 4 * k, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        h = F.relu(self.slide(x))                                     # (N, C, H, W)
        p, t = (conv(h).permute(0, 2, 3, 1).flatten(1) for conv in (self.cls, self.reg))
        return p.unflatten(1, (-1, 2)), t.unflatten(1, (-1, 4))       # (N, L, 2), (N, L, 4)


def vgg16() -> nn.Sequential:
    """The 13 convolutions of VGG-16 with four of its five poolings: stride 16."""
    layers: list[nn.Module] = []
    C = 3
    for width in (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512):
        layers += [nn.Conv2d(C, width, 3, padding=1), nn.ReLU()] if width else [nn.MaxPool2d(2)]
        C = width or C
    return nn.Sequential(*layers)


def roi_pool(x: Tensor, boxes: Tensor, stride: int = 16) -> Tensor:
    """Features x (C, H, W) under each of the boxes (R, 4), pooled to (R, C, 7, 7)."""
    low, high = (boxes[:, :2] / stride).floor().int(), (boxes[:, 2:] / stride).ceil().int()
    return torch.stack([
        F.adaptive_max_pool2d(x[:, y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)], 7)
        for (x1, y1), (x2, y2) in zip(low.tolist(), high.tolist(), strict=True)
    ])


class FasterRCNN(nn.Module):
    """Shared VGG-16 features, the proposal network and the Fast R-CNN detector of K classes."""

    def __init__(self, K: int = 20) -> None:
        super().__init__()
        self.features, self.rpn = vgg16(), RPN()
        self.fc = nn.Sequential(nn.Linear(512 * 49, 4096), nn.ReLU(), nn.Linear(4096, 4096),
                                nn.ReLU())
        self.cls, self.box = nn.Linear(4096, K + 1), nn.Linear(4096, 4 * (K + 1))

    def detect(self, x: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Class scores (R, K + 1) and codes (R, 4·(K + 1)) of boxes on features (C, H, W)."""
        h = self.fc(roi_pool(x, boxes).flatten(1))
        return self.cls(h), self.box(h)


SMALL: dict[str, Any] = {"stride": 4, "scales": (8.0, 16.0), "ratios": (1.0,)}


def scenes(n: int) -> tuple[Tensor, Tensor]:
    """Noise images (n, 1, 32, 32) with a digit (UCI, CC BY 4.0) of 8 or 16 pixels; its box."""
    digits = torch.tensor(load_digits().images, dtype=torch.float32) / 16
    x, boxes = 0.3 * torch.rand(n, 1, 32, 32), torch.zeros(n, 4)
    for i in range(n):
        zoom = 1 + i % 2
        side = 8 * zoom
        digit = digits[torch.randint(len(digits), ())].repeat_interleave(zoom, 0)
        left, top = torch.randint(33 - side, (2,)).tolist()
        x[i, 0, top : top + side, left : left + side] += digit.repeat_interleave(zoom, 1)
        boxes[i] = torch.tensor([left, top, left + side, top + side])
    return x, boxes


def train(steps: int = 80) -> nn.Sequential:
    """A small proposal network: two strided convolutions, then the same RPN with two anchors."""
    torch.manual_seed(0)
    x, boxes = scenes(64)
    net = nn.Sequential(nn.Conv2d(1, 16, 5, 2, 2), nn.ReLU(), nn.Conv2d(16, 32, 5, 2, 2),
                        nn.ReLU(), RPN(32, 2))
    anchor = anchors(8, 8, **SMALL)
    y, code = (torch.cat(part) for part in zip(*[
        (label(anchor, box[None])[0], encode(box.expand(len(anchor), 4), anchor))
        for box in boxes], strict=True))
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(steps):
        p, t = net(x)
        optimiser.zero_grad()
        rpn_loss(p.flatten(0, 1), t.flatten(0, 1), y, code).backward()
        optimiser.step()
    return net


def recall(net: nn.Sequential, R: int, n: int = 50) -> float:
    """The share of new digits that one of the best R proposals overlaps by a half."""
    torch.manual_seed(1)
    x, boxes = scenes(n)
    with torch.no_grad():
        p, t = net(x)
    best = [iou(propose(*pt, anchors(8, 8, **SMALL), (32, 32), after=R), box[None]).max()
            for *pt, box in zip(p, t, boxes, strict=True)]
    return (torch.stack(best) >= 0.5).float().mean().item()


def demo() -> None:
    """Count the anchors and weights, and find digits with a few proposals."""
    with torch.device("meta"):
        net = FasterRCNN()
    print(f"{len(anchors(37, 62))} anchors in 600×1000 pixels")
    for part in ("features", "rpn", "fc"):
        print(f"{part}: {sum(p.numel() for p in getattr(net, part).parameters()) / 1e6:.1f} M")
    for steps in (0, 80):
        print(f"{steps} steps: {recall(train(steps), 1):.0%} of the digits in one proposal")


def figure() -> Figure:
    """Two new scenes with the best proposal before (dashed) and after training."""
    fig = Figure(figsize=(6, 3), layout="constrained")
    nets = {"C1--": train(0), "C2-": train()}
    torch.manual_seed(1)
    x, _ = scenes(2)
    for i, axes in enumerate(fig.subplots(1, 2)):
        axes.imshow(x[i, 0], cmap="gray", extent=(0, 32, 32, 0))
        for style, net in nets.items():
            with torch.no_grad():
                (p,), (t,) = net(x[i : i + 1])
            x1, y1, x2, y2 = propose(p, t, anchors(8, 8, **SMALL), (32, 32), after=1)[0].tolist()
            axes.plot([x1, x2, x2, x1, x1], [y1, y1, y2, y2, y1], style)
        axes.set(xticks=[], yticks=[], xlim=(-1, 33), ylim=(33, -1))
    return fig


if __name__ == "__main__":
    demo()
