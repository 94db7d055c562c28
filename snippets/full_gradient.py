r"""Full-gradients: the response of a net, split without remainder.

A ReLU net is linear around each input, $f(x) = w^\top x + b$, and the gradient shows only $w$. The
gradients at the biases of all neurons supply $b$. Together they add up to the output exactly, and
FullGrad draws them as one picture.

$$ f(x) = \nabla_x f(x)^\top x + \sum_l f^{b_l}(x), \qquad
   f^{b_l}(x) = \nabla_{b_l} f(x) \odot b_l $$

$$ S_f(x) = \psi(\nabla_x f(x) \odot x) + \sum_l \sum_{c} \psi(f^{b_l}(x)_c), \qquad
   \psi = \text{upsample} \circ \text{rescale} \circ |\cdot| $$

Any other layer $\eta$ has an implicit bias, what its slope at $z$ leaves unexplained:
$b_\eta(z) = \eta(z) - J_\eta(z)\, z$. It is the bias of a convolution, shift minus scaled mean for
batch normalization, and zero for ReLU and pooling.

Paper: full_gradient, full-gradient decomposition and FullGrad
Shapes: N images, C channels, H W space, l layers, c channels of a layer
Differs from the paper: the biases of every kind of layer come from the one formula above, by a
Jacobian-vector product; rescaling covers all channels of a layer at once, as in the authors' code;
the net in `train_digits` is small and reads 8×8 digits instead of ImageNet.
"""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F


def full_gradient(net: nn.Module, x: Tensor, classes: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Input gradient (N, C, H, W) and the bias-gradients f^b of each layer, as large as its output.

    `classes` (N,) names the output to explain. The net must be in eval mode.
    """
    calls: list[tuple[nn.Module, Tensor, Tensor]] = []
    leaves = [module for module in net.modules() if not list(module.children())]
    hooks = [leaf.register_forward_hook(lambda module, entry, out: calls.append(
        (module, entry[0].detach(), out))) for leaf in leaves]
    x = x.detach().requires_grad_()
    f = net(x)[range(len(x)), classes]                            # (N,)
    for hook in hooks:
        hook.remove()
    input_gradient, *gradients = torch.autograd.grad(f.sum(), [x, *(out for *_, out in calls)])
    biases = [implicit_bias(module, entry) for module, entry, _ in calls]
    return input_gradient, list(map(torch.mul, gradients, biases))


def implicit_bias(layer: nn.Module, z: Tensor) -> Tensor:
    """What is left of the layer's output when its linear part at z is taken away."""
    output, linear = torch.autograd.functional.jvp(layer, z, z)
    return output - linear


def completeness_error(net: nn.Module, x: Tensor, classes: Tensor) -> Tensor:
    """Output minus the sum of all full-gradient terms (N,): zero up to rounding."""
    input_gradient, bias_gradients = full_gradient(net, x, classes)
    terms = [input_gradient * x, *bias_gradients]
    with torch.no_grad():
        return net(x)[range(len(x)), classes] - sum(t.flatten(1).sum(1) for t in terms)


def psi(maps: Tensor, size: torch.Size) -> Tensor:
    """Absolute value, rescaled to 0..1 for each image, enlarged, channels added: (N, H, W)."""
    maps = maps.abs()
    low, high = maps.amin((1, 2, 3), keepdim=True), maps.amax((1, 2, 3), keepdim=True)
    maps = (maps - low) / (high - low + 1e-6)
    return F.interpolate(maps, size=size, mode="bilinear", align_corners=True).sum(1)


def fullgrad(net: nn.Module, x: Tensor, classes: Tensor) -> Tensor:
    """The FullGrad saliency map (N, H, W): the input term and all layers that have space."""
    input_gradient, bias_gradients = full_gradient(net, x, classes)
    spatial = [input_gradient * x, *(maps for maps in bias_gradients if maps.dim() == 4)]
    return sum(psi(maps, x.shape[2:]) for maps in spatial)


def vgg16(width: int = 64, classes: int = 1000) -> nn.Sequential:
    """VGG-16 with batch normalization, one of the nets of the authors' code; narrower if asked."""
    layers: list[nn.Module] = []
    channels = 3
    for convolutions, factor in ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8)):
        for _ in range(convolutions):
            layers += [nn.Conv2d(channels, factor * width, 3, padding=1),
                       nn.BatchNorm2d(factor * width), nn.ReLU()]
            channels = factor * width
        layers.append(nn.MaxPool2d(2))
    hidden = 64 * width
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(49 * channels, hidden), nn.ReLU(),
        nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, classes),
    )


def digits() -> tuple[Tensor, Tensor]:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn), centred: (1797, 1, 8, 8), labels.

    Zero is the mean brightness, so that setting a pixel to zero removes what it says.
    """
    folder = Path(find_spec("sklearn").submodule_search_locations[0]) / "datasets" / "data"
    with gzip.open(folder / "digits.csv.gz", "rt") as file:
        table = torch.tensor(np.loadtxt(file, delimiter=",", dtype=np.float32))
    x = table[:, :64].reshape(-1, 1, 8, 8) / 16
    return x - x.mean(), table[:, 64].long()


def train_digits(x: Tensor, y: Tensor, epochs: int, seed: int = 0) -> nn.Sequential:
    """A small net with batch normalization and pooling, trained on these digits."""
    torch.manual_seed(seed)

    def layer(channels: int, width: int) -> list[nn.Module]:
        return [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]

    net = nn.Sequential(*layer(1, 16), *layer(16, 16), nn.MaxPool2d(2), *layer(16, 32),
                        nn.Flatten(), nn.Linear(32 * 16, 10))
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(64):
            optimiser.zero_grad()
            F.cross_entropy(net(x[chosen]), y[chosen]).backward()
            optimiser.step()
    return net.eval()


def change_without(net: nn.Module, x: Tensor, saliency: Tensor, share: float) -> float:
    """Change of the winning outputs, relative to them, without the least salient pixels."""
    with torch.no_grad():
        before, classes = net(x).max(1)
        count = int(share * saliency[0].numel())
        least = saliency.flatten(1).argsort(1)[:, :count]
        removed = x.flatten(1).scatter(1, least, 0.0).reshape(x.shape)
        after = net(removed)[range(len(x)), classes]
        return ((after - before).abs().mean() / before.mean()).item()


def demo() -> None:
    """Check completeness on digits, see what the gradient alone misses, and remove pixels."""
    x, y = digits()
    net = train_digits(x[:600], y[:600], epochs=4)
    x = x[-200:]
    with torch.no_grad():
        f, classes = net(x).max(1)
    input_gradient, bias_gradients = full_gradient(net, x, classes)
    from_input = (input_gradient * x).flatten(1).sum(1)
    print(f"output for the first digit: {f[0]:.4f}")
    print(f"  from the input gradient:  {from_input[0]:.4f}")
    print(f"  from the bias gradients:  {sum(b[0].sum() for b in bias_gradients):.4f}")
    print(f"remainder, worst of 200:    {completeness_error(net, x, classes).abs().max():.0e}")
    maps = {"FullGrad": fullgrad(net, x, classes), "random": torch.rand(len(x), 8, 8)}
    for name, saliency in maps.items():
        change = change_without(net, x, saliency, 0.3)
        print(f"30 % least salient pixels by {name} removed: output changes by {change:.0%}")


def figure() -> Figure:
    """Digits, what input times gradient shows of them, and FullGrad."""
    x, y = digits()
    net = train_digits(x[:600], y[:600], epochs=4)
    x, y = x[-200:-194], y[-200:-194]
    input_gradient, _ = full_gradient(net, x, y)
    rows = {"digit": x[:, 0], "|gradient × input|": (input_gradient * x).abs()[:, 0],
            "FullGrad": fullgrad(net, x, y)}
    fig = Figure(figsize=(6, 3.2), layout="constrained")
    for axes, (name, images) in zip(fig.subplots(3, 6), rows.items(), strict=True):
        for axis, image in zip(axes, images, strict=True):
            axis.imshow(image, cmap="gray" if name == "digit" else "magma")
            axis.set(xticks=[], yticks=[])
        axes[0].set_ylabel(name, fontsize=8)
    return fig


if __name__ == "__main__":
    demo()
