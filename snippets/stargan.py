r"""StarGAN.

One generator for any number of domains: it reads the picture and a label of what the picture should
become. The discriminator also names the domain of what it sees, and on the way back, to the label
the picture had, the original has to return.

$$ \mathcal{L}_D = -\mathcal{L}_{adv} + \lambda_{cls} \mathcal{L}^r_{cls}, \qquad
   \mathcal{L}_G = \mathcal{L}_{adv} + \lambda_{cls} \mathcal{L}^f_{cls}
   + \lambda_{rec} \mathcal{L}_{rec} $$

$$ \mathcal{L}_{rec} = \mathbb{E}[\lVert x - G(G(x, c), c') \rVert_1], \qquad
   \mathcal{L}_{adv} = \mathbb{E}[D_{src}(x)] - \mathbb{E}[D_{src}(G(x, c))]
   - \lambda_{gp} \mathbb{E}[(\lVert \nabla_{\hat x} D_{src}(\hat x) \rVert_2 - 1)^2] $$

$$ \tilde c = [c_1, \dots, c_n, m] $$

Paper: stargan, Eq. 1 to 8, Sec. 3 and 4, appendix 7.2
Shapes: N batch, C channels, H W space, K labels, n data sets
Differs from the paper: the real networks are counted; trained is a net of 1×1 convolutions that
recolours 8×8 digits, with larger learning rates and one step of D for each of G instead of five.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def with_label(x: Tensor, c: Tensor) -> Tensor:
    """The label c (N, K) as K more channels, constant over the picture x (N, C, H, W)."""
    planes = c[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, planes], dim=1)                             # (N, C + K, H, W)


def norm(C: int) -> nn.Module:
    """Instance norm with a learned gain and bias."""
    return nn.InstanceNorm2d(C, affine=True)


class Residual(nn.Module):
    """Two 3×3 convolutions whose result is added to the input."""

    def __init__(self, C: int) -> None:
        super().__init__()
        self.change = nn.Sequential(nn.Conv2d(C, C, 3, 1, 1, bias=False), norm(C), nn.ReLU(),
                                    nn.Conv2d(C, C, 3, 1, 1, bias=False), norm(C))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.change(x)


class Generator(nn.Module):
    """Two halvings, six residual blocks, two doublings; K labels come in with the picture."""

    def __init__(self, K: int, C: int = 64, blocks: int = 6) -> None:
        super().__init__()
        layers = [nn.Conv2d(3 + K, C, 7, 1, 3, bias=False), norm(C), nn.ReLU()]
        for c in (C, 2 * C):
            layers += [nn.Conv2d(c, 2 * c, 4, 2, 1, bias=False), norm(2 * c), nn.ReLU()]
        layers += [Residual(4 * C) for _ in range(blocks)]
        for c in (2 * C, C):
            layers += [nn.ConvTranspose2d(2 * c, c, 4, 2, 1, bias=False), norm(c), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv2d(C, 3, 7, 1, 3, bias=False), nn.Tanh())

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        return self.layers(with_label(x, c))                         # (N, 3, H, W)


class Discriminator(nn.Module):
    """Real or made, for each patch, and K logits for the domain; no normalisation."""

    def __init__(self, K: int, size: int = 128, C: int = 64, depth: int = 6) -> None:
        super().__init__()
        widths = [3, *(C * 2**i for i in range(depth))]              # 3, 64, 128, ..., 2048
        layers: list[nn.Module] = []
        for i in range(depth):
            layers += [nn.Conv2d(widths[i], widths[i + 1], 4, 2, 1), nn.LeakyReLU(0.01)]
        self.layers = nn.Sequential(*layers)
        self.src = nn.Conv2d(widths[-1], 1, 3, 1, 1, bias=False)
        self.cls = nn.Conv2d(widths[-1], K, size // 2**depth, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        h = self.layers(x)
        return self.src(h), self.cls(h).flatten(1)                   # (N, 1, h, w), (N, K)


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def generators_for_pairs(k: int) -> int:
    """Generators that k domains need if each serves one ordered pair of them."""
    return k * (k - 1)


def unified_label(labels: list[Tensor], known: int) -> Tensor:
    """Eq. 7: label vectors (N, K_i), zero but for the known data set, and which one that is."""
    parts = [c if i == known else torch.zeros_like(c) for i, c in enumerate(labels)]
    mask = F.one_hot(torch.tensor(known), len(labels)).expand(len(labels[0]), -1)
    return torch.cat([*parts, mask.to(parts[0].dtype)], dim=1)       # (N, K_1 + ... + K_n + n)


def classification_loss(logits: Tensor, c: Tensor, exclusive: bool) -> Tensor:
    """-log D_cls(c | x): one of K expressions if exclusive, else K attributes, yes or no."""
    if exclusive:
        return F.cross_entropy(logits, c.argmax(1))
    return F.binary_cross_entropy_with_logits(logits, c, reduction="sum") / len(c)


def gradient_penalty(D: nn.Module, real: Tensor, made: Tensor) -> Tensor:
    """The last term of Eq. 8, at random points between real and made pictures."""
    share = torch.rand(len(real), 1, 1, 1)
    between = (share * real + (1 - share) * made).detach().requires_grad_()
    slope, = torch.autograd.grad(D(between)[0].sum(), between, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def discriminator_loss(D: nn.Module, x: Tensor, made: Tensor, c_from: Tensor,
                       exclusive: bool = True) -> Tensor:
    """Eq. 5 with Eq. 8: λ_gp = 10, λ_cls = 1."""
    real, logits = D(x)
    adversarial = real.mean() - D(made.detach())[0].mean() - 10 * gradient_penalty(D, x, made)
    return -adversarial + classification_loss(logits, c_from, exclusive)


def generator_loss(G: nn.Module, D: nn.Module, x: Tensor, c_from: Tensor, c: Tensor,
                   exclusive: bool = True) -> Tensor:
    """Eq. 6: λ_cls = 1, λ_rec = 10."""
    made = G(x, c)
    source, logits = D(made)
    back = (x - G(made, c_from)).abs().mean()
    return -source.mean() + classification_loss(logits, c, exclusive) + 10 * back


class Recolour(nn.Module):
    """A small generator for the experiment: 1×1 convolutions, each pixel for itself."""

    def __init__(self, K: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3 + K, 32, 1), nn.ReLU(), nn.Conv2d(32, 3, 1))

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        return self.layers(with_label(x, c))


def digits(n: int = 300) -> tuple[Tensor, Tensor]:
    """Real digits (UCI, CC BY 4.0, in scikit-learn) in red, green or blue ink, and the colour."""
    ink = torch.tensor(load_digits().images[:n], dtype=torch.float32) / 16
    c = F.one_hot(torch.arange(n) % 3, 3).float()
    return ink[:, None] * c[:, :, None, None], c                     # (n, 3, 8, 8), (n, 3)


def train(steps: int = 100, batch: int = 32) -> Recolour:
    """One generator for all three colours, which never sees a digit in two of them."""
    x, c_from = digits()
    G, D = Recolour(3), Discriminator(3, size=8, C=16, depth=2)
    for_G, for_D = (torch.optim.Adam(net.parameters(), 5e-3, (0.5, 0.999)) for net in (G, D))
    for _ in range(steps):
        chosen = torch.randint(len(x), (batch,))
        c = c_from[torch.randint(len(x), (batch,))]                  # targets at random
        for_D.zero_grad()
        discriminator_loss(D, x[chosen], G(x[chosen], c), c_from[chosen]).backward()
        for_D.step()
        for_G.zero_grad()
        generator_loss(G, D, x[chosen], c_from[chosen], c).backward()
        for_G.step()
    return G


def demo() -> None:
    """The size of the networks, and one generator that serves six translations."""
    with torch.device("meta"):
        G, D = Generator(8), Discriminator(8)
        print(f"G {parameters(G) / 1e6:.1f} M + D {parameters(D) / 1e6:.1f} M parameters, once; "
              f"pairs of 8 domains: {generators_for_pairs(8)} generators")
    torch.manual_seed(0)
    G, (x, _) = train(), digits()
    for k, name in enumerate(("red", "green", "blue")):
        made = G(x, torch.eye(3)[k].expand(len(x), 3))
        print(f"to {name:5s} ink by channel: {[round(v.item(), 2) for v in made.mean((0, 2, 3))]}")


def figure() -> Figure:
    """Digits in the ink they have, and turned into each of the three by one generator."""
    torch.manual_seed(0)
    G, (x, _) = train(), digits()
    fig = Figure(figsize=(5, 2.4), layout="constrained")
    rows = {"input": x[:9], **{name: G(x[:9], torch.eye(3)[k].expand(9, 3)).detach()
                               for k, name in enumerate(("to red", "to green", "to blue"))}}
    for axes, (name, pictures) in zip(fig.subplots(4, 1), rows.items(), strict=True):
        axes.imshow(pictures.permute(2, 0, 3, 1).flatten(1, 2).clamp(0, 1))
        axes.set(xticks=[], yticks=[])
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
    return fig


if __name__ == "__main__":
    demo()
