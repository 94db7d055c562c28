r"""AlexNet.

Five convolutions and three linear layers with ReLUs, large enough to need two GPUs: layers 2, 4
and 5 see only the half of the channels that lies on their own GPU. After the first two
convolutions, channels at the same place compete,

$$ b^i_{x,y} = a^i_{x,y} \Big/ \Big( k + \alpha
   \sum_{j = \max(0,\, i - n/2)}^{\min(N - 1,\, i + n/2)} (a^j_{x,y})^2 \Big)^\beta $$

and what protects 60 million weights from overfitting is more data: crops, mirror images, and
light of another colour, $[p_1, p_2, p_3]\,[\alpha_1\lambda_1, \alpha_2\lambda_2,
\alpha_3\lambda_3]^T$ added to every pixel, where $\lambda_i, p_i$ are the eigenvalues and
eigenvectors of the covariance of RGB values and $\alpha_i \sim \mathcal{N}(0, 0.1^2)$.

Paper: alexnet, Sec. 3.1 to 3.5, 4.1, 4.2 and 5
Shapes: B batch, N channels (the paper's letter), C channels, H W space, K classes
Differs from the paper: trained on 8×8 digits only, with a smaller net. The input is 227×227: the
printed 224 does not give the 55×55 positions behind the other sizes. Dropout doubles the kept
neurons in training instead of halving all at test time. Two GPUs become two groups of channels.
"""

import torch
from matplotlib.figure import Figure
from skimage.data import astronaut
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def response_norm(
    a: Tensor, k: float = 2, n: int = 5, alpha: float = 1e-4, beta: float = 0.75
) -> Tensor:
    """Divide each activity of a (B, N, H, W) by what n neighbouring channels do there."""
    squares = F.pad(a**2, (0, 0, 0, 0, n // 2, n // 2))               # (B, N + n - 1, H, W)
    energy = sum(squares[:, j : j + a.shape[1]] for j in range(n))    # (B, N, H, W)
    return a / (k + alpha * energy) ** beta


class ResponseNorm(nn.Module):
    """Local response normalization with the paper's constants."""

    def forward(self, a: Tensor) -> Tensor:
        return response_norm(a)


class AlexNet(nn.Module):
    """The network of Fig. 2; with groups = 1 every kernel sees all channels."""

    def __init__(self, K: int = 1000, groups: int = 2) -> None:
        super().__init__()
        z, s = 3, 2                                                   # z > s: the pools overlap
        self.features = nn.Sequential(                                # (B, 3, 227, 227)
            nn.Conv2d(3, 96, 11, stride=4), nn.ReLU(), ResponseNorm(), nn.MaxPool2d(z, s),
            nn.Conv2d(96, 256, 5, padding=2, groups=groups), nn.ReLU(), ResponseNorm(),
            nn.MaxPool2d(z, s),                                       # (B, 256, 13, 13)
            nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(),             # (B, 384, 13, 13)
            nn.Conv2d(384, 384, 3, padding=1, groups=groups), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1, groups=groups), nn.ReLU(), nn.MaxPool2d(z, s),
        )                                                             # (B, 256, 6, 6)
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, K),    # (B, K)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x))


def initialise(net: nn.Module, bias: float = 1.0, std: float = 0.01) -> None:
    """Sec. 5: normal weights; biases of convolutions 2, 4, 5 and of hidden linear layers."""
    convolutions = [layer for layer in net.modules() if isinstance(layer, nn.Conv2d)]
    linear = [layer for layer in net.modules() if isinstance(layer, nn.Linear)]
    lifted = {*convolutions[1:2], *convolutions[3:5], *linear[:-1]}
    for layer in convolutions + linear:
        nn.init.normal_(layer.weight, std=std)
        nn.init.constant_(layer.bias, bias if layer in lifted else 0.0)


def outline(groups: int = 2) -> AlexNet:
    """The network without memory for its weights: enough to count it."""
    with torch.device("meta"):
        return AlexNet(groups=groups)


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def neurons(net: AlexNet, pixels: int = 227) -> list[int]:
    """Outputs of each layer with weights, in order."""
    counts, size = [], pixels
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            size = (size + 2 * layer.padding[0] - layer.kernel_size[0]) // layer.stride[0] + 1
            counts.append(layer.out_channels * size**2)
        elif isinstance(layer, nn.MaxPool2d):
            size = (size - layer.kernel_size) // layer.stride + 1
        elif isinstance(layer, nn.Linear):
            counts.append(layer.out_features)
    return counts


def colour_basis(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (3,) and eigenvectors, as columns (3, 3), of the covariance of pixels (M, 3)."""
    return torch.linalg.eigh(torch.cov(pixels.T))


def shift_colours(x: Tensor, eigenvalues: Tensor, P: Tensor, alpha: Tensor) -> Tensor:
    """Add one colour to each image of x (B, 3, H, W), drawn by alpha (B, 3)."""
    shift = (alpha * eigenvalues) @ P.T                               # (B, 3)
    return x + shift[:, :, None, None]


def photo() -> Tensor:
    """A real photograph (NASA, public domain, in scikit-image): (1, 3, 256, 256), 0 to 1."""
    return torch.tensor(astronaut()[::2, ::2] / 255).float().permute(2, 0, 1).unsqueeze(0)


def active_shares(bias: float) -> list[float]:
    """Share of positive ReLUs after each convolution of the untrained full-size net, on a photo."""
    x, shares = 255 * photo()[:, :, :227, :227], []
    x = x - x.mean(dim=(2, 3), keepdim=True)
    features = outline().features.to_empty(device="cpu")
    initialise(features, bias)
    with torch.no_grad():
        for layer in features:
            x = layer(x)
            if isinstance(layer, nn.ReLU):
                shares.append((x > 0).float().mean().item())
    return shares


def digit_net() -> nn.Sequential:
    """Two convolutions with response normalization and three linear layers for 8×8 digits."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), ResponseNorm(), nn.MaxPool2d(3, 2, 1),
        nn.Conv2d(16, 32, 3, padding=1, groups=2), nn.ReLU(), ResponseNorm(), nn.MaxPool2d(3, 2, 1),
        nn.Flatten(), nn.Linear(32 * 2 * 2, 64), nn.ReLU(),
        nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10),
    )


def digits(count: int = 500) -> tuple[Tensor, Tensor]:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn), less their mean, as in Sec. 2."""
    data = load_digits()
    x = torch.tensor(data.images[:count], dtype=torch.float32).unsqueeze(1) * 16
    return x - x.mean(dim=0), torch.tensor(data.target[:count])


def training_curve(bias: float, steps: int = 40, seed: int = 0) -> list[float]:
    """Training loss on the digits from weights of deviation 0.05, which fits the smaller fan-in."""
    torch.manual_seed(seed)
    (x, y), net, losses = digits(), digit_net(), []
    initialise(net, bias, std=0.05)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=0.0005)
    for _ in range(steps):
        chosen = torch.randint(len(x), (50,))
        optimiser.zero_grad()
        loss = F.cross_entropy(net(x[chosen]), y[chosen])
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def demo() -> None:
    """Count the network as the paper describes it, and see what its biases do at the start."""
    torch.manual_seed(0)
    print(f"{parameters(outline()) / 1e6:.1f} M parameters; neurons:", *neurons(outline()))
    for bias in (0, 1):
        shares = " ".join(f"{share:4.0%}" for share in active_shares(bias))
        print(f"biases {bias}: active ReLUs after convolutions 1 to 5: {shares}")


def figure() -> Figure:
    """Competition between channels, recoloured photos, and the early steps of training."""
    torch.manual_seed(0)
    fig = Figure(figsize=(8, 2.7), layout="constrained")
    left, middle, right = fig.subplots(1, 3)
    activity = torch.linspace(0, 500, 60)
    for others in (0, 100, 200):
        a = torch.full((60, 5, 1, 1), float(others))
        a[:, 2, 0, 0] = activity
        left.plot(activity, response_norm(a)[:, 2, 0, 0], label=f"neighbours at {others}")
    left.set(xlabel="activity $a$", ylabel="response $b$", ylim=(0, None))
    left.legend(frameon=False, fontsize=7)
    x = photo()[:, :, ::2, ::2]
    shifted = shift_colours(x, *colour_basis(x[0].flatten(1).T), torch.tensor([[0, 10.0, 0]]))
    middle.imshow(torch.cat([x[0], shifted[0].clamp(0, 1)], dim=2).permute(1, 2, 0))
    middle.set(title="one colour added", xticks=[], yticks=[])
    for bias in (0, 1):
        right.plot(training_curve(bias), label=f"biases {bias}")
    right.set(xlabel="step", ylabel="training loss on digits", ylim=(0, None))
    right.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
