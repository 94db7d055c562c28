r"""Deep autoencoder with layer-by-layer pretraining.

A net that copies its input through a narrow middle has to find a short code for it. With many
layers and random weights it does not learn. So each pair of layers is first trained by itself as a
restricted Boltzmann machine (RBM), the stack is unrolled into encoder and decoder with transposed
weights, and only then is the whole trained by backpropagation.

$$ E(v, h) = -\sum_i b_i v_i - \sum_j b_j h_j - \sum_{i,j} v_i h_j w_{ij}, \qquad
   p(h_j = 1 \mid v) = \sigma\Big(b_j + \sum_i v_i w_{ij}\Big) $$

$$ \Delta w_{ij} = \epsilon \big( \langle v_i h_j \rangle_\text{data}
   - \langle v_i h_j \rangle_\text{recon} \big) $$

Paper: autoencoder, Eq. 1 and 2, Fig. 1
Shapes: N images, D pixels, V and H units of an RBM's two layers
Differs from the paper: the 784-1000-500-250-30 net is built and counted, a 64-100-50-25-6 net is
trained, on 8×8 digits instead of MNIST, for seconds; fine-tuning by L-BFGS on all images instead
of conjugate gradients on batches of 1000.
"""

from itertools import pairwise

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

MNIST, DIGITS = (784, 1000, 500, 250, 30), (64, 100, 50, 25, 6)


class RBM:
    """Visible units in [0, 1] and hidden units that are binary or, for codes, linear."""

    def __init__(self, visible: int, hidden: int, linear: bool = False) -> None:
        self.w = 0.1 * torch.randn(visible, hidden)               # (V, H)
        self.b_visible, self.b_hidden = torch.zeros(visible), torch.zeros(hidden)
        self.linear = linear
        self.speed = [torch.zeros_like(t) for t in (self.w, self.b_visible, self.b_hidden)]

    def up(self, v: Tensor) -> Tensor:
        """The mean of the hidden units: p(h = 1 | v), or the code itself if linear."""
        a = v @ self.w + self.b_hidden
        return a if self.linear else torch.sigmoid(a)             # (N, H)

    def down(self, h: Tensor) -> Tensor:
        """The mean of the visible units, p(v = 1 | h)."""
        return torch.sigmoid(h @ self.w.T + self.b_visible)       # (N, V)

    def sample(self, mean: Tensor) -> Tensor:
        """A state of the hidden units: coin flips, or unit-variance Gaussians if linear."""
        return mean + torch.randn_like(mean) if self.linear else torch.bernoulli(mean)

    def contrast(self, v: Tensor) -> list[Tensor]:
        """What the data want of w and the biases, less what their reconstruction wants (Eq. 2)."""
        h = self.up(v)
        v_recon = self.down(self.sample(h))
        h_recon = self.up(v_recon)
        correlation = (v.T @ h - v_recon.T @ h_recon) / len(v)    # (V, H)
        return [correlation, (v - v_recon).mean(0), (h - h_recon).mean(0)]

    def learn(self, v: Tensor, momentum: float, decay: float = 0.0002) -> None:
        """One step of contrastive divergence."""
        rate = 0.001 if self.linear else 0.1
        wanted = self.contrast(v)
        wanted[0] = wanted[0] - decay * self.w
        for value, speed, step in zip(
            (self.w, self.b_visible, self.b_hidden), self.speed, wanted, strict=True
        ):
            value += speed.mul_(momentum).add_(rate * step)


def pretrain(x: Tensor, sizes: tuple[int, ...], epochs: int = 20) -> list[RBM]:
    """Train a stack of RBMs from the pixels upwards; each one's means are the next one's data."""
    stack = []
    for visible, hidden in pairwise(sizes):
        rbm = RBM(visible, hidden, linear=hidden == sizes[-1])
        for epoch in range(epochs):
            for v in x[torch.randperm(len(x))].split(100):
                rbm.learn(v, momentum=0.5 if epoch < 5 else 0.9)
        stack.append(rbm)
        x = rbm.up(x)
    return stack


def autoencoder(sizes: tuple[int, ...]) -> nn.Sequential:
    """Encoder and decoder, with sigmoids but after the code; the output is in logits."""
    layers: list[nn.Module] = []
    there_and_back = (*sizes, *sizes[-2::-1])
    for at, (inputs, outputs) in enumerate(pairwise(there_and_back)):
        layers += [nn.Linear(inputs, outputs)]
        layers += [nn.Identity() if at == len(sizes) - 2 else nn.Sigmoid()]
    return nn.Sequential(*layers[:-1])


def unroll(stack: list[RBM]) -> nn.Sequential:
    """The autoencoder that starts from the RBMs' weights, transposed in the decoder (Fig. 1)."""
    net = autoencoder((len(stack[0].w), *(rbm.w.shape[1] for rbm in stack)))
    linear = [layer for layer in net if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for rbm, encode, decode in zip(stack, linear, linear[::-1], strict=False):
            encode.weight.copy_(rbm.w.T)
            encode.bias.copy_(rbm.b_hidden)
            decode.weight.copy_(rbm.w)
            decode.bias.copy_(rbm.b_visible)
    return net


def fine_tune(net: nn.Sequential, x: Tensor, steps: int = 50) -> nn.Sequential:
    """Minimise the cross-entropy between the pixels and their reconstruction."""
    optimiser = torch.optim.LBFGS(net.parameters(), max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = F.binary_cross_entropy_with_logits(net(x), x)
        value.backward()
        return value

    optimiser.step(loss)
    return net


def small_random(sizes: tuple[int, ...]) -> nn.Sequential:
    """The same net with small random weights, as one would begin without pretraining."""
    net = autoencoder(sizes)
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.1)
            nn.init.zeros_(layer.bias)
    return net


@torch.no_grad()
def reconstruct(net: nn.Sequential, x: Tensor) -> Tensor:
    """What comes out at the other end for images x (N, D)."""
    return torch.sigmoid(net(x))


def squared_error(x: Tensor, reconstruction: Tensor) -> float:
    """The mean over images of the squared error summed over pixels."""
    return (x - reconstruction).square().sum(1).mean().item()


def pca(x: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Mean (D,) and the leading principal directions (D, size)."""
    mean = x.mean(0)
    return mean, torch.linalg.svd(x - mean, full_matrices=False).Vh[:size].T


def through_pca(x: Tensor, mean: Tensor, directions: Tensor) -> Tensor:
    """The reconstruction from the codes of PCA: images x laid onto the principal plane."""
    return mean + (x - mean) @ directions @ directions.T


def digits() -> tuple[Tensor, Tensor]:
    """Real digits (UCI, CC BY 4.0, in scikit-learn): 1200 to train on, 597 to test on."""
    x = torch.tensor(load_digits().data, dtype=torch.float32) / 16
    return x[:1200], x[1200:]


def train_on_digits(seed: int = 0) -> nn.Sequential:
    """The whole method: pretrain, unroll, fine-tune."""
    torch.manual_seed(seed)
    x, _ = digits()
    return fine_tune(unroll(pretrain(x, DIGITS)), x)


def demo() -> None:
    """Compare codes of six numbers, with and without pretraining and by PCA."""
    with torch.device("meta"):
        count = sum(p.numel() for p in autoencoder(MNIST).parameters())
    print(f"the paper's 784-1000-500-250-30 autoencoder: {count:,} parameters")
    x, unseen = digits()
    torch.manual_seed(0)
    nets = {"random start": fine_tune(small_random(DIGITS), x, 20), "pretrained": train_on_digits()}
    print("squared error on unseen digits, codes of 6 numbers")
    print(f"  the mean digit {squared_error(unseen, x.mean(0).expand_as(unseen)):.2f}")
    print(f"  PCA            {squared_error(unseen, through_pca(unseen, *pca(x, 6))):.2f}")
    for name, net in nets.items():
        print(f"  {name:14s} {squared_error(unseen, reconstruct(net, unseen)):.2f}")


def figure() -> Figure:
    """Unseen digits, and what the autoencoder and PCA make of six numbers each (Figure 2B)."""
    x, unseen = digits()
    rows = {
        "unseen digits": unseen,
        "autoencoder": reconstruct(train_on_digits(), unseen),
        "PCA": through_pca(unseen, *pca(x, 6)),
    }
    fig = Figure(figsize=(7, 2.6), layout="constrained")
    for strip, (name, images) in zip(fig.subplots(3, 1), rows.items(), strict=True):
        picked = images[40:56].reshape(16, 8, 8)
        strip.imshow(picked.transpose(0, 1).reshape(8, 128), cmap="gray", vmin=0, vmax=1)
        note = "" if images is unseen else f", squared error {squared_error(unseen, images):.2f}"
        strip.set_title(name + note, fontsize=9)
        strip.set_axis_off()
    return fig


if __name__ == "__main__":
    demo()
