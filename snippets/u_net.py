r"""U-Net.

Go down to see context, come back up to say where, and at each size join what was seen on the way
down: half of the channels come from below, half, cropped, from the same level of the descent.
No convolution is padded, so every output pixel is computed from real pixels, and an image of any
size can be segmented tile by tile; without a seam where tiles are a multiple of 2^depth pixels.

$$ E = -\sum_{\mathbf x \in \Omega} w(\mathbf x) \log p_{\ell(\mathbf x)}(\mathbf x), \qquad
   w(\mathbf x) = w_c(\mathbf x) + w_0 \cdot \exp\!\left(
   -\frac{(d_1(\mathbf x) + d_2(\mathbf x))^2}{2 \sigma^2} \right) $$

Here $p$ is the soft-max over the classes, $\ell$ the true class, $w_c$ balances the classes, and
$d_1, d_2$ are the distances to the nearest and the second nearest cell: thin gaps weigh most.

Paper: u_net, Fig. 1 and 2, Eq. 1 and 2, Sec. 2, 3 and 3.1
Shapes: N batch, C channels, H W space, K classes
Differs from the paper: trained on collages of 8×8 digits, with a smaller net and Adam in place of
momentum. Eq. 1 is printed without its minus sign. The rate of dropout, 0.5, is not in the paper;
here it is 0. The gain of deformations is not measured.
"""

import torch
from matplotlib.figure import Figure
from scipy.ndimage import distance_transform_edt
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def double_conv(C_in: int, C_out: int) -> nn.Sequential:
    """Two 3×3 convolutions without padding, each with a ReLU: 4 pixels less on each axis."""
    return nn.Sequential(nn.Conv2d(C_in, C_out, 3), nn.ReLU(),
                         nn.Conv2d(C_out, C_out, 3), nn.ReLU())


def crop(x: Tensor, size: tuple[int, int]) -> Tensor:
    """The middle of x (N, C, H, W), of this height and width."""
    top, left = (x.shape[2] - size[0]) // 2, (x.shape[3] - size[1]) // 2
    return x[:, :, top : top + size[0], left : left + size[1]]


class UNet(nn.Module):
    """Fig. 1, with C channels at full size and `depth` halvings; skips can be cut to compare."""

    def __init__(self, C_in: int = 1, K: int = 2, C: int = 64, depth: int = 4,
                 skips: bool = True) -> None:
        super().__init__()
        widths = [C * 2**level for level in range(depth + 1)]         # 64, 128, 256, 512, 1024
        self.skips = skips
        self.down = nn.ModuleList(
            double_conv(a, b) for a, b in zip([C_in, *widths], widths, strict=False)
        )
        pairs = list(zip(widths[:0:-1], widths[-2::-1], strict=True))  # (1024, 512), ...
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in pairs)
        self.join = nn.ModuleList(double_conv(a, b) for a, b in pairs)
        self.classify = nn.Conv2d(C, K, 1)

    def forward(self, x: Tensor) -> Tensor:
        seen = []
        for i, block in enumerate(self.down):
            x = block(F.max_pool2d(x, 2) if i > 0 else x)
            seen.append(x)
        for level, (up, join) in enumerate(zip(self.up, self.join, strict=True)):
            x = up(x)
            skip = crop(seen[-2 - level], x.shape[2:]) * self.skips
            x = join(torch.cat([skip, x], dim=1))
        return self.classify(x)                                       # (N, K, H', W')


def output_size(size: int, depth: int = 4) -> int:
    """Pixels that come out where this many go in; they must halve evenly at each level."""
    for _ in range(depth):
        if (size - 4) % 2:
            raise ValueError("the pixels do not halve evenly at every level")
        size = (size - 4) // 2
    for _ in range(depth + 1):
        size = (size - 4) * 2
    return size // 2


def parameters(net: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for p in net.parameters())


def segment(net: nn.Module, x: Tensor, tile: int, margin: int) -> Tensor:
    """Overlap-tile strategy: scores (N, K, H, W) of x (N, C, H, W), mirrored by the margin.

    The net turns tile + 2 · margin pixels into tile; H and W are multiples of the tile.
    """
    x = F.pad(x, (margin,) * 4, mode="reflect")
    size = tile + 2 * margin
    rows = []
    for top in range(0, x.shape[2] - 2 * margin, tile):
        row = [net(x[:, :, top : top + size, left : left + size])
               for left in range(0, x.shape[3] - 2 * margin, tile)]
        rows.append(torch.cat(row, dim=3))
    return torch.cat(rows, dim=2)


def weight_map(cells: Tensor, w_0: float = 10.0, sigma: float = 5.0) -> Tensor:
    """Eq. 2 for a map (H, W) that holds 0 for background and a number for each cell."""
    distances = [torch.from_numpy(distance_transform_edt(cells != cell))
                 for cell in cells.unique() if cell > 0]
    d_1, d_2 = torch.stack(distances).sort(dim=0).values[:2]
    share = (cells > 0).double().mean()
    w_c = torch.where(cells > 0, 0.5 / share, 0.5 / (1 - share))      # mean 1, classes equal
    border = w_0 * torch.exp(-((d_1 + d_2) ** 2) / (2 * sigma**2))
    return (w_c + border * (cells == 0)).float()


def energy(scores: Tensor, labels: Tensor, w: Tensor) -> Tensor:
    """Eq. 1, as a mean over pixels: scores (N, K, H, W), labels and weights (N, H, W)."""
    log_p = scores.log_softmax(dim=1).gather(1, labels.unsqueeze(1)).squeeze(1)
    return -(w * log_p).mean()


def deform(x: Tensor, std: float = 10.0) -> Tensor:
    """Sec. 3.1: shift pixels of x (N, C, H, W) by smooth fields, normal on a 3×3 grid."""
    N, _, H, W = x.shape
    coarse = torch.randn(N, 2, 3, 3) * std                            # x and y, in pixels
    shift = F.interpolate(coarse, (H, W), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
    still = F.affine_grid(torch.eye(2, 3).expand(N, 2, 3), [N, 1, H, W], align_corners=True)
    grid = still + shift * 2 / torch.tensor([W - 1, H - 1])           # corners are at -1 and 1
    return F.grid_sample(x, grid, padding_mode="reflection", align_corners=True)


def collages(count: int, seed: int, noise: float = 0.3) -> tuple[Tensor, Tensor]:
    """Nine real digits each (UCI, CC BY 4.0, in scikit-learn), a pixel apart: images, cell maps."""
    images = torch.tensor(load_digits().images, dtype=torch.float32).unsqueeze(1) / 16
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randint(len(images), (count * 9,), generator=generator)
    large = F.pad(F.interpolate(images[chosen], scale_factor=2, mode="bilinear"), (0, 1, 0, 1))
    cells = (large > 0.3) * torch.arange(1, 10).repeat(count)[:, None, None, None]
    mosaic = [t.reshape(count, 3, 3, 17, 17).transpose(2, 3).reshape(count, 51, 51)[:, :44, :44]
              for t in (large, cells)]
    x = mosaic[0] + noise * torch.randn(count, 44, 44, generator=generator)
    return x.unsqueeze(1), mosaic[1]                                  # (N, 1, 44, 44), (N, 44, 44)


def train(skips: bool = True, w_0: float = 0.0, steps: int = 40, seed: int = 1) -> UNet:
    """A U-Net of depth 2 that finds the ink of noisy collages, with this weight on the gaps."""
    torch.manual_seed(seed)
    net = UNet(C=8, depth=2, skips=skips)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")    # sqrt(2 / fan-in)
            nn.init.zeros_(layer.bias)
    x, cells = collages(24, seed=0)
    x = F.pad(x, (20,) * 4, mode="reflect")
    w = torch.stack([weight_map(one, w_0) for one in cells])
    optimiser = torch.optim.Adam(net.parameters(), lr=0.005)
    for _ in range(steps):
        chosen = torch.randint(len(x), (2,))
        optimiser.zero_grad()
        energy(net(x[chosen]), (cells > 0).long()[chosen], w[chosen]).backward()
        optimiser.step()
    return net


def judge(net: UNet) -> tuple[float, float]:
    """On unseen collages: intersection over union of the ink; share of gap pixels taken for ink."""
    x, cells = collages(8, seed=1)
    with torch.no_grad():
        found = segment(net, x, tile=44, margin=20).argmax(dim=1) == 1
    ink = cells > 0
    gaps = torch.stack([weight_map(one) - weight_map(one, w_0=0.0) > 6 for one in cells])
    iou = (found & ink).sum() / (found | ink).sum()
    return iou.item(), found[gaps].float().mean().item()


def demo() -> None:
    """Count the network of Fig. 1, then train a small one with its skips cut and intact."""
    with torch.device("meta"):
        print(f"{parameters(UNet()) / 1e6:.1f} M parameters, 572 pixels in, {output_size(572)} out")
    for skips in (False, True):
        iou, _ = judge(train(skips))
        print(f"skips {'on ' if skips else 'cut'}: intersection over union of the ink {iou:.2f}")


def figure() -> Figure:
    """A collage, its weights, and what is found without and with weight on the gaps."""
    x, cells = collages(8, seed=1)
    fig = Figure(figsize=(8, 2.3), layout="constrained")
    pictures = {"image": x[0, 0], "weight map (Eq. 2)": weight_map(cells[0])}
    for w_0, name in ((0.0, "ink found, $w_0 = 0$"), (10.0, "ink found, $w_0 = 10$")):
        pictures[name] = segment(train(w_0=w_0), x[:1], 44, 20).softmax(1)[0, 1].detach()
    for axes, (name, picture) in zip(fig.subplots(1, 4), pictures.items(), strict=True):
        axes.imshow(picture, cmap="gray" if name == "image" else "viridis")
        axes.set_title(name, fontsize=9)
        axes.set_axis_off()
    return fig


if __name__ == "__main__":
    demo()
