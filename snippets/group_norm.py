r"""Group normalization.

Normalise each group of channels of one sample with its own mean and deviation. No statistic
crosses from one sample to another, so the batch does not matter: not its size, not its company,
and training and inference compute the same thing.

$$ \hat x_i = \frac{x_i - \mu_i}{\sigma_i}, \qquad
   \mu_i = \frac1m \sum_{k \in S_i} x_k, \qquad
   \sigma_i = \sqrt{\frac1m \sum_{k \in S_i} (x_k - \mu_i)^2 + \epsilon} $$

$$ S_i = \{ k : k_N = i_N,\ \lfloor k_C / (C/G) \rfloor = \lfloor i_C / (C/G) \rfloor \},
   \qquad y_i = \gamma_{i_C} \hat x_i + \beta_{i_C} $$

Paper: group_norm, Eq. 1, 2, 6 and 7
Shapes: N batch, C channels, H W space, G groups
Differs from the paper: trained on 8×8 digits instead of ImageNet, by SGD without momentum; G is 4
because the net has 32 channels (the paper's default G = 32 is for 64 channels and more).
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def group_norm(x: Tensor, groups: int, gain: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise x (N, C, H, W) over each of its channel groups, then scale and shift channels."""
    N, C, H, W = x.shape
    x = x.reshape(N, groups, C // groups, H, W)                   # (N, G, C/G, H, W)
    mean = x.mean(dim=(2, 3, 4), keepdim=True)                    # (N, G, 1, 1, 1)
    var = x.var(dim=(2, 3, 4), keepdim=True, correction=0)        # (N, G, 1, 1, 1)
    x = ((x - mean) / torch.sqrt(var + eps)).reshape(N, C, H, W)
    return x * gain.reshape(1, C, 1, 1) + bias.reshape(1, C, 1, 1)


class GroupNorm(nn.Module):
    """Group normalization with a learned gain and bias for each channel."""

    def __init__(self, groups: int, channels: int) -> None:
        super().__init__()
        self.groups = groups
        self.gain = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        return group_norm(x, self.groups, self.gain, self.bias)


def digit_net(norm: str, width: int = 32, groups: int = 4) -> nn.Sequential:
    """A small net for 8×8 digits with "batch" or "group" normalization after each convolution."""

    def layer(channels: int, stride: int) -> list[nn.Module]:
        conv = nn.Conv2d(channels, width, 3, stride, padding=1, bias=False)
        normalise = nn.BatchNorm2d(width) if norm == "batch" else GroupNorm(groups, width)
        return [conv, normalise, nn.ReLU()]

    return nn.Sequential(
        *layer(1, 2), *layer(width, 2), *layer(width, 2),         # (N, 32, 1, 1)
        nn.Flatten(), nn.Linear(width, 10),
    )


def digits(train: int = 200, test: int = 600) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn): images, labels; train, test."""
    data = load_digits()
    x = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 16    # (N, 1, 8, 8)
    y = torch.tensor(data.target)
    return x[:train], y[:train], x[-test:], y[-test:]


def learning_rate(batch: int) -> float:
    """The learning rate for this many images in a batch: 0.1 for 32, in proportion (Sec. 4.1)."""
    return 0.1 * batch / 32


def error_on_digits(norm: str, batch: int, epochs: int, seed: int = 0) -> float:
    """Error rate on unseen digits after training with this batch size."""
    torch.manual_seed(seed)
    x, y, x_test, y_test = digits()
    net = digit_net(norm)
    optimiser = torch.optim.SGD(net.parameters(), lr=learning_rate(batch))
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(batch):
            optimiser.zero_grad()
            F.cross_entropy(net(x[chosen]), y[chosen]).backward()
            optimiser.step()
    net.eval()
    with torch.no_grad():
        return (net(x_test).argmax(1) != y_test).float().mean().item()


def demo() -> None:
    """Show that a sample's output depends on its companions under BN and not under GN."""
    torch.manual_seed(0)
    x = torch.randn(4, 32, 8, 8)
    louder = x.clone()
    louder[1:] *= 10                                              # change the others only
    for norm in (nn.BatchNorm2d(32), GroupNorm(8, 32)):
        change = (norm(x)[0] - norm(louder)[0]).abs().max().item()
        print(f"{type(norm).__name__:12s} first sample moves by {change:.3f}")


def figure() -> Figure:
    """Error on digits against batch size: the small version of the paper's Figure 1."""
    sizes = [16, 8, 2]
    fig = Figure(figsize=(5, 3), layout="constrained")
    axes = fig.subplots()
    for norm in ("batch", "group"):
        errors = [100 * error_on_digits(norm, size, epochs=4) for size in sizes]
        axes.plot([str(size) for size in sizes], errors, marker="o", label=f"{norm} norm")
    axes.set(xlabel="images in a batch", ylabel="test error (%)", ylim=(0, None))
    axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
