r"""pix2pix.

Turn one picture into another, given pairs. An $L_1$ term keeps the whole in place and is blurred
or grey wherever several answers are possible; a discriminator that sees input and output together,
one patch at a time, learns what the $L_1$ term cannot say, that blur and grey are not real.

$$ \mathcal{L}_{cGAN}(G, D) = \mathbb{E}_{x,y}[\log D(x, y)]
   + \mathbb{E}_{x,z}[\log(1 - D(x, G(x, z)))] $$

$$ G^* = \arg\min_G \max_D \mathcal{L}_{cGAN}(G, D) + \lambda \mathcal{L}_{L1}(G), \qquad
   \mathcal{L}_{L1}(G) = \mathbb{E}_{x,y,z}[\lVert y - G(x, z) \rVert_1] $$

Paper: pix2pix, Eq. 1, 3 and 4, Sec. 3.2, 3.3 and 4.4, supplement
Shapes: N batch, C channels, H W space, n halvings in D (0 pixel, 1, 3, 5: 16, 70, 286 pixels)
Differs from the paper: no normalisation at the 1×1 bottleneck, where with one image it would leave
only zeros. Trained on one small photograph with 1×1 convolutions, noise as an input and a much
larger learning rate; there λ is 5.
"""

import torch
from matplotlib.figure import Figure
from skimage.data import astronaut
from torch import Tensor, nn
from torch.nn import functional as F


def normalise(C: int) -> nn.Module:
    """Batch norm by the statistics of the batch at hand, at test time too (Sec. 3.3)."""
    return nn.BatchNorm2d(C, track_running_stats=False)


class Generator(nn.Module):
    """U-Net: each layer on the way up also sees its mirror image on the way down."""

    def __init__(self, C_in: int = 3, C_out: int = 3, C: int = 64, depth: int = 8) -> None:
        super().__init__()
        down = [C * min(2**i, 8) for i in range(depth)]              # 64, 128, 256, 512, 512, ...
        up = [*down[-2::-1], C_out]                                  # 512, ..., 128, 64, 3
        above = [down[-1]] + [2 * c for c in up[:-1]]                # with what is handed across
        self.down = nn.ModuleList(
            nn.Conv2d(a, b, 4, 2, 1) for a, b in zip([C_in, *down], down, strict=False)
        )
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 4, 2, 1) for a, b in zip(above, up, strict=True)
        )
        self.down_norm = nn.ModuleList(normalise(c) for c in down[1:-1])
        self.up_norm = nn.ModuleList(normalise(c) for c in up[:-1])

    def forward(self, x: Tensor) -> Tensor:
        x = self.down[0](x)
        seen = [x]
        for i, conv in enumerate(self.down[1:]):
            x = conv(F.leaky_relu(x, 0.2))
            x = self.down_norm[i](x) if i < len(self.down_norm) else x
            seen.append(x)
        x = seen.pop()                                               # (N, 512, 1, 1)
        for i, conv in enumerate(self.up[:-1]):
            x = self.up_norm[i](conv(F.relu(x)))
            if i < 3:
                x = F.dropout(x, 0.5, training=True)                 # the noise z, always on
            x = torch.cat([x, seen.pop()], dim=1)
        return torch.tanh(self.up[-1](F.relu(x)))                    # (N, C_out, H, W)


def patch_gan(n: int = 3, C_in: int = 6, C: int = 64) -> nn.Sequential:
    """D, which gives a logit for each patch of [x, y] (N, C_in, H, W); n = 0 judges pixels."""
    k, p = (4, 1) if n > 0 else (1, 0)
    widths = [C * min(2**i, 8) for i in range(max(n, 1) + 1)]        # 64, 128, 256, 512
    strides = [2] * n + [1] * (len(widths) - n)
    layers: list[nn.Module] = []
    for a, b, s in zip([C_in, *widths], widths, strides, strict=False):
        layers += [nn.Conv2d(a, b, k, s, p)]
        layers += [nn.BatchNorm2d(b), nn.LeakyReLU(0.2)] if a != C_in else [nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, k, 1, p))


def receptive_field(D: nn.Sequential) -> int:
    """Pixels on a side that one response of D sees."""
    size = 1
    for layer in reversed(D):
        if isinstance(layer, nn.Conv2d):
            size = (size - 1) * layer.stride[0] + layer.kernel_size[0]
    return size


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def value(real: Tensor, fake: Tensor) -> Tensor:
    """L_cGAN of Eq. 1 from the logits of all patches, which count alike."""
    return F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean()


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """What D minimises, halved to slow it down."""
    return -value(real, fake) / 2


def generator_loss(fake: Tensor, y: Tensor, made: Tensor, lam: float = 100.0) -> Tensor:
    """What G minimises: -log D instead of log(1 - D), and λ times the mean absolute error."""
    return -F.logsigmoid(fake).mean() + lam * (y - made).abs().mean()


def photo() -> tuple[Tensor, Tensor]:
    """A portrait (NASA, public domain, in scikit-image): grey (1, 1, 32, 32), colour in [-1, 1]."""
    image = torch.tensor(astronaut(), dtype=torch.float32).permute(2, 0, 1)
    y = F.avg_pool2d(image.unsqueeze(0), 16) / 127.5 - 1             # (1, 3, 32, 32)
    return y.mean(dim=1, keepdim=True), y


def colourise(adversarial: bool, steps: int = 100, lam: float = 5.0) -> Tensor:
    """The photograph from its grey pixels, by L1 alone or with a PixelGAN: (1, 3, 32, 32)."""
    x, y = photo()
    G = nn.Sequential(nn.Conv2d(2, 32, 1), nn.ReLU(), nn.Conv2d(32, 32, 1), nn.ReLU(),
                      nn.Conv2d(32, 3, 1), nn.Tanh())
    D = patch_gan(n=0, C_in=4, C=16)
    for_G, for_D = (torch.optim.Adam(net.parameters(), 5e-3, (0.5, 0.999)) for net in (G, D))
    for _ in range(steps):
        made = G(torch.cat([x, torch.randn_like(x)], dim=1))
        if adversarial:
            real, fake = (D(torch.cat([x, picture], dim=1)) for picture in (y, made.detach()))
            for_D.zero_grad()
            discriminator_loss(real, fake).backward()
            for_D.step()
            loss = generator_loss(D(torch.cat([x, made], dim=1)), y, made, lam)
        else:
            loss = lam * (y - made).abs().mean()
        for_G.zero_grad()
        loss.backward()
        for_G.step()
    return made.detach()


def spread(y: Tensor) -> float:
    """How widely the colours, less their grey, vary over the pixels of y (N, 3, H, W)."""
    return (y - y.mean(dim=1, keepdim=True)).std(dim=(0, 2, 3)).mean().item()


def demo() -> None:
    """Sizes of the real networks, and colour with and without the adversary."""
    with torch.device("meta"):
        G = Generator()
        made = G(torch.empty(1, 3, 256, 256))
        print(f"G: {parameters(G) / 1e6:5.2f} M parameters, output {tuple(made.shape)}")
        for n in (0, 1, 3, 5):
            D = patch_gan(n)
            print(f"D: {parameters(D) / 1e6:5.2f} M parameters, patch {receptive_field(D):3d}")
    torch.manual_seed(0)
    colours = [spread(y) for y in (photo()[1], colourise(False), colourise(True))]
    print("spread of colours: photo {:.3f}, L1 {:.3f}, L1 + cGAN {:.3f}".format(*colours))


def figure() -> Figure:
    """A photograph, and its colours guessed from grey pixels by L1 and with a PixelGAN."""
    torch.manual_seed(0)
    x, y = photo()
    fig = Figure(figsize=(6.4, 1.9), layout="constrained")
    pictures = {"input": x.expand_as(y), "L1": colourise(False),
                "L1 + PixelGAN": colourise(True), "truth": y}
    for axes, (name, picture) in zip(fig.subplots(1, 4), pictures.items(), strict=True):
        axes.imshow((picture[0].permute(1, 2, 0) + 1) / 2)
        axes.set(title=name, xticks=[], yticks=[])
    return fig


if __name__ == "__main__":
    demo()
