r"""The perceptron.

A neuron adds up its inputs, each times a weight, and fires when the sum reaches a threshold. A
perceptron has one layer of such units that look at random points of a retina and never change
(A-units), and one response unit whose weights, the *values* $v$ of the A-units, are learned: a
reinforcement raises or lowers the values of the A-units that were active.

$$ a_j = \begin{cases} 1 & \text{if } e_j - i_j \ge \theta \\ 0 & \text{otherwise,} \end{cases}
   \qquad r = \operatorname{sign} \sum_j v_j a_j, \qquad \Delta v_j = t\, g_j $$

$$ g_j = a_j \ (\alpha\text{-system}), \qquad
   g_j = a_j - (1 - a_j) \frac{N_a}{N_A - N_a} \ (\gamma\text{-system}), \qquad N_a = \sum_j a_j $$

$$ P_a = \sum_{e=\theta}^{x} \sum_{i=0}^{\min(y,\, e-\theta)}
   \binom{x}{e} R^e (1-R)^{x-e} \binom{y}{i} R^i (1-R)^{y-i} $$

Paper: perceptron, Eq. 1 and Table 1
Shapes: N stimuli, S sensory points, A association units; e_j, i_j lit origin points of unit j
Differs from the paper: one response unit with reinforcement of both signs, no feedback and no
source-sets. `only_errors`, the rule now called "perceptron", is Rosenblatt's later one; the
paper's curves reinforce every stimulus. Real 8×8 digits instead of squares and circles.
"""

from math import comb

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor


def fires(signals: Tensor, weights: Tensor, threshold: float) -> Tensor:
    """The neuron: 1 where the weighted sum of its signals reaches the threshold, else 0."""
    return (signals @ weights >= threshold).float()


def random_connections(
    units: int, points: int, excitatory: int, inhibitory: int, seed: int = 0
) -> Tensor:
    """Weights from S points to A units: each unit picks x points to excite it, y to inhibit it."""
    generator = torch.Generator().manual_seed(seed)
    origins = torch.randint(points, (units, excitatory + inhibitory), generator=generator)
    signs = torch.cat([torch.ones(excitatory), -torch.ones(inhibitory)]).expand(units, -1)
    return torch.zeros(units, points).scatter_add_(1, origins, signs).T       # (S, A)


def expected_activity(lit: float, excitatory: int, inhibitory: int, threshold: int) -> float:
    """P_a, the proportion of A-units that fire when this proportion R of the points is lit."""

    def lit_exactly(k: int, n: int) -> float:
        return comb(n, k) * lit**k * (1 - lit) ** (n - k)

    return sum(
        lit_exactly(e, excitatory) * lit_exactly(i, inhibitory)
        for e in range(threshold, excitatory + 1)
        for i in range(min(inhibitory, e - threshold) + 1)
    )


def gain(active: Tensor, parasitic: bool) -> Tensor:
    """What a reinforcement adds to each value (A,): to active units alone (α), or at the
    expense of the inactive ones, so that the total stays what it was (γ, parasitic)."""
    inactive = 1 - active
    if not parasitic:
        return active
    return active - inactive * active.sum() / inactive.sum().clamp_min(1)


def respond(active: Tensor, values: Tensor) -> Tensor:
    """The response +1 or -1 to each stimulus (N,), from its active units (N, A)."""
    return torch.where(active @ values > 0, 1.0, -1.0)


def train(
    active: Tensor, target: Tensor, sweeps: int, only_errors: bool, parasitic: bool = False
) -> tuple[Tensor, list[int]]:
    """The learned values (A,) and the number of wrong responses in each sweep.

    Reinforces every stimulus ("forced"), or those that are answered wrongly.
    """
    values = torch.zeros(active.shape[1])
    mistakes = []
    for _ in range(sweeps):
        wrong = 0
        for a, t in zip(active, target, strict=True):
            correct = bool(respond(a, values) == t)
            wrong += not correct
            if not (only_errors and correct):
                values = values + t * gain(a, parasitic)
        mistakes.append(wrong)
    return values, mistakes


def stimuli(plus: int, minus: int) -> tuple[Tensor, Tensor]:
    """Images of two real digits (UCI, CC BY 4.0, in scikit-learn) as lit points; targets ±1."""
    data = load_digits()
    digit = torch.tensor(data.target)
    chosen = (digit == plus) | (digit == minus)
    lit = (torch.tensor(data.data)[chosen] >= 8).float()          # (N, 64), ink goes from 0 to 16
    return lit, torch.where(digit[chosen] == plus, 1.0, -1.0)


def generalisation(
    units: int, only_errors: bool, parasitic: bool = False, seed: int = 0, learned: int = 100
) -> float:
    """Part of new images of 3 and 8 that is answered correctly, after learning from the others."""
    lit, target = stimuli(3, 8)
    active = fires(lit, random_connections(units, 64, 5, 5, seed), 2)
    values, _ = train(active[:learned], target[:learned], 1, only_errors, parasitic)
    return (respond(active[learned:], values) == target[learned:]).float().mean().item()


def demo() -> None:
    """One neuron by hand, then a perceptron that tells 3 from 8."""
    inputs, weights = torch.tensor([5.0, 2.0, 3.0]), torch.tensor([0.1, 0.7, 0.2])
    answer = int(fires(inputs, weights, 3.0))
    print(f"a neuron: 5·0.1 + 2·0.7 + 3·0.2 = {inputs @ weights:.1f}, threshold 3: says {answer}")
    print(f"A-units that fire at R = 0.3: {expected_activity(0.3, 5, 5, 2):.1%} expected (Eq. 1)")
    for units in (20, 100, 500):
        print(f"{units:4d} A-units: {generalisation(units, False):.1%} of new 3s and 8s are right")
    points = torch.tensor([[1.0, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]])      # first always lit
    xor = torch.tensor([-1.0, 1, 1, -1])
    print("XOR from the points alone, wrong in each sweep:", train(points, xor, 8, True)[1])
    through = fires(points, random_connections(20, 3, 1, 1), 1)
    print("XOR through 20 A-units,    wrong in each sweep:", train(through, xor, 8, True)[1])


def figure() -> Figure:
    """How many A-units fire (Eq. 1), and what the number of A-units is worth."""
    fig = Figure(figsize=(7, 3), layout="constrained")
    left, right = fig.subplots(1, 2)
    proportions = torch.linspace(0, 1, 41)
    for threshold in (1, 2, 3):
        curve = [expected_activity(lit, 5, 5, threshold) for lit in proportions.tolist()]
        left.plot(proportions, curve, label=rf"$\theta$ = {threshold}")
    left.set(xlabel="lit part of the retina, R", ylabel="$P_a$", ylim=(0, 0.5))
    left.legend(frameon=False, ncols=3, loc="upper center", handlelength=1)
    sizes = [10, 30, 100, 300, 1000]
    for name, only_errors, parasitic in (("α", False, False), ("γ", False, True)):
        runs = [[generalisation(A, only_errors, parasitic, s) for s in range(3)] for A in sizes]
        right.plot(sizes, [100 * sum(run) / 3 for run in runs], marker="o", label=f"{name}-system")
    right.set(xlabel="A-units", ylabel="new 3s and 8s right (%)", xscale="log", ylim=(50, 100))
    right.legend(frameon=False)
    return fig


if __name__ == "__main__":
    demo()
