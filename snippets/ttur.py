r"""Two time-scale update rule, and the Fréchet inception distance.

Give discriminator and generator learning rates of their own: the discriminator then keeps up with
the generator, and the pair settles. And measure what comes out by how far its features lie from
those of real images, both taken as Gaussians.

$$ w_{n+1} = w_n + b(n)\, \tilde g(\theta_n, w_n), \qquad
   \theta_{n+1} = \theta_n + a(n)\, \tilde h(\theta_n, w_n), \qquad a(n) = o(b(n)) $$

$$ d^2\big((m, C), (m_w, C_w)\big) = \| m - m_w \|_2^2
   + \mathrm{Tr}\big( C + C_w - 2 (C C_w)^{1/2} \big) $$

Paper: ttur, Eq. 1 and 6, Theorem 1
Shapes: N images, D features (2048 in the paper)
Differs from the paper: the pixels of 8×8 digits stand in for the features of Inception-v3; the
rates are tried on a game of two numbers in place of DCGAN and WGAN-GP.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor

LEVELS = [0.0, 0.25, 0.5, 0.75]

def root(matrix: Tensor) -> Tensor:
    """The square root of a symmetric matrix (D, D) without negative eigenvalues."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T


def frechet_distance(m: Tensor, C: Tensor, m_w: Tensor, C_w: Tensor) -> Tensor:
    """Squared distance between two Gaussians, means (D,) and covariances (D, D): Eq. 6.

    The trace of the root of C C_w is that of the root of √C C_w √C, which is symmetric.
    """
    half = root(C)
    cross = torch.linalg.eigvalsh(half @ C_w @ half).clamp(min=0).sqrt().sum()
    return (m - m_w).square().sum() + C.trace() + C_w.trace() - 2 * cross


def fid(features: Tensor, features_w: Tensor) -> float:
    """The distance between two sets of features (N, D) and (N', D)."""
    return frechet_distance(
        features.mean(dim=0), features.T.cov(), features_w.mean(dim=0), features_w.T.cov()
    ).item()


def digits() -> Tensor:
    """Real handwritten digits (UCI, CC BY 4.0, in scikit-learn) between 0 and 1: (1797, 8, 8)."""
    return torch.tensor(load_digits().images) / 16


def gaussian_noise(images: Tensor, level: float) -> Tensor:
    """Mix images (N, H, W) with noise: (1 − level) x + level · noise."""
    return (1 - level) * images + level * torch.randn_like(images)


def rectangles(images: Tensor, level: float) -> Tensor:
    """Black out a square at a random place, its side this share of the image's."""
    images, side = images.clone(), round(level * images.shape[1])
    for image in images:
        top, left = torch.randint(images.shape[1] - side + 1, (2,)).tolist()
        image[top : top + side, left : left + side] = 0
    return images


def play(a: Tensor, b: Tensor, spread: float = 0.0) -> Tensor:
    """Play a small game with the rates a and b of each step (T,); out: the path of θ, w (T + 1, 2).

    The discriminator w climbs −2wθ − w²/2, so that its best answer to θ is −2θ. The generator θ
    climbs 2wθ + 3θ²/4: left to itself it runs from 0, against the best answer it returns to 0.
    `spread` is that of the noise in both gradients.
    """
    theta, w = torch.tensor(1.0), torch.tensor(0.0)
    path = [torch.stack([theta, w])]
    for a_n, b_n in zip(a, b, strict=True):
        noise = spread * torch.randn(2)
        h, g = 2 * w + 1.5 * theta, -2 * theta - w                    # the two gradients
        theta, w = theta + a_n * (h + noise[0]), w + b_n * (g + noise[1])
        path.append(torch.stack([theta, w]))
    return torch.stack(path)


def rate(first: float, power: float, steps: int) -> Tensor:
    """Rates that fall as first / n^power for n = 1, 2, … (T,)."""
    return first / torch.arange(1, steps + 1) ** power


def demo() -> None:
    """FID of disturbed digits, then the game with one rate and with two."""
    torch.manual_seed(0)
    x = digits()
    for disturb in (gaussian_noise, rectangles):
        distances = [fid(x.flatten(1), disturb(x, level).flatten(1)) for level in LEVELS]
        print(f"{disturb.__name__:14s} FID {', '.join(f'{abs(d):.2f}' for d in distances)}")
    slow, fast = rate(0.1, 0, 400), rate(0.3, 0, 400)
    for name, a, b in (("one rate", slow, slow), ("two rates", slow, fast)):
        print(f"{name}: distance from the equilibrium {play(a, b)[-1].norm():.2g}")


def figure() -> Figure:
    """Left: FID of disturbed digits. Right: the game with one rate and with two."""
    torch.manual_seed(0)
    x = digits()
    fig = Figure(figsize=(7.5, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    for disturb, label in ((gaussian_noise, "Gaussian noise"), (rectangles, "black squares")):
        distances = [fid(x.flatten(1), disturb(x, level).flatten(1)) for level in LEVELS]
        left.plot(LEVELS, distances, marker="o", label=label)
    left.set(xlabel="level of disturbance", ylabel="Fréchet distance")
    left.legend(frameon=False)
    slow, fast = rate(0.1, 0, 80), rate(0.3, 0, 80)
    right.plot(*play(slow, slow).T, label="a = b")
    right.plot(*play(slow, fast).T, label="b = 3a")
    right.set(xlabel="generator θ", ylabel="discriminator w", xlim=(-4, 4), ylim=(-4, 4))
    right.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
