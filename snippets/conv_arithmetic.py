r"""Convolution, pooling, up-sampling and transposed convolution.

A convolution slides a small kernel over its input: each output is a weighted sum of one window.
Stride s moves the window in steps, padding p adds a border of zeros, dilation d spreads the
kernel's taps, and a kernel with m input and n output channels sums over the m and repeats n times.

$$ y_{c,h,w} = \sum_{m,u,v} w_{c,m,u,v}\; x_{m,\; sh + du - p,\; sw + dv - p}, \qquad
   o = \Big\lfloor \frac{i + 2p - k - (k-1)(d-1)}{s} \Big\rfloor + 1 $$

Written for the flattened image it is a sparse matrix, $y = C x$. The transposed convolution
multiplies by $C^\mathsf{T}$: it leads from the output's shape back to the input's, and equals an
ordinary convolution over a stretched input, with $s - 1$ zeros between the pixels.

$$ o' = s\,(i' - 1) + a + k - 2p, \qquad a = (i + 2p - k) \bmod s $$

Paper: conv_arithmetic, Relationships 1 to 15, Sec. 4.1
Shapes: N batch, m input channels, n output channels, i×i input, k×k kernel, o×o output
Differs from the paper: nearest up-sampling and the count of overlapping kernels are ours; the
paper's wording "convolution" for what signal processing calls cross-correlation is kept.
"""

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn import functional as F


def output_size(i: int, k: int, s: int = 1, p: int = 0, d: int = 1) -> int:
    """How many positions a kernel has along an axis (Relationship 15; 1 to 7 are its cases)."""
    return (i + 2 * p - k - (k - 1) * (d - 1)) // s + 1


def transposed_size(i: int, k: int, s: int = 1, p: int = 0, a: int = 0) -> int:
    """The size that a transposed convolution returns to (Relationship 14; 8 to 13 are cases)."""
    return s * (i - 1) + a + k - 2 * p


def taps(x: Tensor, k: int, s: int, d: int = 1) -> Tensor:
    """For each of the k×k taps of a window, the pixels that it meets as the window slides."""
    height, width = (output_size(size, k, s, d=d) for size in x.shape[-2:])

    def met(u: int, v: int) -> Tensor:
        rows = d * u + s * torch.arange(height)
        columns = d * v + s * torch.arange(width)
        return x[..., rows, :][..., columns]                      # (N, m, o, o)

    return torch.stack([met(u, v) for u in range(k) for v in range(k)])   # (k², N, m, o, o)


def convolve(x: Tensor, w: Tensor, s: int = 1, p: int = 0, d: int = 1) -> Tensor:
    """Slide the kernels w (n, m, k, k) over x (N, m, i, i)."""
    x = F.pad(x, (p, p, p, p))                                    # zeros on all four sides
    return torch.einsum("nmt,tbmhw->bnhw", w.flatten(2), taps(x, w.shape[-1], s, d))


def max_pool(x: Tensor, k: int, s: int) -> Tensor:
    """The largest value of each k×k window (Relationship 7)."""
    return taps(x, k, s).amax(0)


def average_pool(x: Tensor, k: int, s: int) -> Tensor:
    """The mean of each k×k window (Relationship 7)."""
    return taps(x, k, s).mean(0)


def convolution_matrix(w: Tensor, i: int, s: int = 1, p: int = 0) -> Tensor:
    """The matrix C with C x = convolve(x, w) for flattened i×i images (one channel, Sec. 4.1)."""
    one_pixel_each = torch.eye(i * i, dtype=w.dtype).reshape(i * i, 1, i, i)
    return convolve(one_pixel_each, w, s, p).flatten(1).T         # (o², i²)


def stretch(x: Tensor, s: int) -> Tensor:
    """Put s - 1 zeros between neighbouring pixels."""
    N, m, height, width = x.shape
    wide = x.new_zeros(N, m, s * (height - 1) + 1, s * (width - 1) + 1)
    wide[..., ::s, ::s] = x
    return wide


def transposed_convolve(x: Tensor, w: Tensor, s: int = 1, p: int = 0, a: int = 0) -> Tensor:
    """The transpose of convolve(·, w, s, p), as a convolution of stride 1 (Relationship 14).

    x has the n channels that w (n, m, k, k) puts out; the result has m. Of the s input sizes that
    the convolution sends to the same output size, a in 0 … s - 1 picks one.
    """
    before = w.shape[-1] - p - 1                                  # p' of the paper
    x = F.pad(stretch(x, s), (before, before + a, before, before + a))
    return convolve(x, w.transpose(0, 1).flip(-2, -1))


def upsample_nearest(x: Tensor, s: int) -> Tensor:
    """Repeat each pixel s times along both axes."""
    return x.repeat_interleave(s, -2).repeat_interleave(s, -1)


def overlap(i: int, k: int, s: int) -> Tensor:
    """How many kernel placements paint each pixel of a transposed convolution's output."""
    ones = torch.ones(1, 1, i, i), torch.ones(1, 1, k, k)
    return transposed_convolve(*ones, s)[0, 0]


def digit(index: int = 0) -> Tensor:
    """A real handwritten digit (UCI, CC BY 4.0, in scikit-learn) as a (1, 1, 8, 8) image."""
    return torch.tensor(load_digits().images[index], dtype=torch.float32)[None, None] / 16


def demo() -> None:
    """Walk one digit through each operation and print the sizes."""
    x = digit()
    kernel = torch.ones(1, 1, 3, 3) / 9
    print("a digit                         ", tuple(x.shape[2:]))
    print("3×3 kernel, no padding          ", tuple(convolve(x, kernel).shape[2:]))
    print("3×3 kernel, padding 1           ", tuple(convolve(x, kernel, p=1).shape[2:]))
    small = convolve(x, kernel, s=2, p=1)
    print("3×3 kernel, padding 1, stride 2 ", tuple(small.shape[2:]))
    print("its transpose, a = 0 and a = 1  ", *(
        tuple(transposed_convolve(small, kernel, 2, 1, a).shape[2:]) for a in (0, 1)
    ))
    pooled = max_pool(x, 2, 2)
    print("2×2 max pooling                 ", tuple(pooled.shape[2:]))
    print("... and up-sampled again        ", tuple(upsample_nearest(pooled, 2).shape[2:]))


def figure() -> Figure:
    """One digit convolved, pooled and up-sampled; where transposed kernels overlap unevenly."""
    x = digit()
    edges = torch.tensor([[-1.0, 0.0, 1.0]] * 3)[None, None]
    pooled = max_pool(x, 2, 2)
    panels = {
        "input 8×8": x,
        "vertical edges, p = 1": convolve(x, edges, p=1),
        "max pool 2×2": pooled,
        "up-sampled": upsample_nearest(pooled, 2),
        "overlap of k = 3, s = 2": overlap(6, 3, 2)[2:-2, 2:-2],
        "overlap of k = 4, s = 2": overlap(6, 4, 2)[2:-2, 2:-2],
    }
    fig = Figure(figsize=(7, 4.6), layout="constrained")
    for axes, (title, image) in zip(fig.subplots(2, 3).flat, panels.items(), strict=True):
        low, high = (0, 5) if "overlap" in title else (None, None)
        axes.imshow(image.squeeze(), cmap="gray", vmin=low, vmax=high)
        axes.set_title(title, fontsize=9)
        axes.set_axis_off()
    return fig


if __name__ == "__main__":
    demo()
