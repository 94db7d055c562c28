r"""Convolutional pose machines.

A sequence of convolutional networks, one a stage. The first looks at the image and draws a belief
map for each part of the body; every later one looks at image features and at the beliefs of the
stage before, so what is known about one part helps to find the others. Each stage has a loss of
its own, so that the gradient need not come all the way from the last one.

$$ b_1 = g_1(x), \qquad b_t = g_t\big(x' \oplus b_{t-1}\big), \quad t = 2, \ldots, T, \qquad
   b_t \in \mathbb{R}^{(P+1) \times h \times w} $$

$$ f_t = \sum_{p=1}^{P+1} \sum_z \big\| b_t^p(z) - b_*^p(z) \big\|_2^2, \qquad
   \mathcal F = \sum_{t=1}^{T} f_t $$

Paper: convolutional_pose_machines, Sec. 3.1 to 3.3, Fig. 2, Eq. 1 to 5
Shapes: N batch, P parts and one map of background, H W image, h w maps of one eighth, T stages
Differs from the paper: not trained; gradients are those at the start, of a net 16 wide on one
photograph (Fig. 5: through training). Channel counts, biases and the deviation 0.01 of the first
weights are those of the authors' FLIC model, which pools over 3 pixels where the figure says 2
(as here), has a 5×5 layer in each stage where the paper shares the features, and reads one more
map that marks the person in the centre (as on MPII, Sec. 4.2). The width of the ideal peaks and
the background map (what the parts leave over) are ours.
"""

from itertools import pairwise

import torch
from matplotlib.figure import Figure
from skimage.data import astronaut
from torch import Tensor, nn

EVIDENCE = [(9, 1), (2, 2), (9, 1), (2, 2), (9, 1), (2, 2), (5, 1), (9, 1), (1, 1), (1, 1)]
CONTEXT = [(11, 1), (11, 1), (11, 1), (1, 1), (1, 1)]             # (kernel, stride) of each layer


def receptive_field(layers: list[tuple[int, int]], field: int = 1, step: int = 1) -> list[int]:
    """Pixels in a row that a unit sees after each (kernel, stride) layer."""
    fields = []
    for kernel, stride in layers:
        field += (kernel - 1) * step                              # `step` pixels between two units
        step *= stride
        fields.append(field)
    return fields


def stack(layers: list[tuple[int, int]], channels: list[int]) -> list[nn.Module]:
    """Convolutions that keep the size, each followed by ReLU; a stride of 2 is a max-pooling."""
    modules: list[nn.Module] = []
    sizes = pairwise(channels)
    for kernel, stride in layers:
        if stride == 2:
            modules.append(nn.MaxPool2d(2))
        else:
            modules += [nn.Conv2d(*next(sizes), kernel, padding=kernel // 2), nn.ReLU()]
    return modules


class PoseMachine(nn.Module):
    """The network of Figure 2; at its real size 128 wide."""

    def __init__(self, parts: int = 14, stages: int = 6, width: int = 128) -> None:
        super().__init__()
        trunk, maps = [3, width, width, width, width // 4], parts + 1
        first = stack(EVIDENCE, [*trunk, 4 * width, 4 * width, maps])
        self.first = nn.Sequential(*first[:-1])                   # g₁; beliefs have no ReLU
        self.image = nn.Sequential(*stack(EVIDENCE[:7], trunk))   # x', shared by all t ≥ 2
        later = [width // 4 + maps, width, width, width, width, maps]
        self.later = nn.ModuleList(
            nn.Sequential(*stack(CONTEXT, later)[:-1]) for _ in range(stages - 1)
        )

    def forward(self, image: Tensor) -> list[Tensor]:
        """The belief maps b₁ … b_T of every stage for images (N, 3, H, W)."""
        beliefs = [self.first(image)]                             # (N, P+1, H/8, W/8)
        features = self.image(image)                              # (N, width/4, H/8, W/8)
        for stage in self.later:
            beliefs.append(stage(torch.cat([features, beliefs[-1]], dim=1)))
        return beliefs


def initialise(net: nn.Module, deviation: float | None) -> None:
    """Zero biases, and Gaussian weights of this deviation; None is He's: √(2 / inputs)."""
    for parameter in net.parameters():
        if parameter.dim() == 1:
            nn.init.zeros_(parameter)
        elif deviation is None:
            nn.init.kaiming_normal_(parameter)
        else:
            nn.init.normal_(parameter, std=deviation)


def ideal_beliefs(joints: Tensor, h: int, w: int, sigma: float = 1.0) -> Tensor:
    """b_*: a Gaussian peak of height 1 at each joint (N, P, 2), given in map cells as x, y."""
    x, y = joints[..., 0, None, None], joints[..., 1, None, None]          # (N, P, 1, 1)
    distance2 = (torch.arange(w) - x) ** 2 + (torch.arange(h)[:, None] - y) ** 2
    peaks = torch.exp(-distance2 / (2 * sigma**2))                         # (N, P, h, w)
    return torch.cat([peaks, 1 - peaks.amax(dim=1, keepdim=True)], dim=1)  # (N, P+1, h, w)


def stage_losses(beliefs: list[Tensor], ideal: Tensor) -> Tensor:
    """f_t of every stage (T,), summed over maps and places and averaged over the batch."""
    return torch.stack([((b - ideal) ** 2).sum(dim=(1, 2, 3)).mean() for b in beliefs])


def locate(belief: Tensor) -> Tensor:
    """The cell (N, P, 2) as x, y where each part's belief is highest; background is left out."""
    parts = belief[:, :-1]                                                 # (N, P, h, w)
    best = parts.flatten(2).argmax(dim=2)                                  # (N, P)
    return torch.stack([best % parts.shape[3], best // parts.shape[3]], dim=2)


def photograph() -> tuple[Tensor, Tensor]:
    """A portrait (NASA, public domain) of 128×128 pixels; head, neck and shoulders by hand."""
    image = torch.tensor(astronaut()[::4, ::4]).float().permute(2, 0, 1) / 255 - 0.5
    joints = torch.tensor([[224.0, 110], [215, 215], [85, 270], [325, 260]]) / 32 - 0.5
    return image[None], joints[None]                                       # in cells of 4·8 pixels


def gradient_by_layer(intermediate: bool, stages: int = 6, he: bool = False,
                      seed: int = 0) -> list[float]:
    """Size of the gradient at the weights of g₁ and of g₂ … g_T, from the first layer on.

    The start is the authors' (deviation 0.01, here times √8 for the narrower net) or He's.
    """
    torch.manual_seed(seed)
    net = PoseMachine(parts=4, stages=stages, width=16)
    initialise(net, None if he else 0.01 * (128 / 16) ** 0.5)     # signals as large as 128 wide
    image, joints = photograph()
    beliefs = net(image)
    losses = stage_losses(beliefs, ideal_beliefs(joints, *beliefs[0].shape[2:]))
    (losses.sum() if intermediate else losses[-1]).backward()
    weights = [p for part in (net.first, net.later) for p in part.parameters() if p.dim() > 1]
    return [p.grad.norm().item() for p in weights]


def demo() -> None:
    """The net of the paper counted, its receptive fields, and the gradient at its first layer."""
    with torch.device("meta"):
        net = PoseMachine()
        last = net(torch.empty(1, 3, 368, 368))[-1]
    print(f"six stages: {sum(p.numel() for p in net.parameters()):,} parameters, maps of",
          "×".join(map(str, last.shape[1:])))
    print("stage 1 sees", *receptive_field(EVIDENCE), "pixels, layer by layer")
    print("stage 2 sees", *receptive_field(CONTEXT, receptive_field(EVIDENCE)[-1], 8))
    for intermediate in (False, True):
        name = "every stage" if intermediate else "the last stage only"
        first = gradient_by_layer(intermediate)[0]
        print(f"loss at {name:20s} gradient of the first layer {first:.1e}")


def figure() -> Figure:
    """The ideal beliefs on a photograph, and the gradient at each layer by kind of supervision."""
    fig = Figure(figsize=(7, 3), layout="constrained")
    left, right = fig.subplots(1, 2, width_ratios=[1, 1.6])
    image, joints = photograph()
    left.imshow(image[0].permute(1, 2, 0) + 0.5, extent=(-0.5, 15.5, 15.5, -0.5))
    peaks = ideal_beliefs(joints, 16, 16)[0, :-1].amax(dim=0)
    left.imshow(peaks, alpha=0.5, cmap="hot", interpolation="bilinear")
    left.set(title="ideal beliefs", xticks=[], yticks=[])
    for intermediate, label in ((True, "loss at every stage"), (False, "at the last one only")):
        sizes = gradient_by_layer(intermediate)
        right.semilogy(range(1, len(sizes) + 1), sizes, marker=".", label=label)
    for t in range(5):
        right.axvline(7.5 + 5 * t, color="0.85", zorder=0)
    right.set(xlabel="layer, stages parted by lines", ylabel="gradient norm at the start")
    right.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
