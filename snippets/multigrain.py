r"""MultiGrain.

One embedding for classes, objects and copies. Every batch holds several augmentations of the same
images; a classifier learns from the labels, and a margin loss pulls versions of one image together,
which needs no labels. The feature map is pooled by a generalised mean, so that the exponent can be
raised when the net is fed larger images than it was trained on.

$$ e_c = \Big( \frac{1}{|\Omega|} \sum_{u \in \Omega} x_{cu}^p \Big)^{1/p}, \qquad
   \ell^{\mathrm{retr}}_{ij} = \max\{0,\ \alpha + y_{ij} (D_{ij} - \beta)\}, \qquad
   \mathcal L = \lambda\, \overline{\ell^{\mathrm{class}}} + (1 - \lambda)\,
   \overline{\ell^{\mathrm{retr}}} $$

Paper: multigrain, Sec. 3.1 to 3.3, Eq. 1, 3 and 5
Shapes: B images in a batch, m versions of each, C channels, d embedding
Differs from the paper: the ResNet-50 is built at full size and counted but not trained; the
retrieval loss is tried on free embeddings instead; no whitening of the features (Sec. 3.4); far
negatives are drawn too, which the authors' code leaves out where they cost nothing (beyond 1.4).
"""

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F


def gem(x: Tensor, p: float = 3.0, eps: float = 1e-6) -> Tensor:
    """Generalised mean over space: x (B, C, H, W), not negative, to (B, C)."""
    return x.clamp(min=eps).pow(p).mean(dim=(2, 3)).pow(1 / p)


class Bottleneck(nn.Module):
    """1×1, 3×3 and 1×1 convolution beside a shortcut."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width),
        )
        self.shortcut = nn.Sequential()
        if inputs != 4 * width:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width)
            )

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.body(x) + self.shortcut(x))


def resnet50() -> nn.Sequential:
    """The trunk: (B, 3, H, W) to (B, 2048, H/32, W/32)."""
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
              nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            stride = 2 if block == 0 and width > 64 else 1
            layers.append(Bottleneck(inputs, width, stride))
            inputs = 4 * width
    return nn.Sequential(*layers)


class MultiGrain(nn.Module):
    """Trunk, pooling and classifier; out: scores and the embedding of length 1."""

    def __init__(self, trunk: nn.Module, d: int, classes: int, p: float = 3.0) -> None:
        super().__init__()
        self.trunk, self.p = trunk, p
        self.classify = nn.Linear(d, classes)
        self.beta = nn.Parameter(torch.tensor(1.2))                   # the boundary of distances

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        e = gem(self.trunk(x), self.p)                                # (B, d)
        return self.classify(e), F.normalize(e, dim=1)


def margin_loss(D: Tensor, same: Tensor, beta: Tensor, alpha: float = 0.2) -> Tensor:
    """Distances D of pairs should be below β − α for the same image, else above β + α."""
    y = torch.where(same, 1.0, -1.0)
    return F.relu(alpha + y * (D - beta))


def negative_weights(D: Tensor, d: int, cutoff: float = 0.5) -> Tensor:
    """How likely a negative at distance D (..., n) is drawn: inverse to how common D is.

    On the unit sphere of R^d, distances have density D^(d−2) (1 − D²/4)^((d−3)/2).
    """
    D = D.clamp(min=cutoff, max=1.99)
    log_q = (d - 2) * D.log() + (d - 3) / 2 * (1 - D**2 / 4).log()
    return (-log_q).softmax(dim=-1)


def retrieval_loss(e: Tensor, image: Tensor, beta: Tensor) -> Tensor:
    """Mean margin loss of all positive pairs and as many negatives, drawn by distance.

    Every image must have the same number m of versions in the batch.
    """
    D = (2 - 2 * e @ e.T).clamp(min=1e-6).sqrt()                      # (B, B)
    same = image[:, None] == image[None, :]
    positive = same & ~torch.eye(len(e), dtype=torch.bool)
    others = D[~same].reshape(len(e), -1)                             # (B, B − m)
    weights = negative_weights(others.detach(), e.shape[1])
    drawn = torch.multinomial(weights, int(positive[0].sum()), replacement=True)
    negatives = others.gather(1, drawn)                               # (B, m − 1)
    return torch.cat([
        margin_loss(D[positive], torch.tensor(True), beta),
        margin_loss(negatives.flatten(), torch.tensor(False), beta),
    ]).mean()


def repeated(size: int, images: int, m: int = 3) -> Tensor:
    """Indices of a batch that holds m versions each of size // m different images."""
    return torch.randperm(images)[: size // m].repeat_interleave(m)


def joint_loss(
    net: MultiGrain, x: Tensor, label: Tensor, image: Tensor, lam: float = 0.5
) -> Tensor:
    """λ of the classification loss and 1 − λ of the retrieval loss for one batch."""
    scores, e = net(x)
    return lam * F.cross_entropy(scores, label) + (1 - lam) * retrieval_loss(e, image, net.beta)


def settle(images: int = 8, m: int = 3, d: int = 16, steps: int = 60) -> tuple[Tensor, Tensor]:
    """Let free embeddings follow the retrieval loss alone. Out: start and end (images m, d)."""
    torch.manual_seed(0)
    start = torch.randn(images * m, d)
    e, beta = start.clone().requires_grad_(), torch.tensor(1.2)
    image = torch.arange(images).repeat_interleave(m)
    optimiser = torch.optim.Adam([e], lr=0.1)
    for _ in range(steps):
        optimiser.zero_grad()
        retrieval_loss(F.normalize(e, dim=1), image, beta).backward()
        optimiser.step()
    return F.normalize(start, dim=1), F.normalize(e.detach(), dim=1)


def demo() -> None:
    """Count the real net, pool one map with several exponents, and let embeddings settle."""
    with torch.device("meta"):
        net = MultiGrain(resnet50(), 2048, 1000)
    print(f"ResNet-50 MultiGrain: {sum(p.numel() for p in net.parameters()):,} parameters")
    torch.manual_seed(0)
    x = torch.rand(1, 1, 7, 7) ** 4
    pooled = ", ".join(f"{gem(x, p).item():.2f}" for p in (1.0, 3.0, 10.0, 100.0))
    print(f"mean {x.mean():.2f}, pooled with p = 1, 3, 10, 100: {pooled}, maximum {x.max():.2f}")
    for name, e in zip(("before", "after"), settle(), strict=True):
        D = torch.cdist(e, e)
        print(f"{name}: versions of one image {D[0, 1]:.2f} apart, two images {D[0, 3:].min():.2f}")


def figure() -> Figure:
    """Left: what GeM makes of one feature map. Right: how negatives are drawn."""
    torch.manual_seed(0)
    fig = Figure(figsize=(7.5, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    x = torch.rand(1, 1, 7, 7) ** 4
    ps = torch.logspace(0, 1.7, 30).tolist()
    left.plot(ps, [gem(x, p).item() for p in ps])
    left.axhline(x.mean().item(), ls=":", color="gray")
    left.axhline(x.max().item(), ls=":", color="gray")
    left.set(xscale="log", xlabel="exponent p (dotted: mean and maximum)", ylabel="pooled value")
    e = F.normalize(torch.randn(400, 128), dim=1)
    D = (e[:1] - e[1:]).norm(dim=1)
    drawn = D[torch.multinomial(negative_weights(D, 128), 400, replacement=True)]
    right.hist([D.tolist(), drawn.tolist()], bins=20, label=["all negatives", "drawn"])
    right.set(xlabel="distance on the sphere, d = 128")
    right.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
