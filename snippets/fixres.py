r"""Fixing the train-test resolution discrepancy.

Training zooms into a random part of the image and testing does not, so objects look larger in
training. The remedy: test at a higher resolution, until the sizes agree, and then fine-tune the
classifier and the last batch norm there, since pooling over a larger map shifts the statistics.

$$ \frac{r_{test}}{r_{train}} = \sigma \, \frac{K^{image}_{test}}{K_{train}}, \qquad
   \sigma^2 \sim U(\sigma_-^2, \sigma_+^2), \qquad
   E[\sigma] = \frac23 \cdot \frac{\sigma_+^3 - \sigma_-^3}{\sigma_+^2 - \sigma_-^2} $$

With $\sigma_-^2 = 0.08$, $\sigma_+^2 = 1$, $K_{train} = 224$ and $K^{image}_{test} = 256$ the
expected ratio is 0.81: test objects are a fifth too small (a quarter, counting the random aspect).

Paper: fixres, Sec. 3.1 (sizes), 3.2 (statistics), 4 (method)
Shapes: N images, C channels, H W image, K side of the square crop
Differs from the paper: trained on 8×8 digits instead of ImageNet, bilinear crops. The authors'
code renews only the statistics of the last norm; here its gain and bias are tuned as well.
"""

from collections.abc import Callable
from math import log

import torch
from matplotlib.figure import Figure
from skimage.data import astronaut
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

Boxes = Callable[[int], Tensor]                                   # how many -> (N, 4)
MARGIN = 256 / 224                                                # image side / test crop side


def expected_sigma(area: tuple[float, float] = (0.08, 1.0)) -> float:
    """Mean side of a random training crop, as a share of the side of the image."""
    low, high = area
    return 2 / 3 * (high**1.5 - low**1.5) / (high - low)


def size_ratio(k_train: float, k_test: float) -> float:
    """Expected apparent size of an object in a test crop over that in a training crop."""
    return expected_sigma() * MARGIN * k_test / k_train


def matching_resolution(k_train: float) -> float:
    """The test resolution at which objects have on average their training size."""
    return k_train / size_ratio(1, 1)


def random_boxes(
    n: int, area: tuple[float, float] = (0.08, 1.0), aspect: tuple[float, float] = (3 / 4, 4 / 3)
) -> Tensor:
    """Training crops as (centre x, centre y, width, height) (N, 4), in shares of the image.

    Area uniform, aspect log-uniform; of ten tries the first that fits into the image is taken.
    """
    a = torch.empty(n, 10).uniform_(*area)
    r = torch.empty(n, 10).uniform_(log(aspect[0]), log(aspect[1])).exp()
    sides = torch.stack([(a * r).sqrt(), (a / r).sqrt()], dim=-1)                     # (N, 10, 2)
    first = (sides <= 1).all(-1).int().argmax(1)                                       # (N,)
    sides = sides[torch.arange(n), first].clamp(max=1)                                 # (N, 2)
    return torch.cat([sides / 2 + torch.rand(n, 2) * (1 - sides), sides], dim=1)


def central_boxes(n: int) -> Tensor:
    """Test crops: the central 224/256 of the image, whatever the resolution (N, 4)."""
    return torch.tensor([0.5, 0.5, 1 / MARGIN, 1 / MARGIN]).expand(n, 4)


def crop(images: Tensor, boxes: Tensor, k: int) -> Tensor:
    """Cut a box out of each image (N, C, H, W) and resize it to k×k pixels."""
    centre, sides = boxes[:, :2], boxes[:, 2:]
    theta = torch.cat([torch.diag_embed(sides), (2 * centre - 1).unsqueeze(-1)], dim=-1)
    grid = F.affine_grid(theta, [*images.shape[:2], k, k], align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


class Bottleneck(nn.Module):
    """ResNet's 1×1, 3×3, 1×1 residual block."""

    def __init__(self, c_in: int, width: int, stride: int) -> None:
        super().__init__()
        c_out = 4 * width
        projection = [nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out)]
        self.shortcut = nn.Sequential(*projection if c_in != c_out else [])
        self.body = nn.Sequential(
            nn.Conv2d(c_in, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, c_out, 1, bias=False), nn.BatchNorm2d(c_out),
        )

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.body(x) + self.shortcut(x))


def resnet50() -> nn.Sequential:
    """The paper's main network: up to the pooling, then the classifier."""
    features: list[nn.Module] = [
        nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
    ]
    c_in = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            features.append(Bottleneck(c_in, width, 1 if block else stride))
            c_in = 4 * width
    features += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(nn.Sequential(*features), nn.Linear(c_in, 1000))


def digit_net(width: int = 32) -> nn.Sequential:
    """The same in small: features and pooling, then the classifier."""
    features: list[nn.Module] = []
    for c_in, stride in ((1, 2), (width, 1), (width, 2)):
        conv = nn.Conv2d(c_in, width, 3, stride, padding=1, bias=False)
        features += [conv, nn.BatchNorm2d(width), nn.ReLU()]
    features += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(nn.Sequential(*features), nn.Linear(width, 10))


def tuned_layers(net: nn.Sequential) -> tuple[nn.BatchNorm2d, nn.Linear]:
    """The two layers that FixRes tunes: the last norm before the pooling, and the classifier."""
    return [layer for layer in net[0].modules() if isinstance(layer, nn.BatchNorm2d)][-1], net[1]


def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Real 8×8 digits (UCI, CC BY 4.0, in scikit-learn): 1000 to train on, 797 unseen."""
    data = load_digits()
    x = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 16
    y = torch.tensor(data.target)
    return x[:1000], y[:1000], x[1000:], y[1000:]


def fit(net: nn.Module, tuned: list[Tensor], boxes: Boxes, k: int, epochs: int, lr: float) -> None:
    """SGD on k×k crops of the digits; leaves the modes of the layers as they are."""
    x, y, *_ = digits()
    optimiser = torch.optim.SGD(tuned, lr=lr, momentum=0.9)
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(50):
            optimiser.zero_grad()
            view = crop(x[chosen], boxes(len(chosen)), k)
            F.cross_entropy(net(view), y[chosen]).backward(inputs=tuned)
            optimiser.step()


def train(k: int = 16, epochs: int = 12, seed: int = 0) -> nn.Sequential:
    """A digit network trained on random crops of k×k pixels."""
    torch.manual_seed(seed)
    net = digit_net()
    fit(net, list(net.parameters()), random_boxes, k, epochs, lr=0.1)
    return net.eval()


def fine_tune(net: nn.Sequential, k: int, epochs: int = 2) -> nn.Sequential:
    """Adapt the last norm and the classifier to central crops of k×k pixels (Sec. 4.2)."""
    norm, classifier = tuned_layers(net.eval())
    norm.train()                                                  # renews its statistics
    fit(net, [*norm.parameters(), *classifier.parameters()], central_boxes, k, epochs, lr=0.02)
    return net.eval()


@torch.no_grad()
def accuracy(net: nn.Module, k: int) -> float:
    """Share of unseen digits recognised in central crops of k×k pixels."""
    *_, x, y = digits()
    return (net(crop(x, central_boxes(len(x)), k)).argmax(1) == y).float().mean().item()


def demo() -> None:
    """The paper's arithmetic of sizes, and how little of ResNet-50 is tuned."""
    for k in (128, 224):
        print(f"trained at {k}: test objects {size_ratio(k, k):.2f} times as large at {k}, "
              f"equal at {matching_resolution(k):.0f}")
    torch.manual_seed(0)
    sigma = random_boxes(100_000)[:, 2:].prod(1).sqrt().mean().item()
    print(f"mean side of a training crop {sigma:.3f}, by the formula {expected_sigma():.3f}")
    with torch.device("meta"):
        net = resnet50()
    tuned = sum(p.numel() for layer in tuned_layers(net) for p in layer.parameters())
    total = sum(p.numel() for p in net.parameters())
    print(f"ResNet-50: {tuned:,} of {total:,} parameters are tuned ({tuned / total:.0%})")


def figure() -> Figure:
    """A photograph as an average training crop, and as testing shows it at two resolutions."""
    photo = torch.tensor(astronaut()).permute(2, 0, 1)[None] / 255         # NASA, public domain
    photo = F.interpolate(photo, size=256, mode="bilinear", antialias=True)
    side, k_equal = expected_sigma(), round(matching_resolution(112))
    average = torch.tensor([[0.45, 0.4, side, side]])
    shown = [(average, 112), (central_boxes(1), 112), (central_boxes(1), k_equal)]
    titles = ["training at 112", "testing at 112", f"testing at {k_equal}"]
    fig = Figure(figsize=(8, 3.2), layout="constrained")
    axes = fig.subplots(1, 3, width_ratios=[112, 112, k_equal])
    for axis, (box, k), title in zip(axes, shown, titles, strict=True):
        axis.imshow(crop(photo, box, k)[0].permute(1, 2, 0), interpolation="none")
        axis.set(xlabel=title, xticks=[], yticks=[])
    return fig


if __name__ == "__main__":
    demo()
