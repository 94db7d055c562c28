r"""Gumbel-Softmax.

Draw from a categorical distribution by adding Gumbel noise to the log-probabilities and taking the
largest: that is exact. Replace the largest by a softmax of temperature $\tau$, and the draw becomes
a smooth function of the probabilities that a gradient can pass through.

$$ z = \mathrm{onehot}\big(\arg\max_i\,[g_i + \log \pi_i]\big), \qquad
   y_i = \frac{\exp((\log \pi_i + g_i)/\tau)}{\sum_{j=1}^k \exp((\log \pi_j + g_j)/\tau)} $$

$$ p_{\pi,\tau}(y) = \Gamma(k)\, \tau^{k-1} \Big(\sum_{i=1}^k \pi_i / y_i^{\tau}\Big)^{-k}
   \prod_{i=1}^k \pi_i / y_i^{\tau+1} $$

Paper: gumbel_softmax, Eq. 1 to 3, Sec. 2.2
Shapes: N batch, V variables, k classes, D pixels
Differs from the paper: the full net has the paper's layer sizes, but a uniform prior instead of a
learned one; the one that is trained has five variables of four classes, on binarised 8×8 digits.
"""

import math
from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

Draw = Callable[[Tensor, Tensor, float], Tensor]          # (log_pi, g, tau) -> one draw each


def gumbel(u: Tensor) -> Tensor:
    """Standard Gumbel noise from numbers u uniform in (0, 1)."""
    return -torch.log(-torch.log(u))


def gumbel_max(log_pi: Tensor, g: Tensor) -> Tensor:
    """An exact categorical draw (…, k), one-hot; no gradient (Eq. 1)."""
    return F.one_hot((log_pi + g).argmax(-1), log_pi.shape[-1]).to(log_pi)


def gumbel_softmax(log_pi: Tensor, g: Tensor, tau: float) -> Tensor:
    """Its relaxation (…, k): positive, sums to one, differentiable in log_pi (Eq. 2)."""
    return ((log_pi + g) / tau).softmax(-1)


def straight_through(log_pi: Tensor, g: Tensor, tau: float) -> Tensor:
    """The exact draw forwards, the relaxed one's gradient backwards (Sec. 2.2)."""
    y = gumbel_softmax(log_pi, g, tau)
    return gumbel_max(log_pi, g) - y.detach() + y


def log_density(y: Tensor, log_pi: Tensor, tau: float) -> Tensor:
    """Log of the relaxed distribution's density at y (…, k), in y's first k - 1 entries (Eq. 3)."""
    k = y.shape[-1]
    front = math.lgamma(k) + (k - 1) * math.log(tau)
    total = torch.logsumexp(log_pi - tau * y.log(), dim=-1)
    return front - k * total + (log_pi - (tau + 1) * y.log()).sum(-1)


def score_gradient(f: Tensor, log_pi: Tensor, z: Tensor) -> Tensor:
    """The rival: f(z) times the gradient of log p(z) in the logits, for each draw (N, k)."""
    return f[:, None] * (z - log_pi.softmax(-1))


def temperature(step: int, rate: float = 3e-5, lowest: float = 0.5) -> float:
    """Annealing from 1 towards a floor."""
    return max(lowest, math.exp(-rate * step))


class CategoricalVAE(nn.Module):
    """A variational auto-encoder whose code is V choices among k classes."""

    def __init__(
        self, pixels: int = 784, hidden: int = 200, variables: int = 20, classes: int = 10
    ) -> None:
        super().__init__()
        self.shape = (variables, classes)
        self.encoder = nn.Linear(pixels, variables * classes)
        self.decoder = nn.Sequential(
            nn.Linear(variables * classes, hidden), nn.ReLU(), nn.Linear(hidden, pixels)
        )

    def encode(self, x: Tensor) -> Tensor:
        """Log-probabilities (N, V, k) of each variable."""
        return self.encoder(x).unflatten(1, self.shape).log_softmax(-1)

    def bound(self, x: Tensor, code: Tensor) -> Tensor:
        """The lower bound (N,) with a code (N, V, k) drawn by any of the functions above."""
        log_q = self.encode(x)
        logits = self.decoder(code.flatten(1))
        log_p = -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        divergence = (log_q.exp() * (log_q + math.log(self.shape[1]))).sum((1, 2))
        return log_p - divergence                                 # KL from the uniform prior


def digits() -> Tensor:
    """Real 8×8 digits (UCI, CC BY 4.0, in scikit-learn), each pixel ink or none."""
    return torch.tensor(load_digits().data > 8, dtype=torch.float32)              # (1797, 64)


def train(vae: CategoricalVAE, x: Tensor, steps: int, draw: Draw = gumbel_softmax) -> None:
    """Climb the bound on x (M, D) through relaxed draws, with the temperature annealed."""
    optimiser = torch.optim.Adam(vae.parameters(), lr=1e-2)
    for step in range(steps):
        chosen = x[torch.randint(len(x), (100,))]
        log_q = vae.encode(chosen)
        tau = temperature(step, rate=3e-3)                        # the run is 100 times shorter
        optimiser.zero_grad()
        (-vae.bound(chosen, draw(log_q, gumbel(torch.rand_like(log_q)), tau)).mean()).backward()
        optimiser.step()


def discrete_bound(vae: CategoricalVAE, x: Tensor) -> float:
    """The mean bound with exact draws: what counts in the end."""
    with torch.no_grad():
        log_q = vae.encode(x)
        return vae.bound(x, gumbel_max(log_q, gumbel(torch.rand_like(log_q)))).mean().item()


def demo() -> None:
    """Exact draws from noise, the temperature's trade-off, and a discrete code that learns."""
    torch.manual_seed(0)
    pi = torch.tensor([0.5, 0.3, 0.2])
    log_pi = pi.log().expand(50_000, 3).clone().requires_grad_()
    g = gumbel(torch.rand(50_000, 3))
    shares = gumbel_max(log_pi, g).mean(0).tolist()
    print("probabilities 0.5 0.3 0.2, drawn", *(f"{share:.3f}" for share in shares))
    for tau in (1.0, 0.5, 0.1):
        f = gumbel_softmax(log_pi, g, tau) @ torch.tensor([1.0, -2.0, 0.5])
        (slope,) = torch.autograd.grad(f.sum(), log_pi)
        mean, deviation = slope[:, 0].mean(), slope[:, 0].std()
        print(f"tau {tau:.1f}: gradient {mean:.3f} (exact 0.500), deviation {deviation:.2f}")
    with torch.device("meta"):
        count = sum(p.numel() for p in CategoricalVAE().parameters())
    print(f"784-(20×10)-200-784: {count:,} parameters")
    x = digits()
    vae = CategoricalVAE(64, 64, 5, 4)
    before = discrete_bound(vae, x[1400:])
    train(vae, x[:1400], 150)
    print(f"unseen digits: bound {before:.1f}, after 150 steps {discrete_bound(vae, x[1400:]):.1f}")


def figure() -> Figure:
    """The density for two classes against a histogram of draws, at three temperatures."""
    torch.manual_seed(0)
    log_pi = torch.tensor([0.7, 0.3]).log()
    g = gumbel(torch.rand(20_000, 2))
    first = torch.linspace(0.005, 0.995, 199)
    y = torch.stack([first, 1 - first], dim=1)
    fig = Figure(figsize=(7, 2.6), layout="constrained")
    for axes, tau in zip(fig.subplots(1, 3), (0.5, 1.0, 5.0), strict=True):
        drawn = gumbel_softmax(log_pi, g, tau)[:, 0]
        axes.hist(drawn, bins=40, range=(0, 1), density=True, color="lightgrey")
        axes.plot(first, log_density(y, log_pi, tau).exp())
        axes.set(title=f"tau = {tau}", xlabel="share of the first class", ylim=(0, 6))
    return fig


if __name__ == "__main__":
    demo()
