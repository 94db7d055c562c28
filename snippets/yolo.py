r"""YOLO: one look at the whole image.

The image is cut into S × S cells. The cell that holds the centre of an object has to name its
class and to predict its box; of the B boxes that a cell predicts, only the one that overlaps the
object most is responsible for it. One network gives all numbers at once, as a regression.

$$ \lambda_{coord} \sum_{i,j} \mathbb{1}_{ij}^{obj} \Big[ (x - \hat x)^2 + (y - \hat y)^2
   + (\sqrt w - \sqrt{\hat w})^2 + (\sqrt h - \sqrt{\hat h})^2 \Big]
   + \sum_{i,j} \mathbb{1}_{ij}^{obj} (C - \hat C)^2 $$

$$ + \lambda_{noobj} \sum_{i,j} \mathbb{1}_{ij}^{noobj} (C - \hat C)^2
   + \sum_i \mathbb{1}_i^{obj} \sum_c (p(c) - \hat p(c))^2 $$

The centre x, y counts from the corner of the cell in cells, w and h in images. The aim of the
confidence C is the overlap (IoU) of the predicted box with the object, and 0 without an object.

Paper: yolo, Eq. 1 to 3, Sec. 2, 2.1, 2.2 and 2.3, Fig. 3
Shapes: N images, S = 7 cells a side, B = 2 boxes a cell, K = 20 classes, M objects
Differs from the paper: only built, not trained, at full size. The net predicts the roots of w and
h, so that the loss needs no root of a negative number. Non-maximum suppression is left out.
"""

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

S, B, K = 7, 2, 20


def encode(boxes: Tensor, classes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Which cells hold a centre (S, S), the true x y √w √h (S, S, 4) and the classes (S, S, K).

    Boxes (M, 4) are centre, width and height as parts of the image.
    """
    holds, truth, onehot = torch.zeros(S, S).bool(), torch.zeros(S, S, 4), torch.zeros(S, S, K)
    for (x, y, w, h), c in zip(boxes.tolist(), classes.tolist(), strict=True):
        column, row = int(x * S), int(y * S)
        if not holds[row, column]:                                    # one object a cell
            holds[row, column] = True
            truth[row, column] = torch.tensor([x * S - column, y * S - row, w**0.5, h**0.5])
            onehot[row, column, c] = 1
    return holds, truth, onehot


def decode(code: Tensor) -> Tensor:
    """The boxes (S, S, …, 4) x1 y1 x2 y2, as parts of the image, of x y √w √h in their cells."""
    corner = torch.stack(torch.meshgrid(torch.arange(S), torch.arange(S), indexing="xy"), -1)
    corner = corner.reshape(S, S, *[1] * (code.dim() - 3), 2)         # column, row
    centre, half = (code[..., :2] + corner) / S, code[..., 2:] ** 2 / 2
    return torch.cat([centre - half, centre + half], -1)


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of boxes a and b, pair by pair (…)."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    overlap = (high - low).clamp(min=0).prod(-1)
    area_a, area_b = ((box[..., 2:] - box[..., :2]).prod(-1) for box in (a, b))
    return overlap / (area_a + area_b - overlap)


def split(out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Class scores (S, S, K), confidences (S, S, B) and codes (S, S, B, 4) of (S, S, 5·B + K)."""
    return out[..., :K], out[..., K : K + B], out[..., K + B :].unflatten(-1, (B, 4))


def yolo_loss(out: Tensor, boxes: Tensor, classes: Tensor,
              coord: float = 5.0, noobj: float = 0.5) -> Tensor:
    """Eq. 3 for the output (S, S, 30) of one image, and its objects."""
    holds, truth, onehot = encode(boxes, classes)
    p, C, code = split(out)
    truth = truth[:, :, None].expand_as(code)                         # (S, S, B, 4)
    overlap = iou(decode(code), decode(truth)).detach()               # (S, S, B)
    best = overlap.argmax(-1, keepdim=True) == torch.arange(B)
    responsible = holds[..., None] & best                             # (S, S, B)
    place = (code - truth)[responsible].square().sum()
    sure = (C - overlap)[responsible].square().sum()
    empty = C[~responsible].square().sum()
    kind = (p - onehot)[holds].square().sum()
    return coord * place + sure + noobj * empty + kind


def detections(out: Tensor) -> tuple[Tensor, Tensor]:
    """All S·S·B boxes (98, 4) of an output (S, S, 30) and their class scores (98, K) (Eq. 1)."""
    p, C, code = split(out)
    return decode(code).reshape(-1, 4), (C[..., None] * p[:, :, None]).reshape(-1, K)


class YOLO(nn.Module):
    """The 24 convolutions and two fully connected layers of Fig. 3, for 448×448 pixels."""

    def __init__(self) -> None:
        super().__init__()
        squeeze = [(256, 1), (512, 3)] * 4 + [(512, 1), (1024, 3)]
        plan = [(64, 7), (0, 2), (192, 3), (0, 2), (128, 1), (256, 3), (256, 1), (512, 3), (0, 2),
                *squeeze, (0, 2), (512, 1), (1024, 3), (512, 1), (1024, 3),
                (1024, 3), (-1024, 3), (1024, 3), (1024, 3)]
        layers: list[nn.Module] = []
        C = 3
        for width, k in plan:                                         # 0: pooling; -: stride 2
            stride = 2 if k == 7 or width < 0 else 1
            layers += ([nn.Conv2d(C, abs(width), k, stride, k // 2), nn.LeakyReLU(0.1)]
                       if width else [nn.MaxPool2d(2)])
            C = abs(width) or C
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(S * S * 1024, 4096), nn.LeakyReLU(0.1), nn.Dropout(0.5),
            nn.Linear(4096, S * S * (5 * B + K)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x)).unflatten(1, (S, S, -1))   # (N, S, S, 30)


def scene() -> tuple[Tensor, Tensor]:
    """Three objects: their boxes and classes."""
    boxes = [[0.3, 0.4, 0.4, 0.5], [0.75, 0.7, 0.3, 0.2], [0.8, 0.2, 0.1, 0.1]]
    return torch.tensor(boxes), torch.tensor([11, 6, 14])


def fit(steps: int) -> Tensor:
    """An output (S, S, 30) that gradient descent on the loss alone has fitted to the scene."""
    torch.manual_seed(0)
    out = (torch.rand(S, S, 5 * B + K) * 0.5).requires_grad_()
    optimiser = torch.optim.SGD([out], lr=0.05)
    for _ in range(steps):
        optimiser.zero_grad()
        yolo_loss(out, *scene()).backward()
        optimiser.step()
    return out.detach()


def demo() -> None:
    """Count the network, and fit an output to a scene with three objects."""
    with torch.device("meta"):
        net = YOLO()
    print(f"{sum(p.numel() for p in net.parameters()) / 1e6:.1f} M weights, {S * S * B} boxes")
    for steps in (0, 20, 100):
        out = fit(steps)
        _, scores = detections(out)
        print(f"{steps:3d} steps: loss {yolo_loss(out, *scene()):6.2f}, "
              f"{(scores.amax(1) > 0.5).sum()} boxes with a score above 0.5")


def figure() -> Figure:
    """The cells, the objects (thick) and the boxes that the fitted output is sure of (dashed)."""
    fig = Figure(figsize=(3.6, 3.6), layout="constrained")
    axes = fig.subplots()
    holds, truth, _ = encode(*scene())
    found, scores = detections(fit(100))
    axes.imshow(holds, cmap="Greys", vmax=3, extent=(0, 1, 1, 0))
    for boxes, style in ((decode(truth)[holds], "C0-"), (found[scores.amax(1) > 0.5], "C1--")):
        for x1, y1, x2, y2 in boxes.tolist():
            axes.plot([x1, x2, x2, x1, x1], [y1, y1, y2, y2, y1], style)
    ticks = [i / S for i in range(S + 1)]
    axes.set(xticks=ticks, yticks=ticks, xticklabels=[], yticklabels=[])
    axes.grid(alpha=0.3)
    return fig


if __name__ == "__main__":
    demo()
