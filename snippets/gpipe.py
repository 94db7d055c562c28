r"""GPipe: pipeline parallelism over micro-batches.

Cut a sequence of L layers into K cells, one for each accelerator, and a mini-batch of N samples
into M micro-batches, which follow each other through the cells like cars on an assembly line. A
cell keeps only its inputs and recomputes the rest when the gradient arrives. Gradients are added
up over the micro-batches and applied once, so the result is that of one device.

$$ F_k = f_j \circ \dots \circ f_{i+1} \circ f_i, \qquad
   \nabla_w \mathcal L = \sum_{m=1}^{M} \nabla_w \mathcal L_m, \qquad
   \text{bubble} = \frac{K-1}{M+K-1} $$

$$ \text{peak activations} = O\!\left(N + \frac LK \cdot \frac NM\right)
   \quad \text{instead of} \quad O(N \cdot L) $$

Paper: gpipe, Sec. 2.1 to 2.3 and Table 1
Shapes: N samples, M micro-batches, L layers, K cells, V vocabulary
Differs from the paper: the K accelerators take turns in one process, so the schedule is counted in
time steps, not seconds; layers with random numbers or running statistics are left out; the cut
into cells is the exact minimum of the variance of the cost, where the paper's own is a heuristic.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional as F


def transformer(L: int, V: int = 32000, width: int = 2048, heads: int = 32) -> list[nn.Module]:
    """The Transformer-L of Table 1 as a sequence: embedding, L layers, softmax scores."""
    layer = nn.TransformerEncoderLayer
    return [
        nn.Embedding(V, width, _weight=torch.empty(V, width)),
        *(layer(width, heads, 4 * width, dropout=0.0, batch_first=True) for _ in range(L)),
        nn.Linear(width, V),
    ]


def partition(costs: list[float], K: int) -> list[int]:
    """How many consecutive layers each of K cells gets: the least variance of the cell costs.

    Their mean is fixed, so the least sum of squares is asked for, by dynamic programming.
    """
    ends = torch.tensor([0.0, *costs], dtype=torch.double).cumsum(0)          # (L+1,)
    square = (ends - ends[:, None]) ** 2                          # cost of a cell over i..j
    square = square.masked_fill(torch.ones_like(square).tril().bool(), torch.inf)
    best, cuts = square[0], []
    for _ in range(K - 1):
        best, cut = (best[:, None] + square).min(dim=0)
        cuts.append(cut)
    bounds = [len(costs)]
    for cut in reversed(cuts):
        bounds.insert(0, int(cut[bounds[0]]))
    return [b - a for a, b in pairwise([0, *bounds])]


def cells(layers: list[nn.Module], lengths: list[int]) -> list[nn.Sequential]:
    """The layers grouped into F_1 ... F_K."""
    rest = iter(layers)
    return [nn.Sequential(*(next(rest) for _ in range(length))) for length in lengths]


def schedule(K: int, M: int) -> Tensor:
    """Which micro-batch (from 1, backward negative, 0 idle) cell k handles at step t: (K, T)."""
    table = torch.zeros(K, 2 * (M + K - 1), dtype=torch.long)
    for k in range(K):
        for m in range(M):
            table[k, k + m] = m + 1                               # forward wave
            table[k, -1 - k - m] = -m - 1                         # backward wave, last one first
    return table


def bubble(table: Tensor) -> float:
    """Share of the time that accelerators stand idle."""
    return (table == 0).double().mean().item()


def recompute(stage: nn.Module, x: Tensor) -> tuple[Tensor, int]:
    """Run a cell again with gradients on; also how many activation values autograd now holds."""
    parameters = {p.data_ptr() for p in stage.parameters()}
    held: dict[int, int] = {}

    def note(saved: Tensor) -> Tensor:
        if saved.data_ptr() not in parameters:
            held[saved.data_ptr()] = saved.numel()
        return saved

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(note, lambda saved: saved):
        output = stage(x)
    return output, sum(held.values())


def gpipe_gradient(stages: list[nn.Sequential], x: Tensor, target: Tensor,
                   loss: Callable[[Tensor, Tensor], Tensor], M: int) -> tuple[float, int]:
    """Add the gradient of the mini-batch loss to every parameter, step by step of the schedule.

    Returns the loss and the peak number of activation values that one cell holds: the inputs of
    all micro-batches still to come back, and the inside of the one that is recomputed.
    """
    K, total, peak = len(stages), 0.0, 0
    kept = [dict(enumerate(x.chunk(M))), *({} for _ in stages)]   # inputs of each cell, by m
    arriving: dict[int, Tensor] = {}                              # gradients on their way down
    targets = target.chunk(M)
    for step in schedule(K, M).T.tolist():
        for k, work in enumerate(step):
            m = abs(work) - 1
            if work > 0:
                with torch.no_grad():                             # forget everything inside
                    kept[k + 1][m] = stages[k](kept[k][m])
            elif work < 0:
                waiting = sum(part.numel() for part in kept[k].values())
                entry = kept[k].pop(m)
                entry = entry.detach().requires_grad_(entry.is_floating_point())
                output, inside = recompute(stages[k], entry)
                peak = max(peak, waiting - entry.numel() + inside)
                if k == K - 1:
                    part = loss(output, targets[m]) / M
                    part.backward()
                    total += part.item()
                else:
                    output.backward(arriving.pop(m))
                arriving[m] = entry.grad
    return total, peak


def demo() -> None:
    """Rebuild Table 1's sizes, cut one into cells, and compare gradients, bubbles and memory."""
    with torch.device("meta"):
        for L in (3, 13, 103):
            layers = transformer(L)
            sizes = [sum(p.numel() for p in layer.parameters()) for layer in layers]
            print(f"Transformer-{L}: {sum(sizes) / 1e6:,.1f} M parameters")
    print(f"its cut into 8 cells: {partition(sizes, 8)}")
    torch.manual_seed(0)
    x, y = torch.randn(64, 32), torch.randn(64, 32)
    layers = [nn.Sequential(nn.Linear(32, 32), nn.Tanh()) for _ in range(16)]
    whole = nn.Sequential(*layers)
    F.mse_loss(whole(x), y).backward()
    reference = [p.grad.clone() for p in whole.parameters()]
    _, plain = recompute(whole, x)
    whole.zero_grad()
    _, peak = gpipe_gradient(cells(layers, [4] * 4), x, y, F.mse_loss, M=8)
    pairs = zip(whole.parameters(), reference, strict=True)
    error = max((p.grad - gradient).abs().max() for p, gradient in pairs)
    print(f"4 cells, 8 micro-batches: gradient differs by {error:.0e}")
    print(f"activation values held: {plain:,} on one device, at most {peak:,} in a cell")
    for M in (1, 8):
        print(f"4 cells, M = {M}: {bubble(schedule(4, M)):.0%} of the time idle")


def figure() -> Figure:
    """Who works when, as in the paper's Figure 2: unsplit, and with eight micro-batches."""
    fig = Figure(figsize=(6, 3.2), layout="constrained")
    for axes, M in zip(fig.subplots(2, 1), (1, 8), strict=True):
        table = schedule(4, M).flip(0)
        shade = table.sign() * (1 - 0.6 * (table.abs() - 1) / M)  # blue forward, red backward
        axes.imshow(shade, cmap="RdBu", vmin=-1.3, vmax=1.3, aspect="auto")
        axes.set(xticks=range(0, table.shape[1], M), yticks=range(4),
                 yticklabels=["cell 4", "cell 3", "cell 2", "cell 1"],
                 title=f"M = {M}: {bubble(table):.0%} idle")
    axes.set(xlabel="time step (blue forward, red recompute and backward)")
    return fig


if __name__ == "__main__":
    demo()
