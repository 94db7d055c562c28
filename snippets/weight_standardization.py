r"""Weight standardization and batch-channel normalization.

Batch norm does two things that small batches take away: it smooths the loss and it keeps every
channel alive. Weight standardization (WS) gets the first from the filters: each is used with mean 0
and variance 1, and the optimiser works on the raw filter behind it. Batch-channel normalization
(BCN) gets the second from running estimates of each channel, followed by a channel norm.

$$ \hat W_{ij} = \frac{W_{ij} - \mu_i}{\sigma_i + \epsilon}, \qquad
   \mu_i = \frac1I \sum_{j=1}^I W_{ij}, \qquad
   \sigma_i^2 = \frac1I \sum_{j=1}^I (W_{ij} - \mu_i)^2, \qquad y = \hat W * x $$

$$ \| \nabla_{W_i} \mathcal L \|^2 = \frac{1}{\sigma_i^2} \Big( \|g\|^2
   - \tfrac1I \langle 1, g \rangle^2 - \tfrac1I \langle \hat W_i, g \rangle^2 \Big), \qquad
   g = \nabla_{\hat W_i} \mathcal L $$

Paper: weight_standardization, Sec. 2 (WS) and the micro-batch BCN of the authors' code
Shapes: O filters, I weights of one filter (C/groups·kh·kw), N batch, C channels, H W space
Differs from the paper: trained on 8×8 digits instead of ImageNet. The authors' code divides by the
unbiased deviation; here it is the 1/I of the equation, which is 0.1 % away at I = 576.
"""

from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def standardise(weight: Tensor, eps: float = 1e-5) -> Tensor:
    """Give each filter of weight (O, C, kh, kw) mean 0 and variance 1, differentiably."""
    mean = weight.mean(dim=(1, 2, 3), keepdim=True)                # (O, 1, 1, 1)
    std = weight.std(dim=(1, 2, 3), keepdim=True, correction=0)    # (O, 1, 1, 1)
    return (weight - mean) / (std + eps)


class WSConv2d(nn.Conv2d):
    """A convolution with standardised filters; a norm must follow, as it has no gain."""

    def forward(self, x: Tensor) -> Tensor:
        return self._conv_forward(x, standardise(self.weight), self.bias)


class BatchChannelNorm(nn.Module):
    """Micro-batch BCN: normalise by running estimates of each channel, then by group."""

    def __init__(self, channels: int, groups: int = 32, rate: float = 0.1) -> None:
        super().__init__()
        self.rate = rate
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("var", torch.ones(channels))
        self.gain = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.channel_norm = nn.GroupNorm(groups, channels)

    @torch.no_grad()
    def estimate(self, x: Tensor) -> None:
        """Move the estimates towards the statistics of x; no gradient goes this way."""
        var = (x - self.mean.view(1, -1, 1, 1)).square().mean(dim=(0, 2, 3))          # (C,)
        self.mean += self.rate * (x.mean(dim=(0, 2, 3)) - self.mean)
        self.var += self.rate * (var - self.var)

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            self.estimate(x)
        x = F.batch_norm(x, self.mean, self.var, self.gain, self.bias, training=False)
        return self.channel_norm(x)


def gradient_shares(weight: Tensor, g: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Squared norms of what WS lets through of g, and of what centring and scaling remove."""
    g, w = g.flatten(1), standardise(weight, eps=0.0).flatten(1)   # (O, I)
    centring = g.sum(1) ** 2 / g.shape[1]
    scaling = (g * w).sum(1) ** 2 / g.shape[1]
    return (g**2).sum(1) - centring - scaling, centring, scaling   # (O,) each


Layer = Callable[..., nn.Module]


def group_norm(channels: int) -> nn.GroupNorm:
    """Group norm as the paper uses it for ImageNet: 32 groups."""
    return nn.GroupNorm(32, channels)


class Bottleneck(nn.Module):
    """ResNet's 1×1, 3×3, 1×1 residual block with any convolution and norm."""

    def __init__(self, c_in: int, width: int, stride: int, conv: Layer, norm: Layer) -> None:
        super().__init__()
        c_out = 4 * width
        self.body = nn.Sequential(
            conv(c_in, width, 1, bias=False), norm(width), nn.ReLU(),
            conv(width, width, 3, stride, padding=1, bias=False), norm(width), nn.ReLU(),
            conv(width, c_out, 1, bias=False), norm(c_out),
        )
        self.shortcut = nn.Sequential()
        if c_in != c_out:
            self.shortcut.extend([conv(c_in, c_out, 1, stride, bias=False), norm(c_out)])

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.body(x) + self.shortcut(x))


def resnet50(conv: Layer = WSConv2d, norm: Layer = group_norm) -> nn.Sequential:
    """ResNet-50 for ImageNet, by default with standardised filters and group norm."""
    layers: list[nn.Module] = [
        conv(3, 64, 7, 2, padding=3, bias=False), norm(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
    ]
    c_in = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            layers.append(Bottleneck(c_in, width, 1 if block else stride, conv, norm))
            c_in = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c_in, 1000))


def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Real 8×8 digits (UCI, CC BY 4.0, in scikit-learn): 200 to train on, 600 unseen."""
    data = load_digits()
    x = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 16
    y = torch.tensor(data.target)
    return x[:200], y[:200], x[-600:], y[-600:]


def digit_net(conv: Layer, norm: Layer) -> nn.Sequential:
    """A small net for 8×8 digits with any convolution and norm."""
    layers: list[nn.Module] = []
    for c_in, stride in ((1, 2), (32, 1), (32, 2), (32, 1)):
        layers += [conv(c_in, 32, 3, stride, padding=1, bias=False), norm(32), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))


def train(conv: Layer, norm: Layer, lr: float = 0.02, seed: int = 0) -> tuple[float, list[float]]:
    """Train on digits, two images a batch: the error on unseen ones, and the losses."""
    torch.manual_seed(seed)
    net = digit_net(conv, norm)
    optimiser = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    x, y, x_test, y_test = digits()
    losses = []
    for _ in range(2):
        for chosen in torch.randperm(len(x)).split(2):
            optimiser.zero_grad()
            loss = F.cross_entropy(net(x[chosen]), y[chosen])
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    net.eval()
    with torch.no_grad():
        return (net(x_test).argmax(1) != y_test).float().mean().item(), losses


def four_groups(channels: int) -> nn.GroupNorm:
    """Group norm for the small net."""
    return nn.GroupNorm(4, channels)


def demo() -> None:
    """Count ResNet-50, and train a small net with and without WS at two images a batch."""
    with torch.device("meta"):
        parameters = sum(p.numel() for p in resnet50().parameters())
    print(f"ResNet-50 with GN and WS: {parameters:,} parameters")
    for name, conv in (("GN", nn.Conv2d), ("GN + WS", WSConv2d)):
        error, losses = train(conv, four_groups)
        print(f"{name:8s} last losses {sum(losses[-50:]) / 50:.2f}, error on unseen {error:.1%}")


def figure() -> Figure:
    """Loss with and without WS, and how much of each layer's squared gradient WS removes."""
    fig = Figure(figsize=(7, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    for name, conv in (("GN", nn.Conv2d), ("GN + WS", WSConv2d)):
        losses = torch.tensor(train(conv, four_groups)[1])
        left.plot(losses.unfold(0, 20, 1).mean(1), label=name)     # running mean of 20 steps
    left.set(xlabel="step, 2 images each", ylabel="training loss", ylim=(0, None))
    left.legend(frameon=False)

    torch.manual_seed(0)
    x, y, *_ = digits()
    weights = [nn.init.kaiming_normal_(torch.empty(32, c, 3, 3)) for c in (1, 32, 32, 32)]
    filters = [standardise(w).requires_grad_() for w in weights]
    for f, stride in zip(filters, (2, 1, 2, 1), strict=True):
        x = F.relu(four_groups(32)(F.conv2d(x, f, stride=stride, padding=1)))
    F.cross_entropy(nn.Linear(32, 10)(x.mean(dim=(2, 3))), y).backward()
    parts = [gradient_shares(w, f.grad) for w, f in zip(weights, filters, strict=True)]
    shares = torch.tensor([[part.sum() for part in layer] for layer in parts])         # (4, 3)
    shares = 100 * shares / shares.sum(1, keepdim=True)
    layers = torch.arange(1, 5)
    right.bar(layers - 0.2, shares[:, 1], 0.4, label="centring")
    right.bar(layers + 0.2, shares[:, 2], 0.4, label="scaling")
    right.set(xlabel="layer", ylabel="squared gradient removed (%)", xticks=range(1, 5))
    right.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
