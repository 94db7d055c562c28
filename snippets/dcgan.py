r"""Deep convolutional generative adversarial network.

A recipe that makes the adversarial game work with convolutions: strided convolutions in the
discriminator $D$ and their transposes in the generator $G$, instead of pooling and up-sampling;
batch normalization in both, except at the image ($G$'s output, $D$'s input); no hidden dense
layers; ReLU and tanh in $G$, leaky ReLU in $D$; all weights drawn from $\mathcal N(0, 0.02^2)$.

$$ h_0 = \mathrm{relu}(\mathrm{BN}(z W)), \qquad
   h_{l+1} = \mathrm{relu}(\mathrm{BN}(W_l^{\top} \star_{1/2} h_l)), \qquad
   G(z) = \tanh(W_L^{\top} \star_{1/2} h_L) $$

$$ \langle W \star_2 x,\ h \rangle = \langle x,\ W^{\top} \star_{1/2} h \rangle $$

Here $\star_2$ is a convolution of stride 2 and $W^\top \star_{1/2}$ its transpose, the
“fractionally strided” convolution that doubles the size.

Paper: dcgan, Sec. 3 and 4, Fig. 1
Shapes: N batch, Z noise, C channels, S size of the image
Differs from the paper: the full nets follow the authors' code for faces (no biases beside batch
norm's); those that are trained are 16×16 with 8 filters, on digits, for 80 steps.
"""

from itertools import pairwise

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F


def widths(size: int, filters: int) -> list[int]:
    """Channels at 4×4, 8×8, … up to half the image: they halve whenever the size doubles."""
    doublings = (size // 4).bit_length() - 1
    return [filters * 2**i for i in reversed(range(doublings))]


def double(inputs: int, outputs: int) -> nn.ConvTranspose2d:
    """Fractionally strided 5×5 convolution: (N, inputs, s, s) to (N, outputs, 2s, 2s)."""
    return nn.ConvTranspose2d(inputs, outputs, 5, 2, padding=2, output_padding=1, bias=False)


def halve(inputs: int, outputs: int) -> nn.Conv2d:
    """Strided 5×5 convolution: (N, inputs, 2s, 2s) to (N, outputs, s, s)."""
    return nn.Conv2d(inputs, outputs, 5, 2, padding=2, bias=False)


def initialise(net: nn.Sequential) -> nn.Sequential:
    """Weights from N(0, 0.02²); gains of batch norm likewise, around 1."""
    for layer in net:
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(layer.weight, 1.0, 0.02)
        elif isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(layer.weight, 0.0, 0.02)
    return net


def generator(
    size: int = 64, colours: int = 3, filters: int = 128, noise: int = 100, norm: bool = True
) -> nn.Sequential:
    """From noise (N, Z) to images (N, colours, S, S) in (-1, 1); norm=False: no batch norm."""
    c = widths(size, filters)
    layers = [nn.Linear(noise, c[0] * 16, bias=False)]
    layers += [nn.BatchNorm1d(c[0] * 16)] if norm else []
    layers += [nn.ReLU(), nn.Unflatten(1, (c[0], 4, 4))]          # (N, 1024, 4, 4)
    for inputs, outputs in pairwise(c):
        layers += [double(inputs, outputs)]                       # (N, 512, 8, 8) …
        layers += [nn.BatchNorm2d(outputs)] if norm else []
        layers += [nn.ReLU()]
    return initialise(nn.Sequential(*layers, double(c[-1], colours), nn.Tanh()))


def discriminator(size: int = 64, colours: int = 3, filters: int = 128) -> nn.Sequential:
    """From images (N, colours, S, S) to logits (N,) of being real: the generator's mirror."""
    c = widths(size, filters)[::-1]
    layers = [halve(colours, c[0]), nn.LeakyReLU(0.2)]            # (N, 128, 32, 32)
    for inputs, outputs in pairwise(c):
        layers += [halve(inputs, outputs), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2)]
    layers += [nn.Flatten(), nn.Linear(c[-1] * 16, 1, bias=False), nn.Flatten(0)]
    return initialise(nn.Sequential(*layers))


def sample_noise(n: int, G: nn.Sequential) -> Tensor:
    """Uniform noise (N, Z) in (-1, 1)."""
    return 2 * torch.rand(n, G[0].in_features) - 1


def optimiser(net: nn.Sequential) -> torch.optim.Adam:
    """Adam with the paper's tamed settings: a fifth of the usual rate, half the momentum."""
    return torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999))


def train(G: nn.Sequential, D: nn.Sequential, x: Tensor, steps: int, batch: int = 128) -> None:
    """Play the game on images x (M, C, S, S): one step of D, one of G, in turn."""
    play_d, play_g = optimiser(D), optimiser(G)
    for _ in range(steps):
        real = x[torch.randint(len(x), (batch,))]
        fake = G(sample_noise(batch, G))
        play_d.zero_grad()
        (F.softplus(-D(real)) + F.softplus(D(fake.detach()))).mean().backward()
        play_d.step()
        play_g.zero_grad()
        F.softplus(-D(fake)).mean().backward()                    # -log D(G(z))
        play_g.step()


def walk(start: Tensor, end: Tensor, points: int) -> Tensor:
    """Noise vectors (points, Z) on the straight line from start (Z,) to end (Z,)."""
    return torch.lerp(start, end, torch.linspace(0, 1, points).unsqueeze(1))


def digits() -> Tensor:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn), 16×16, in (-1, 1)."""
    x = torch.tensor(load_digits().images, dtype=torch.float32).unsqueeze(1) / 8 - 1
    return F.interpolate(x, size=16, mode="bilinear")             # (1797, 1, 16, 16)


def demo() -> None:
    """The full networks, counted without memory, and what batch norm does at the very start."""
    with torch.device("meta"):
        G, D = generator(), discriminator()
        h = torch.zeros(2, 100)
        outputs = [h := layer(h) for layer in G]
    sizes = {h.shape[2]: "×".join(map(str, h.shape[1:])) for h in outputs if h.ndim == 4}
    print("G:", " -> ".join(sizes.values()))
    for name, net in (("G", G), ("D", D)):
        print(f"{name} has {sum(p.numel() for p in net.parameters()):,} parameters")
    torch.manual_seed(0)
    for norm in (True, False):
        G = generator(filters=16, norm=norm)
        x = G(sample_noise(16, G))
        spread = x.std(0).mean()
        print(f"batch norm {norm!s:5s}: pixels vary by {spread:.4f} between untrained samples")


def figure() -> Figure:
    """How far samples differ after each layer of a new generator, with and without batch norm."""
    torch.manual_seed(0)
    z = sample_noise(32, generator(filters=16))
    fig = Figure(figsize=(5, 3), layout="constrained")
    axes = fig.subplots()
    for norm, name in ((True, "with batch norm"), (False, "without")):
        h, spread = z, [z.std(0).mean().item()]
        for layer in generator(filters=16, norm=norm):
            h = layer(h)
            if isinstance(layer, (nn.ReLU, nn.Tanh)):
                spread.append(h.std(0).mean().item())
        axes.semilogy(["z", "4×4", "8×8", "16×16", "32×32", "image"], spread, "o-", label=name)
    axes.set(xlabel="output of", ylabel="deviation between samples")
    axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
