r"""Poincaré embeddings.

Give every node of a hierarchy a point in the unit ball, where distances grow without bound towards
the rim. Room grows exponentially with the radius there, as the number of nodes of a tree does with
its depth, so general things settle near the centre, special ones near the rim, in few dimensions.

$$ d(u, v) = \operatorname{arcosh}\Big( 1 + 2 \frac{\|u - v\|^2}
   {(1 - \|u\|^2)(1 - \|v\|^2)} \Big), \qquad
   \theta \leftarrow \operatorname{proj}\Big( \theta -
   \eta \frac{(1 - \|\theta\|^2)^2}{4} \nabla_E \Big) $$

$$ \mathcal L(\Theta) = -\sum_{(u, v) \in D} \log \frac{e^{-d(u, v)}}
   {\sum_{v' \in \mathcal N(u)} e^{-d(u, v')}}, \qquad
   P\big((u, v) = 1\big) = \frac{1}{e^{(d(u, v) - r) / t} + 1} $$

Paper: poincare_embeddings, Sec. 3 and 4
Shapes: N nodes, n dimensions, R restarts, P pairs of nodes
Differs from the paper: the hierarchy is that of Python's built-in exceptions, not WordNet; all
negatives are used, not ten drawn at random; a step that leaves the ball is scaled back to
radius 1 - ε. The comparison of three geometries, sphere included, is ours.
"""

import builtins
from collections.abc import Callable

import networkx as nx
import torch
from matplotlib.figure import Figure
from torch import Tensor

Distance = Callable[[Tensor, Tensor], Tensor]


def euclidean(u: Tensor, v: Tensor) -> Tensor:
    """Length of the straight line."""
    return (u - v).norm(dim=-1)


def poincare(u: Tensor, v: Tensor) -> Tensor:
    """Length of the geodesic in the ball; 2 arsinh(s) = arcosh(1 + 2 s²), but keeps its digits."""
    gap = (u - v).norm(dim=-1)
    room = (1 - u.square().sum(-1)) * (1 - v.square().sum(-1))
    return 2 * torch.asinh(gap / room.sqrt())


def spherical(u: Tensor, v: Tensor) -> Tensor:
    """Length of the great circle between unit vectors; 2 asin(chord / 2) is exact when near."""
    return 2 * torch.asin((u - v).norm(dim=-1).clamp(max=2 - 1e-6) / 2)


def riemannian_gradient(theta: Tensor, gradient: Tensor) -> Tensor:
    """The gradient measured in the ball: short steps where the rim is near."""
    return (1 - theta.square().sum(-1, keepdim=True)) ** 2 / 4 * gradient


def project(theta: Tensor, eps: float = 1e-5) -> Tensor:
    """Points outside of the ball, brought back just inside it."""
    norm = theta.norm(dim=-1, keepdim=True)
    return torch.where(norm >= 1, theta / norm * (1 - eps), theta)


def link_probability(distance: Tensor, r: float, t: float) -> Tensor:
    """Fermi-Dirac: an edge is likely within radius r; t says how sharply that ends."""
    return torch.sigmoid((r - distance) / t)


def closure(classes: list[type]) -> Tensor:
    """D as a matrix (N, N): is class i a kind of class j? The hypernymy of software."""
    return torch.tensor([[i is not j and issubclass(i, j) for j in classes] for i in classes])


def exceptions() -> list[type]:
    """A real taxonomy that ships with Python: its built-in exceptions."""
    found = {e for e in vars(builtins).values() if isinstance(e, type)}
    return sorted((e for e in found if issubclass(e, BaseException)), key=lambda e: e.__name__)


def distances(theta: Tensor, distance: Distance) -> Tensor:
    """All pairs (N, N), infinite on the diagonal: nothing is a neighbour of itself."""
    i, j = torch.triu_indices(len(theta), len(theta), 1)
    half = torch.zeros(len(theta), len(theta)).index_put((i, j), distance(theta[i], theta[j]))
    return (half + half.T).masked_fill(torch.eye(len(theta), dtype=torch.bool), torch.inf)


def ranking_loss(d: Tensor, related: Tensor) -> Tensor:
    """Mean of -log softmax of each related pair against the unrelated nodes of the same row."""
    others = (-d).masked_fill(related, -torch.inf).logsumexp(1, keepdim=True)      # (N, 1)
    return (torch.logaddexp(-d, others) + d)[related].mean()


def embed(related: Tensor, distance: Distance, n: int = 2, epochs: int = 200, rate: float = 10.0,
          seed: int = 0) -> Tensor:
    """Riemannian gradient descent, with a tenth of the rate for the first ten epochs (burn-in)."""
    torch.manual_seed(seed)
    theta = torch.empty(len(related), n).uniform_(-1e-3, 1e-3)
    for epoch in range(epochs):
        theta.requires_grad_()
        (step,) = torch.autograd.grad(ranking_loss(distances(theta, distance), related), theta)
        theta = theta.detach()
        if distance is poincare:
            step = riemannian_gradient(theta, step)
        theta = theta - (rate / 10 if epoch < 10 else rate) * step
        theta = project(theta) if distance is poincare else theta
    return theta


def mean_average_precision(d: Tensor, related: Tensor) -> float:
    """How purely each node's related nodes stand at the head of its list of neighbours."""
    scores = []
    for row, right in zip(d, related, strict=True):
        if right.any():
            hits = right[row.argsort()].float()
            precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
            scores.append((precision * hits).sum() / hits.sum())
    return torch.stack(scores).mean().item()


def chart(x: Tensor, distance: Distance) -> Tensor:
    """Free coordinates as points of the space: of the ball, of the unit sphere, or as they are."""
    norm = x.norm(dim=-1, keepdim=True)
    return {poincare: x / norm * torch.tanh(norm / 2), spherical: x / norm}.get(distance, x)


def path_lengths(graph: nx.Graph) -> Tensor:
    """Number of edges on the shortest path between each two nodes (N, N)."""
    return torch.tensor(nx.floyd_warshall_numpy(graph, weight=None), dtype=torch.float32)


def distortion(wanted: Tensor, distance: Distance, steps: int = 150, restarts: int = 3) -> float:
    """Root mean square relative error of the wanted distances, in the best of some 2-D layouts."""
    i, j = torch.triu_indices(len(wanted), len(wanted), 1)                         # (P,)
    length = wanted[i, j]
    torch.manual_seed(0)
    x = torch.randn(restarts, len(wanted), 3 if distance is spherical else 2).requires_grad_()
    log_scale = torch.zeros(restarts, 1).requires_grad_()                          # curvature
    optimiser = torch.optim.Adam([x, log_scale], lr=0.1)
    for _ in range(steps):
        points = chart(x, distance)                                                # (R, N, n)
        d = log_scale.exp() * distance(points[:, i], points[:, j])                 # (R, P)
        error = (d / length - 1).square().mean(1)
        optimiser.zero_grad()
        error.sum().backward()
        optimiser.step()
    return error.min().sqrt().item()


def examples() -> dict[str, Tensor]:
    """Distances on a tree, a ring, a lattice and a real network (Zachary 1977, in networkx)."""
    lattice = torch.cartesian_prod(torch.arange(5.0), torch.arange(5.0))
    return {
        "tree": path_lengths(nx.balanced_tree(2, 4)),
        "ring": path_lengths(nx.cycle_graph(16)),
        "grid": torch.cdist(lattice, lattice),
        "karate club": path_lengths(nx.karate_club_graph()),
    }


def demo() -> None:
    """Which 2-D space suits which graph, and how well the plane and the disc keep a taxonomy."""
    for name, wanted in examples().items():
        errors = [100 * distortion(wanted, d) for d in (euclidean, spherical, poincare)]
        print(f"{name:12s}misses distances by {errors[0]:4.1f} % in the plane, "
              f"{errors[1]:4.1f} % on the sphere, {errors[2]:4.1f} % in the disc")
    related = closure(exceptions())
    for d in (euclidean, poincare):
        score = mean_average_precision(distances(embed(related, d), d), related)
        print(f"exceptions in 2-D, {d.__name__}: MAP {score:.2f}")


def figure() -> Figure:
    """The taxonomy of Python's exceptions in the Poincaré disc, with edges to direct parents."""
    classes = exceptions()
    theta = embed(closure(classes), poincare)
    fig = Figure(figsize=(5, 5), layout="constrained")
    axes = fig.subplots()
    for child, x in zip(classes, theta, strict=True):
        for parent in child.__bases__:
            if parent in classes:
                axes.plot(*torch.stack([x, theta[classes.index(parent)]]).T, "C0", lw=0.4)
    axes.plot(*theta.T, "C1o", markersize=3)
    angle = torch.linspace(0, 6.2832, 100)
    axes.plot(angle.cos(), angle.sin(), "k", lw=0.6)
    for name in ("BaseException", "Exception", "OSError", "Warning", "ValueError"):
        axes.annotate(name, theta[[c.__name__ for c in classes].index(name)], fontsize=8)
    axes.set(aspect="equal", xticks=[], yticks=[], title="Python's exceptions in the disc")
    return fig


if __name__ == "__main__":
    demo()
