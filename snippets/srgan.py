r"""SRGAN.

Enlarge a photograph four times. Many sharp pictures shrink to the same small one, and squared error
answers with their mean, which is blurred. The perceptual loss compares features of a recogniser in
place of pixels and adds a discriminator: the answer may be wrong in detail, but has to look real.

$$ l^{SR} = l^{SR}_{X} + 10^{-3}\, l^{SR}_{Gen}, \qquad
   l^{SR}_{Gen} = \sum_{n=1}^{N} -\log D_{\theta_D}(G_{\theta_G}(I^{LR})) $$

$$ l^{SR}_{VGG/i,j} = \frac{1}{W_{i,j} H_{i,j}} \sum_{x=1}^{W_{i,j}} \sum_{y=1}^{H_{i,j}}
   (\phi_{i,j}(I^{HR})_{x,y} - \phi_{i,j}(G_{\theta_G}(I^{LR}))_{x,y})^2 $$

Paper: srgan, Eq. 2 to 6, Fig. 4, Sec. 3.2
Shapes: N batch, C channels, H W space (low resolution), B residual blocks
Differs from the paper: the real networks are counted, without the trained weights of VGG19. Trained
are linear layers on 8×8 digits from 2×2 pixels, with MSE as content and the adversary at 0.03.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def pixel_shuffle(x: Tensor, r: int = 2) -> Tensor:
    """Sub-pixel layer: r² channels of x (N, C r², H, W) become r×r pixels: (N, C, r H, r W)."""
    N, C, H, W = x.shape
    x = x.reshape(N, C // r**2, r, r, H, W).permute(0, 1, 4, 2, 5, 3)
    return x.reshape(N, C // r**2, H * r, W * r)


class Residual(nn.Module):
    """k3n64s1 twice, each with batch norm; what they compute is added to the input."""

    def __init__(self, C: int) -> None:
        super().__init__()
        self.change = nn.Sequential(
            nn.Conv2d(C, C, 3, padding=1), nn.BatchNorm2d(C), nn.PReLU(),
            nn.Conv2d(C, C, 3, padding=1), nn.BatchNorm2d(C),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.change(x)


class Generator(nn.Module):
    """SRResNet: all work at low resolution, enlarged by two sub-pixel layers at the very end."""

    def __init__(self, B: int = 16, C: int = 64) -> None:
        super().__init__()
        self.start = nn.Sequential(nn.Conv2d(3, C, 9, padding=4), nn.PReLU())
        self.blocks = nn.Sequential(*[Residual(C) for _ in range(B)],
                                    nn.Conv2d(C, C, 3, padding=1), nn.BatchNorm2d(C))
        self.enlarge = nn.ModuleList(nn.Conv2d(C, 4 * C, 3, padding=1) for _ in range(2))
        self.activate = nn.ModuleList(nn.PReLU() for _ in range(2))
        self.end = nn.Conv2d(C, 3, 9, padding=4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.start(x)
        x = x + self.blocks(x)                                       # (N, 64, H, W)
        for enlarge, activate in zip(self.enlarge, self.activate, strict=True):
            x = activate(pixel_shuffle(enlarge(x)))
        return self.end(x)                                           # (N, 3, 4 H, 4 W)


def discriminator(C: int = 64, size: int = 96) -> nn.Sequential:
    """Eight convolutions, 64 to 512 channels, then 1024 units: the logit of "a real photograph"."""
    layers: list[nn.Module] = [nn.Conv2d(3, C, 3, 1, 1), nn.LeakyReLU(0.2)]
    widths = [C, C, 2 * C, 2 * C, 4 * C, 4 * C, 8 * C, 8 * C]
    for i in range(1, 8):
        layers += [nn.Conv2d(widths[i - 1], widths[i], 3, 1 + i % 2, 1),
                   nn.BatchNorm2d(widths[i]), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(8 * C * (size // 16) ** 2, 16 * C),
                         nn.LeakyReLU(0.2), nn.Linear(16 * C, 1), nn.Flatten(0))


def vgg19(i: int = 5, j: int = 4) -> nn.Sequential:
    """φ of VGG19: up to the ReLU of the j-th convolution before the i-th pooling."""
    layers: list[nn.Module] = []
    C = 3
    for block, (width, convs) in enumerate(((64, 2), (128, 2), (256, 4), (512, 4), (512, 4)), 1):
        for _ in range(j if block == i else convs):
            layers += [nn.Conv2d(C, width, 3, padding=1), nn.ReLU()]
            C = width
        if block == i:
            break
        layers += [nn.MaxPool2d(2)]
    return nn.Sequential(*layers)


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def vgg_loss(real: Tensor, made: Tensor, scale: float = 12.75) -> Tensor:
    """Eq. 5 for features (N, C, H, W), divided by 12.75 first to be of the size of the MSE."""
    return ((real - made) / scale).square().sum(dim=1).mean()


def adversarial_loss(fake: Tensor) -> Tensor:
    """Eq. 6 from the logits (N,) of made pictures."""
    return -F.logsigmoid(fake).sum()


def perceptual_loss(content: Tensor, fake: Tensor, weight: float = 1e-3) -> Tensor:
    """Eq. 3: what G minimises."""
    return content + weight * adversarial_loss(fake)


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Eq. 2 with the sign turned, from the logits (N,) of real and of made pictures."""
    return -F.logsigmoid(real).mean() - F.logsigmoid(-fake).mean()


def psnr(real: Tensor, made: Tensor, span: float = 2.0) -> float:
    """Peak signal-to-noise ratio in dB, for values in [-1, 1]."""
    return (10 * torch.log10(span**2 / F.mse_loss(made, real))).item()


def sharpness(x: Tensor) -> float:
    """Mean difference of neighbouring pixels in x (N, C, H, W)."""
    return (x.diff(dim=2).abs().mean() + x.diff(dim=3).abs().mean()).item()


def digits() -> tuple[Tensor, Tensor]:
    """Real digits (UCI, CC BY 4.0, in scikit-learn): 2×2 means and 8×8 pixels in [-1, 1]."""
    y = torch.tensor(load_digits().images, dtype=torch.float32).unsqueeze(1) / 8 - 1
    return F.avg_pool2d(y, 4), y                                     # (N, 1, 2, 2), (N, 1, 8, 8)


def enlarge_digits(weight: float, steps: int = 200, batch: int = 64) -> Tensor:
    """Digits (N, 1, 8, 8) from 2×2 pixels after training with this weight of the adversary."""
    x, y = digits()
    G = nn.Sequential(nn.Flatten(), nn.Linear(4, 64), nn.PReLU(), nn.Linear(64, 64), nn.PReLU(),
                      nn.Linear(64, 64), nn.Tanh(), nn.Unflatten(1, (1, 8, 8)))
    D = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64),
                      nn.LeakyReLU(0.2), nn.Linear(64, 1), nn.Flatten(0))
    for_G, for_D = (torch.optim.Adam(net.parameters(), 2e-3, (0.5, 0.999)) for net in (G, D))
    for _ in range(steps):
        chosen = torch.randint(len(x), (batch,))
        made = G(x[chosen])
        for_D.zero_grad()
        discriminator_loss(D(y[chosen]), D(made.detach())).backward()
        for_D.step()
        for_G.zero_grad()
        perceptual_loss(F.mse_loss(made, y[chosen]), D(made), weight / batch).backward()
        for_G.step()
    return G(x).detach()


def demo() -> None:
    """Sizes of the networks, and what the adversary costs and gives."""
    with torch.device("meta"):
        G, D = Generator(), discriminator()
        print(f"G: {parameters(G) / 1e6:.2f} M parameters, 24 -> "
              f"{G(torch.empty(1, 3, 24, 24)).shape[2]}; D: {parameters(D) / 1e6:.1f} M")
    y = digits()[1]
    print(f"real digits       sharpness {sharpness(y):.2f}")
    for weight in (0.0, 0.03):
        torch.manual_seed(0)
        made = enlarge_digits(weight)
        print(f"adversary {weight:4.2f}    sharpness {sharpness(made):.2f}, "
              f"PSNR {psnr(y, made):.1f} dB")


def figure() -> Figure:
    """Digits from 2×2 pixels: by squared error, with the adversary, and the real ones."""
    x, y = digits()
    rows = {"2×2": x, "MSE": None, "MSE + adversary": None, "real": y}
    for name, weight in (("MSE", 0.0), ("MSE + adversary", 0.03)):
        torch.manual_seed(0)
        rows[name] = enlarge_digits(weight)
    fig = Figure(figsize=(6, 2.8), layout="constrained")
    for axes, (name, pictures) in zip(fig.subplots(4, 1), rows.items(), strict=True):
        side = pictures.shape[2]
        strip = F.pad(pictures[:12, 0], (0, side // 8), value=1).permute(1, 0, 2).flatten(1)
        axes.imshow(strip, cmap="gray", vmin=-1, vmax=1)
        axes.set(xticks=[], yticks=[])
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
    return fig


if __name__ == "__main__":
    demo()
