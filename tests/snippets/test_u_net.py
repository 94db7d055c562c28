"""U-Net: the paper's claims."""

import math
from functools import cache

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.u_net import (
    UNet,
    collages,
    crop,
    deform,
    energy,
    judge,
    output_size,
    parameters,
    segment,
    train,
    weight_map,
)


@pytest.fixture
def small() -> UNet:
    """A net of depth 2 and 4 channels, exact enough to compare."""
    net = UNet(C=4, depth=2).double().requires_grad_(False)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return net


@cache
def judged(skips: bool, w_0: float) -> tuple[float, float]:
    return judge(train(skips, w_0))


# The network


def test_572_pixels_in_give_388_out(record_property):
    record_property("pixels out", output_size(572))
    assert output_size(572) == 388
    assert output_size(588) == 404
    for size in (571, 570, 568, 564, 580):
        with pytest.raises(ValueError, match="do not halve"):
            output_size(size)


@pytest.mark.parametrize(("depth", "size"), [(1, 20), (2, 44), (2, 84), (3, 92)])
def test_a_real_forward_pass_gives_the_computed_size(depth, size):
    y = UNet(C_in=3, K=5, C=2, depth=depth)(torch.randn(2, 3, size, size + 8 * depth))
    assert y.shape[:3] == (2, 5, output_size(size, depth))
    assert y.shape[3] == output_size(size + 8 * depth, depth)


def test_the_network_has_23_convolutions_and_31_million_parameters(record_property):
    with torch.device("meta"):
        net = UNet()
    layers = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    record_property("convolutions", len(layers))
    record_property("parameters", f"{parameters(net) / 1e6:.1f} M")
    assert len(layers) == 23
    down = [(1, 64), (64, 128), (128, 256), (256, 512), (512, 1024)]
    total = sum(9 * a * b + b + 9 * b * b + b for a, b in down)
    total += sum(4 * 2 * b * b + b + 9 * 2 * b * b + b + 9 * b * b + b for b in (512, 256, 128, 64))
    assert parameters(net) == total + 64 * 2 + 2


def written_out(net: UNet, x: torch.Tensor) -> torch.Tensor:
    """Depth 2, one step after the other, as Fig. 1 draws it."""

    def block(x: torch.Tensor, layers: nn.Sequential) -> torch.Tensor:
        for layer in (layers[0], layers[2]):
            x = F.conv2d(x, layer.weight, layer.bias).clamp(min=0)
        return x

    a = block(x, net.down[0])
    b = block(F.max_pool2d(a, 2), net.down[1])
    y = block(F.max_pool2d(b, 2), net.down[2])
    for seen, up, join in ((b, net.up[0], net.join[0]), (a, net.up[1], net.join[1])):
        y = F.conv_transpose2d(y, up.weight, up.bias, stride=2)
        top, left = ((seen.shape[i] - y.shape[i]) // 2 for i in (2, 3))
        middle = seen[:, :, top : top + y.shape[2], left : left + y.shape[3]]
        y = block(torch.cat([middle, y], dim=1), join)
    return torch.einsum("kc,nchw->nkhw", net.classify.weight[:, :, 0, 0], y) + (
        net.classify.bias[:, None, None]
    )


def test_output_and_gradient_equal_the_written_out_steps():
    net = UNet(C=3, depth=2).double()
    x = torch.randn(2, 1, 44, 60, dtype=torch.double)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    y, y_written = net(ours), written_out(net, theirs)
    torch.testing.assert_close(y, y_written)
    (y**2).sum().backward()
    (y_written**2).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_crop_takes_the_middle():
    x = torch.arange(30.0).reshape(1, 1, 5, 6)
    assert crop(x, (1, 2)).flatten().tolist() == [14, 15]
    assert crop(x, (3, 6))[0, 0, :, 0].tolist() == [6, 12, 18]
    assert crop(x, (5, 6)).equal(x)


def test_cut_skips_carry_nothing():
    net = UNet(C=2, depth=1, skips=False)
    seen = []
    net.join[0].register_forward_hook(lambda _, args, __: seen.append(args[0]))
    net(torch.randn(1, 1, 20, 20))
    assert seen[0].shape[1] == 4
    assert seen[0][:, :2].abs().max() == 0
    assert seen[0][:, 2:].abs().max() > 0


# Tiles


def test_tiles_join_without_a_seam(small, record_property):
    x = torch.randn(1, 1, 48, 72, dtype=torch.double)
    by_tiles = segment(small, x, tile=12, margin=20)
    at_once = small(F.pad(x, (20, 20, 20, 20), mode="reflect"))
    difference = (by_tiles - at_once).abs().max().item()
    record_property("largest difference", f"{difference:.0e}")
    assert by_tiles.shape == (1, 2, 48, 72)
    torch.testing.assert_close(by_tiles, at_once)


@pytest.mark.parametrize(("depth", "tile", "margin"), [(1, 6, 8), (3, 8, 46), (3, 24, 46)])
def test_tiles_of_a_multiple_of_2_to_the_depth_join_at_other_depths(depth, tile, margin):
    whole = UNet(C=2, depth=depth).double().requires_grad_(False)
    for weight in whole.parameters():
        weight.uniform_(-0.1, 0.3)                                 # so that the image gets through
    x = torch.randn(1, 1, 48, 72, dtype=torch.double)
    net = nn.Module()
    net.forward = lambda x: crop(whole(x), (tile, tile))           # of depth 3 come 8 n + 4 pixels
    at_once = crop(whole(F.pad(x, (margin,) * 4, mode="reflect")), (48, 72))
    torch.testing.assert_close(segment(net, x, tile, margin), at_once)


def test_tiles_of_another_size_leave_seams():
    net = UNet(C=2, depth=3).double().requires_grad_(False)
    for weight in net.parameters():
        weight.uniform_(-0.1, 0.3)
    x = torch.randn(1, 1, 60, 60, dtype=torch.double)
    at_once = net(F.pad(x, (44,) * 4, mode="reflect"))
    difference = (segment(net, x, tile=12, margin=44) / at_once - 1).abs()[0, :, :12].amax((0, 1))
    assert difference[:12].max() < 1e-9                            # the first tile starts alike
    assert difference[12:24].max() > 1e-4                          # 12 is no multiple of 8
    assert difference[24:36].max() < 1e-9                          # 24 is


def test_padded_convolutions_would_leave_seams(small):
    x = torch.randn(1, 1, 48, 48, dtype=torch.double)
    for layer in small.modules():
        if isinstance(layer, nn.Conv2d) and layer.kernel_size == (3, 3):
            layer.padding = (1, 1)
    at_once = crop(small(F.pad(x, (20,) * 4, mode="reflect")), (48, 48))
    net = nn.Module()
    net.forward = lambda x: crop(small(x), (12, 12))
    assert (segment(net, x, tile=12, margin=4) - at_once).abs().max() > 0.01


# The loss


def test_energy_and_its_gradient_equal_weighted_cross_entropy():
    scores = torch.randn(2, 3, 4, 5, dtype=torch.double)
    labels, w = torch.randint(3, (2, 4, 5)), torch.rand(2, 4, 5, dtype=torch.double)
    ours, theirs = scores.clone().requires_grad_(), scores.clone().requires_grad_()
    loss = energy(ours, labels, w)
    loss_torch = (w * F.cross_entropy(theirs, labels, reduction="none")).mean()
    torch.testing.assert_close(loss, loss_torch)
    loss.backward()
    loss_torch.backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_weights_of_two_cells_by_hand():
    cells = torch.tensor([[1, 1, 0, 0, 0, 2]])
    w = weight_map(cells, w_0=4.0, sigma=2.0)[0].double()
    balance = torch.tensor([1.0, 1, 1, 1, 1, 1])                   # half of the pixels are cells
    d_sum = torch.tensor([math.inf, math.inf, 1 + 3, 2 + 2, 3 + 1, math.inf])
    expected = balance + 4 * torch.exp(-(d_sum**2) / 8)
    torch.testing.assert_close(w, expected.double(), rtol=1e-6, atol=0)


def test_distances_are_to_the_nearest_two_of_many_cells():
    cells = torch.zeros(1, 30, dtype=torch.long)
    cells[0, [0, 4, 29]] = torch.tensor([7, 3, 5])
    w = weight_map(cells)[0] - weight_map(cells, w_0=0.0)[0]
    assert w[1].item() == pytest.approx(10 * math.exp(-((1 + 3) ** 2) / 50), rel=1e-5)
    assert w[5].item() == pytest.approx(10 * math.exp(-((1 + 5) ** 2) / 50), rel=1e-5)


def test_w_c_gives_ink_and_background_the_same_total():
    cells = collages(1, seed=0)[1][0]
    w = weight_map(cells, w_0=0.0)
    assert w[cells > 0].sum().item() == pytest.approx(w[cells == 0].sum().item(), rel=1e-4)
    assert w.mean().item() == pytest.approx(1, rel=1e-4)


def test_thin_gaps_weigh_most(record_property):
    cells = torch.zeros(40, 60, dtype=torch.long)
    cells[10:30, 5:25], cells[10:30, 26:46] = 1, 2                 # two squares, a pixel apart
    w = weight_map(cells)
    record_property("in the gap", round(w[20, 25].item(), 1))
    record_property("beside the cells", round(w[20, 2].item(), 1))
    assert w.max() == w[10:30, 25].max()
    assert w[20, 25] > 8 * w[20, 2]


# Deformations


def test_deformation_of_size_0_leaves_the_image():
    x = torch.rand(2, 3, 20, 30)
    torch.testing.assert_close(deform(x, std=0.0), x, rtol=0, atol=1e-5)


def test_deformation_moves_pixels_by_the_interpolated_field(monkeypatch):
    constant = torch.tensor([3.0, -2.0]).reshape(1, 2, 1, 1).expand(1, 2, 3, 3)
    monkeypatch.setattr(torch, "randn", lambda *_: constant)
    x = torch.rand(1, 1, 20, 30)
    once, twice = deform(x, std=1.0), deform(x, std=2.0)
    torch.testing.assert_close(once[:, :, 2:, :27], x[:, :, :18, 3:], rtol=0, atol=1e-4)
    torch.testing.assert_close(twice[:, :, 4:, :24], x[:, :, :16, 6:], rtol=0, atol=1e-4)


def test_deformation_is_smooth_and_as_large_as_the_paper_says():
    x = torch.arange(101.0).expand(400, 1, 11, 101)                # its values are its columns
    moved = (deform(x) - x)[:, 0, 5, 41:60]
    assert moved[:, 9].std().item() == pytest.approx(10, rel=0.15)
    assert moved.diff(dim=1).abs().max() < 1.5                     # neighbours move alike
    each = deform(x[:2])
    assert not each[0].equal(each[1])


def test_the_field_is_bicubic_on_a_3_by_3_grid(monkeypatch):
    seen = {}

    def interpolate(x, size, **options):
        seen.update(grid=x.shape[-2:], mode=options["mode"])
        return torch.zeros(1, 2, *size)

    monkeypatch.setattr(F, "interpolate", interpolate)
    deform(torch.rand(1, 1, 8, 8))
    assert seen == {"grid": (3, 3), "mode": "bicubic"}


def test_the_grid_reaches_from_corner_to_corner(monkeypatch):
    inwards = torch.tensor([1.0, 1.0, -1.0])
    x_shift = inwards * torch.tensor([[3.0, 1, 4], [2, 5, 1], [1, 2, 6]])
    y_shift = inwards[:, None] * torch.tensor([[2.0, 6, 1], [4, 3, 2], [5, 1, 3]])
    monkeypatch.setattr(torch, "randn", lambda *_: torch.stack([x_shift, y_shift])[None])
    rows, columns = torch.arange(41.0), torch.arange(61.0)
    x = torch.stack(torch.meshgrid(columns, rows, indexing="xy"))[None]
    moved = (deform(x, std=1.0) - x)[0, :, ::20, ::30]             # at the nine points of the grid
    torch.testing.assert_close(moved, torch.stack([x_shift, y_shift]), rtol=0, atol=1e-3)


def test_shifts_to_the_side_say_nothing_about_shifts_up_and_down():
    side = torch.arange(41.0)
    x = torch.stack(torch.meshgrid(side, side, indexing="xy")).expand(600, 2, 41, 41)
    moved = (deform(x, std=3.0) - x)[:, :, 20, 20]
    assert moved.T.corrcoef()[0, 1].abs() < 0.2


# The experiment


def test_skips_make_the_segmentation_sharper(record_property):
    intact, cut = judged(True, 0.0)[0], judged(False, 0.0)[0]
    record_property("IoU with skips", round(intact, 2))
    record_property("IoU, skips cut", round(cut, 2))
    assert intact > cut + 0.06


def test_weight_on_the_gaps_keeps_touching_cells_apart(record_property):
    plain, weighted = judged(True, 0.0), judged(True, 10.0)
    record_property("gap pixels taken for ink, plain", f"{plain[1]:.0%}")
    record_property("gap pixels taken for ink, weighted", f"{weighted[1]:.0%}")
    record_property("IoU, plain", round(plain[0], 2))
    record_property("IoU, weighted", round(weighted[0], 2))
    assert weighted[1] < 0.5 * plain[1]
    assert weighted[0] > 0.6                                       # and ink is still found


def test_collages_are_nine_digits_a_pixel_apart():
    x, cells = collages(3, seed=5, noise=0.0)
    assert (x.shape, cells.shape) == ((3, 1, 44, 44), (3, 44, 44))
    assert [cells[0, 17 * i : 17 * i + 16, 17 * j : 17 * j + 16].max().item()
            for i in range(3) for j in range(3)] == list(range(1, 10))  # fmt: skip
    assert cells[:, 16::17].max() == cells[:, :, 16::17].max() == 0
    assert ((x[:, 0] > 0.3) == (cells > 0)).all()
    assert (x.min(), x.max()) == (0, 1)
    noisy, same = collages(3, seed=5)
    assert (noisy - x).std().item() == pytest.approx(0.3, rel=0.05)
    assert same.equal(cells)
    assert not collages(3, seed=6)[1].equal(cells)


def test_judging_counts_pixels():
    class Known(nn.Module):
        def forward(self, _: torch.Tensor) -> torch.Tensor:
            right = (collages(8, seed=1)[1] > 0).float()
            right[:, :, 30:] = 0                                   # and a part is missed
            return torch.stack([0.5 - right, right - 0.5], dim=1)

    cells = collages(8, seed=1)[1]
    iou, in_gaps = judge(Known())
    assert iou == pytest.approx(((cells > 0)[:, :, :30].sum() / (cells > 0).sum()).item())
    assert in_gaps == 0


def test_everything_found_means_every_gap_is_lost():
    class Ink(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            assert x.shape == (8, 1, 84, 84)
            return torch.stack([torch.zeros(8, 44, 44), torch.ones(8, 44, 44)], dim=1)

    iou, in_gaps = judge(Ink())
    assert in_gaps == 1
    assert iou == pytest.approx((collages(8, seed=1)[1] > 0).float().mean().item())


def test_gaps_are_where_the_border_term_exceeds_6():
    class Marks(nn.Module):
        def __init__(self, low: float, high: float) -> None:
            super().__init__()
            self.low, self.high = low, high

        def forward(self, _: torch.Tensor) -> torch.Tensor:
            cells = collages(8, seed=1)[1]
            border = torch.stack([weight_map(one) - weight_map(one, w_0=0.0) for one in cells])
            marked = ((border > self.low) & (border <= self.high)).float()
            return torch.stack([0.5 - marked, marked - 0.5], dim=1)

    assert judge(Marks(6, 100))[1] == 1
    assert judge(Marks(-1, 6))[1] == 0
    assert judge(Marks(6, 6.5))[1] > 0                             # just above 6 counts


def test_a_seed_fixes_the_noise_too():
    first = collages(2, seed=5)[0]
    torch.rand(1)
    assert collages(2, seed=5)[0].equal(first)


def test_training_mirrors_the_image_and_asks_for_the_ink_of_all_nine_digits(monkeypatch):
    seen, inputs, forward = [], [], UNet.forward

    def spy(scores: torch.Tensor, labels: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        seen.append((scores.shape, labels, w))
        return energy(scores, labels, w)

    def watched(net: UNet, x: torch.Tensor) -> torch.Tensor:
        inputs.append(x)
        return forward(net, x)

    monkeypatch.setattr("snippets.u_net.energy", spy)
    monkeypatch.setattr(UNet, "forward", watched)
    train(w_0=10.0, steps=3)
    images, cells = collages(24, seed=0)
    assert len(seen) == 3
    for x, (shape, labels, w) in zip(inputs, seen, strict=True):
        assert (x.shape[1:], shape[1:]) == ((1, 84, 84), (2, 44, 44))
        for one, label, weight in zip(x[:, 0], labels, w, strict=True):
            (which,) = (images[:, 0] == one[20:64, 20:64]).all(2).all(1).nonzero()[:, 0].tolist()
            mirrored = np.pad(images[which, 0].numpy(), 20, mode="reflect")
            assert np.array_equal(one.numpy(), mirrored)
            assert label.equal((cells[which] > 0).long())
            torch.testing.assert_close(weight, weight_map(cells[which]))


def test_by_default_skips_are_intact_and_gaps_weigh_like_the_rest():
    net, same = train(steps=1), train(True, 0.0, steps=1)
    assert net.skips
    for a, b in zip(net.parameters(), same.parameters(), strict=True):
        assert a.grad.equal(b.grad)


def test_training_sees_24_collages_that_are_not_those_of_the_test(monkeypatch):
    asked = []

    def spy(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        asked.append((count, seed))
        return collages(count, seed)

    monkeypatch.setattr("snippets.u_net.collages", spy)
    judge(train(steps=0))
    assert asked == [(24, 0), (8, 1)]


def test_training_starts_from_he_weights_and_is_repeatable():
    net = train(steps=0)
    assert parameters(net) == parameters(UNet(C=8, depth=2))
    layer = net.down[2][2]
    assert layer.weight.std().item() == pytest.approx(math.sqrt(2 / (9 * 32)), rel=0.05)
    assert layer.bias.abs().max() == 0
    first, second = train(steps=2), train(steps=2)
    assert first.classify.weight.equal(second.classify.weight)
    assert not train(steps=2, seed=0).classify.weight.equal(first.classify.weight)
    assert (first.classify.weight - net.classify.weight).abs().max().item() == pytest.approx(
        0.01, rel=0.2
    )                                                              # two steps of Adam at 0.005
