"""GPipe: the paper's claims."""

from itertools import combinations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.gpipe import (
    bubble,
    cells,
    gpipe_gradient,
    partition,
    recompute,
    schedule,
    transformer,
)


def mlp(layers: int = 8, width: int = 6) -> list[nn.Module]:
    return [nn.Sequential(nn.Linear(width, width), nn.Tanh()).double() for _ in range(layers)]


def one_device(layers: list[nn.Module], x, y, loss) -> tuple[float, list[torch.Tensor]]:
    """Loss and gradients as plain autograd gives them, leaving no gradient behind."""
    whole = nn.Sequential(*layers)
    whole.zero_grad()
    value = loss(whole(x), y)
    value.backward()
    gradients = [p.grad.clone() for p in whole.parameters()]
    whole.zero_grad()
    return value.item(), gradients


def gradients_of(layers: list[nn.Module]) -> list[torch.Tensor]:
    return [p.grad for p in nn.Sequential(*layers).parameters()]


@pytest.mark.parametrize(
    ("lengths", "M"), [([8], 1), ([8], 4), ([4, 4], 1), ([3, 5], 6), ([1] * 8, 2), ([2] * 4, 12)]
)
def test_the_gradient_is_that_of_one_device_for_any_cut(lengths, M):
    layers = mlp()
    x, y = torch.randn(12, 6, dtype=torch.double), torch.randn(12, 6, dtype=torch.double)
    value, expected = one_device(layers, x, y, F.mse_loss)
    total, _ = gpipe_gradient(cells(layers, lengths), x, y, F.mse_loss, M)
    assert total == pytest.approx(value)
    torch.testing.assert_close(gradients_of(layers), expected)


def test_a_transformer_on_tokens_learns_the_same_step(record_property):
    layers = [m.double() for m in transformer(3, V=20, width=16, heads=2)]
    nn.init.normal_(layers[0].weight)
    x, y = torch.randint(20, (8, 5)), torch.randint(20, (8, 5))

    def loss(scores, target):
        return F.cross_entropy(scores.flatten(0, 1), target.flatten())

    value, expected = one_device(layers, x, y, loss)
    total, _ = gpipe_gradient(cells(layers, [1, 2, 2]), x, y, loss, M=4)
    assert total == pytest.approx(value)
    torch.testing.assert_close(gradients_of(layers), expected)
    worst = max(
        (a - b).abs().max().item() for a, b in zip(gradients_of(layers), expected, strict=True)
    )
    record_property("largest difference", f"{worst:.0e}")


def test_gradients_are_added_to_what_is_there():
    layers = mlp(2)
    x, y = torch.randn(4, 6, dtype=torch.double), torch.randn(4, 6, dtype=torch.double)
    _, expected = one_device(layers, x, y, F.mse_loss)
    for _ in range(2):
        gpipe_gradient(cells(layers, [1, 1]), x, y, F.mse_loss, M=2)
    torch.testing.assert_close(gradients_of(layers), [2 * g for g in expected])


def test_batch_norm_sees_the_micro_batch_and_breaks_the_equality(record_property):
    layers = [nn.Linear(6, 6).double(), nn.BatchNorm1d(6).double(), nn.Tanh()]
    x, y = torch.randn(12, 6, dtype=torch.double), torch.randn(12, 6, dtype=torch.double)
    _, whole = one_device(layers, x, y, F.mse_loss)
    micro_batches = zip(x.chunk(3), y.chunk(3), strict=True)
    parts = [one_device(layers, a, b, F.mse_loss)[1] for a, b in micro_batches]
    gpipe_gradient(cells(layers, [2, 1]), x, y, F.mse_loss, M=3)
    mean_of_parts = [sum(gradients) / 3 for gradients in zip(*parts, strict=True)]
    torch.testing.assert_close(gradients_of(layers), mean_of_parts)
    off = (layers[0].weight.grad - whole[0]).norm() / whole[0].norm()
    record_property("relative difference with BN", f"{off:.2f}")
    assert off > 0.1


def test_the_schedule_of_two_cells_and_three_micro_batches_by_hand():
    assert schedule(2, 3).tolist() == [
        [1, 2, 3, 0, 0, -3, -2, -1],
        [0, 1, 2, 3, -3, -2, -1, 0],
    ]


@pytest.mark.parametrize(("K", "M"), [(1, 1), (2, 1), (4, 1), (3, 5), (8, 32), (4, 16)])
def test_the_idle_share_is_the_formula_of_the_paper(K, M):
    table = schedule(K, M)
    assert bubble(table) == pytest.approx((K - 1) / (M + K - 1))
    work = table[table != 0].tolist()
    assert len(work) == 2 * K * M                                 # nothing lost, nothing twice
    for lower, upper in zip(table[:-1].tolist(), table[1:].tolist(), strict=True):
        for m in range(1, M + 1):                                 # each waits for its input
            order = lower.index(m), upper.index(m), upper.index(-m), lower.index(-m)
            assert list(order) == sorted(set(order))


def test_with_four_times_as_many_micro_batches_as_cells_less_than_a_fifth_is_idle(record_property):
    shares = {K: bubble(schedule(K, 4 * K)) for K in (2, 4, 8)}
    for K, share in shares.items():
        record_property(f"K = {K}, M = {4 * K}", f"{share:.1%}")
    assert max(shares.values()) < 0.2
    assert bubble(schedule(8, 1)) == pytest.approx(7 / 8)


def test_the_printed_speedups_lie_just_below_what_the_bubble_allows(record_property):
    allowed = {K: K * (1 - bubble(schedule(K, 32))) for K in (2, 4, 8)}
    record_property("limit for K = 2", f"{allowed[2]:.2f}")
    record_property("limit for K = 4", f"{allowed[4]:.2f}")
    record_property("limit for K = 8", f"{allowed[8]:.2f}")
    for K, printed in ((2, 1.8), (4, 3.4), (8, 6.3)):             # Table 2, Transformer, M = 32
        assert 0.92 < printed / allowed[K] < 1
    assert 8 * (1 - bubble(schedule(8, 4))) < 4.8                 # printed at M = 4: more


def table_1_size(L: int) -> int:
    """Parameters of Transformer-L: up to 13 layers are built, more only repeat one."""
    built = min(L, 13)
    with torch.device("meta"):
        layers = transformer(built)
    sizes = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    return sum(sizes) + (L - built) * sizes[1]


def test_table_1_follows_from_the_layer_sizes(record_property):
    d, hidden, V = 2048, 8192, 32000
    layer = (4 * d * d + 4 * d) + (2 * d * hidden + hidden + d) + 2 * 2 * d
    for L in (3, 13, 1663):
        assert table_1_size(L) == L * layer + 2 * V * d + V
    record_property("Transformer-3", f"{table_1_size(3) / 1e6:.1f} M")
    record_property("Transformer-13", f"{table_1_size(13) / 1e6:.1f} M")
    record_property("Transformer-103", f"{table_1_size(103) / 1e9:.1f} B")
    record_property("Transformer-415", f"{table_1_size(415) / 1e9:.1f} B")
    record_property("Transformer-1663", f"{table_1_size(1663) / 1e9:.1f} B")
    printed = {3: 282.2e6, 13: 785.8e6, 103: 5.3e9, 415: 21.0e9, 1663: 83.9e9}
    for L, parameters in printed.items():
        assert table_1_size(L) == pytest.approx(parameters, rel=0.005)
    with torch.device("meta"):
        assert transformer(1)[1].self_attn.num_heads == 32


def test_twelve_bytes_a_parameter_give_the_memory_row_and_show_two_swapped_entries(record_property):
    def gigabytes(L: int) -> float:
        return 12 * table_1_size(L) / 2**30

    record_property("parameter memory, L = 13", f"{gigabytes(13):.1f} G")
    record_property("parameter memory, L = 1663", f"{gigabytes(1663):.1f} G")
    record_property("parameter memory, L = 3", f"{gigabytes(3):.2f} G")
    for L, printed in ((13, 8.8), (103, 59.5), (415, 235.1), (1663, 937.9)):
        assert gigabytes(L) == pytest.approx(printed, rel=0.003)
    assert gigabytes(3) == pytest.approx(3.15, rel=0.003)         # printed as activation memory


def test_layers_have_no_dropout_and_put_the_batch_first():
    torch.manual_seed(0)
    layer = transformer(1, V=5, width=4, heads=2)[1]
    x = torch.randn(3, 2, 4)
    with torch.no_grad():
        torch.testing.assert_close(layer(x), layer.eval()(x))     # training changes nothing
    torch.testing.assert_close(layer(x)[:1], layer(x[:1]))        # samples do not mix


@pytest.mark.parametrize(("K", "M"), [(1, 1), (2, 4), (4, 8), (8, 2), (16, 16)])
def test_peak_activations_are_inputs_plus_one_recomputed_micro_batch(K, M, record_property):
    L, N, width = 16, 32, 6
    layers = mlp(L, width)
    x, y = torch.randn(N, width, dtype=torch.double), torch.zeros(N, width, dtype=torch.double)
    _, peak = gpipe_gradient(cells(layers, [L // K] * K), x, y, F.mse_loss, M)
    _, plain = recompute(nn.Sequential(*layers), x)
    record_property(f"K = {K}, M = {M}", f"{peak / plain:.0%} of one device")
    assert plain == width * N * (L + 1)
    assert peak == width * (N + L // K * N // M)


def test_parameters_are_not_counted_as_activations():
    layer = nn.Linear(5, 7)
    output, held = recompute(layer, torch.randn(3, 5, requires_grad=True))
    assert output.requires_grad
    assert held == 15


@pytest.mark.parametrize("K", [1, 2, 3, 4, 7])
def test_the_cut_has_the_least_variance_of_all_cuts(K):
    costs = [2.0, 8.0, 4.0, 5.0, 1.0, 7.0, 3.0]                   # cubes would cut it elsewhere

    def variance(lengths: list[int]) -> float:
        rest = iter(costs)
        loads = torch.tensor([sum(next(rest) for _ in range(n)) for n in lengths])
        return loads.var(correction=0).item()

    everything = [
        [b - a for a, b in zip((0, *cut), (*cut, 7), strict=True)]
        for cut in combinations(range(1, 7), K - 1)
    ]
    ours = partition(costs, K)
    assert (len(ours), sum(ours), min(ours) > 0) == (K, 7, True)
    assert variance(ours) == pytest.approx(min(map(variance, everything)))


def test_every_cell_gets_a_layer_even_where_layers_cost_nothing():
    assert partition([0.0, 0.0, 5.0], 3) == [1, 1, 1]
    assert min(partition([0.0, 9.0, 0.0, 0.0], 4)) == 1


def test_cells_keep_the_order_of_the_layers():
    layers = mlp(5)
    grouped = cells(layers, [2, 1, 2])
    assert [len(cell) for cell in grouped] == [2, 1, 2]
    assert [layer for cell in grouped for layer in cell] == layers
