r"""CycleGAN.

Translate between two heaps of pictures of which no two belong together. Two generators work in
opposite directions; each has a discriminator to please, and there and back again must give the
picture one started from.

$$ \mathcal{L}(G, F, D_X, D_Y) = \mathcal{L}_{GAN}(G, D_Y, X, Y) + \mathcal{L}_{GAN}(F, D_X, Y, X)
   + \lambda \mathcal{L}_{cyc}(G, F) $$

$$ \mathcal{L}_{cyc}(G, F) = \mathbb{E}_x[\lVert F(G(x)) - x \rVert_1]
   + \mathbb{E}_y[\lVert G(F(y)) - y \rVert_1] $$

In training the logarithms of $\mathcal{L}_{GAN}$ give way to squares: $G$ minimises
$\mathbb{E}_x[(D_Y(G(x)) - 1)^2]$, and $D_Y$ half of
$\mathbb{E}_y[(D_Y(y) - 1)^2] + \mathbb{E}_x[D_Y(G(x))^2]$.

Paper: cyclegan, Eq. 2 and 3, Sec. 4, 5.2, 7.1 and 7.2
Shapes: N batch, C channels, H W space
Differs from the paper: the real networks are counted; what is trained are 1×1 convolutions, on the
colours of two photographs, with a larger learning rate, no decay and no buffer.
"""

import random

import torch
from matplotlib.figure import Figure
from skimage.data import chelsea, coffee
from torch import Tensor, nn
from torch.nn import functional as F_


def conv(a: int, b: int, k: int, stride: int = 1) -> list[nn.Module]:
    """k×k convolution, reflected at the border where the size stays, and instance norm."""
    if stride == 1:
        return [nn.ReflectionPad2d(k // 2), nn.Conv2d(a, b, k), nn.InstanceNorm2d(b)]
    return [nn.Conv2d(a, b, k, stride, k // 2), nn.InstanceNorm2d(b)]


class Residual(nn.Module):
    """R256: two 3×3 convolutions whose result is added to the input."""

    def __init__(self, C: int) -> None:
        super().__init__()
        self.change = nn.Sequential(*conv(C, C, 3), nn.ReLU(), *conv(C, C, 3))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.change(x)


def generator(blocks: int = 9, C: int = 64) -> nn.Sequential:
    """c7s1-64, d128, d256, R256 × blocks, u128, u64, c7s1-3; 6 blocks for 128×128 pixels."""
    layers = [*conv(3, C, 7), nn.ReLU()]
    for c in (C, 2 * C):                                             # halve H and W
        layers += [*conv(c, 2 * c, 3, stride=2), nn.ReLU()]
    layers += [Residual(4 * C) for _ in range(blocks)]
    for c in (4 * C, 2 * C):                                         # double them again
        layers += [nn.ConvTranspose2d(c, c // 2, 3, 2, padding=1, output_padding=1),
                   nn.InstanceNorm2d(c // 2), nn.ReLU()]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(C, 3, 7), nn.Tanh())


def discriminator(C: int = 64) -> nn.Sequential:
    """C64-C128-C256-C512 and one output for each patch of 70×70 pixels."""
    layers = [nn.Conv2d(3, C, 4, 2, 1), nn.LeakyReLU(0.2)]
    for c, stride in ((C, 2), (2 * C, 2), (4 * C, 1)):
        layers += [nn.Conv2d(c, 2 * c, 4, stride, 1), nn.InstanceNorm2d(2 * c), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(8 * C, 1, 4, 1, 1))


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def fooling_loss(fake: Tensor) -> Tensor:
    """What a generator minimises: D's answers to its pictures should be 1."""
    return (fake - 1).square().mean()


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """What D minimises, halved to slow it down: 1 for real pictures, 0 for made ones."""
    return ((real - 1).square().mean() + fake.square().mean()) / 2


def cycle_loss(x: Tensor, x_back: Tensor, y: Tensor, y_back: Tensor) -> Tensor:
    """Eq. 2, with x_back = F(G(x)) and y_back = G(F(y))."""
    return F_.l1_loss(x_back, x) + F_.l1_loss(y_back, y)


def identity_loss(x: Tensor, F_of_x: Tensor, y: Tensor, G_of_y: Tensor) -> Tensor:
    """Sec. 5.2: what is already in the target domain should stay as it is, its tint above all."""
    return F_.l1_loss(G_of_y, y) + F_.l1_loss(F_of_x, x)


def learning_rate(epoch: int, lr: float = 2e-4) -> float:
    """Constant for epochs 0 to 99, then down in a straight line to reach 0 at epoch 200."""
    return lr * min(1.0, (200 - epoch) / 100)


class Buffer:
    """The last pictures made: half of the time D is shown an old one in place of the new."""

    def __init__(self, size: int = 50, seed: int = 0) -> None:
        self.size, self.pictures, self.random = size, [], random.Random(seed)

    def exchange(self, picture: Tensor) -> Tensor:
        """Take one picture in, give one out."""
        if len(self.pictures) < self.size:
            self.pictures.append(picture)
            return picture
        if self.random.random() < 0.5:
            return picture
        place = self.random.randrange(self.size)
        old, self.pictures[place] = self.pictures[place], picture
        return old


def photos() -> tuple[Tensor, Tensor]:
    """A cat and a cup (scikit-image, CC0): two pictures (1, 3, 16, 16) with values in [-1, 1]."""
    crops = chelsea()[:288, 80:368], coffee()[:384, 100:484]
    cat, cup = (torch.tensor(c, dtype=torch.float32).permute(2, 0, 1)[None] for c in crops)
    return F_.avg_pool2d(cat, 18) / 127.5 - 1, F_.avg_pool2d(cup, 24) / 127.5 - 1


def pixel_net(outputs: int) -> nn.Sequential:
    """Three 1×1 convolutions: each pixel for itself."""
    return nn.Sequential(nn.Conv2d(3, 32, 1), nn.LeakyReLU(0.2), nn.Conv2d(32, 32, 1),
                         nn.LeakyReLU(0.2), nn.Conv2d(32, outputs, 1))


def train(x: Tensor, y: Tensor, adversarial: float = 1.0, lam: float = 10.0, steps: int = 120
          ) -> tuple[nn.Sequential, nn.Sequential]:
    """G and F for the colours of x and y; either term can be weighted down to 0."""
    G, F, D_X, D_Y = pixel_net(3), pixel_net(3), pixel_net(1), pixel_net(1)
    for_D = torch.optim.Adam([*D_X.parameters(), *D_Y.parameters()], 5e-3, (0.5, 0.999))
    for_G = torch.optim.Adam([*G.parameters(), *F.parameters()], 5e-3, (0.5, 0.999))
    for _ in range(steps):
        to_y, to_x = G(x), F(y)
        loss = lam * cycle_loss(x, F(to_y), y, G(to_x))
        loss = loss + adversarial * (fooling_loss(D_Y(to_y)) + fooling_loss(D_X(to_x)))
        for_G.zero_grad()
        loss.backward()
        for_G.step()
        for_D.zero_grad()
        (discriminator_loss(D_Y(y), D_Y(to_y.detach()))
         + discriminator_loss(D_X(x), D_X(to_x.detach()))).backward()
        for_D.step()
    return G, F


def colour_distance(a: Tensor, b: Tensor) -> float:
    """How far the colours of two pictures (1, 3, H, W) are from each other, sorted by channel."""
    return (a.flatten(2).sort().values - b.flatten(2).sort().values).abs().mean().item()


def demo() -> None:
    """The sizes of the networks, and what each of the two terms is for."""
    with torch.device("meta"):
        print(f"G, 9 blocks: {parameters(generator()) / 1e6:.2f} M parameters; "
              f"D: {parameters(discriminator()) / 1e6:.2f} M")
    x, y = photos()
    for name, adversarial, lam in (("both", 1, 10), ("GAN alone", 1, 0), ("cycle alone", 0, 10)):
        torch.manual_seed(0)
        G, F = train(x, y, adversarial, lam)
        print(f"{name:12s} colours off by {colour_distance(G(x), y):.2f}, "
              f"there and back by {F_.l1_loss(F(G(x)), x).item():.2f}")


def figure() -> Figure:
    """A cat in the colours of a cup of coffee, and back, with one or both terms."""
    x, y = photos()
    fig = Figure(figsize=(5.6, 4.2), layout="constrained")
    rows = fig.subplots(3, 4)
    for row, (name, adversarial, lam) in zip(
        rows, (("both", 1, 10), ("GAN alone", 1, 0), ("cycle alone", 0, 10)), strict=True
    ):
        torch.manual_seed(0)
        G, F = train(x, y, adversarial, lam)
        pictures = {"x": x, "G(x)": G(x), "F(G(x))": F(G(x)), "y": y}
        row[0].set_ylabel(name)
        for axes, (title, picture) in zip(row, pictures.items(), strict=True):
            axes.imshow(((picture.detach()[0].permute(1, 2, 0) + 1) / 2).clamp(0, 1))
            axes.set(title=title if name == "both" else "", xticks=[], yticks=[])
    return fig


if __name__ == "__main__":
    demo()
