"""Weight standardization and batch-channel normalization: the paper's claims."""

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from snippets.weight_standardization import (
    BatchChannelNorm,
    WSConv2d,
    digit_net,
    digits,
    four_groups,
    gradient_shares,
    group_norm,
    resnet50,
    standardise,
    train,
)


@pytest.fixture
def weight() -> torch.Tensor:
    return torch.randn(6, 4, 3, 3, dtype=torch.double) * 2 + 1


@pytest.fixture
def g() -> torch.Tensor:
    """A gradient with respect to the standardised filters."""
    return torch.randn(6, 4, 3, 3, dtype=torch.double) + 0.5


def pulled_back(weight, g):
    """The gradient with respect to the raw filters, by autograd."""
    weight = weight.clone().requires_grad_()
    (standardise(weight, eps=0.0) * g).sum().backward()
    return weight.grad.flatten(1)


def test_filters_and_their_gradient_equal_torch_layer_norm_of_each_filter(weight, g):
    ours, theirs = weight.clone().requires_grad_(), weight.clone().requires_grad_()
    y = standardise(ours, eps=0.0)
    y_torch = F.layer_norm(theirs, (4, 3, 3), eps=0.0)
    torch.testing.assert_close(y, y_torch)
    (y**3 * g).sum().backward()
    (y_torch**3 * g).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_two_filters_by_hand():
    weight = torch.tensor([[1.0, 3.0], [10.0, 30.0]]).reshape(2, 2, 1, 1)
    assert standardise(weight, eps=0.0).flatten().tolist() == pytest.approx([-1, 1, -1, 1])
    shrunk = standardise(weight, eps=1.0).flatten().tolist()       # eps is added to the deviation
    assert shrunk == pytest.approx([-0.5, 0.5, -10 / 11, 10 / 11])


def test_the_default_epsilon_keeps_a_dead_filter_finite():
    assert standardise(torch.full((1, 2, 3, 3), 7.0)).abs().max() == 0
    tiny = torch.tensor([-1e-5, 1e-5]).reshape(1, 2, 1, 1)         # a deviation as large as eps
    assert standardise(tiny).flatten().tolist() == pytest.approx([-0.5, 0.5])


def test_each_filter_has_mean_zero_and_variance_one(weight):
    filters = standardise(weight).flatten(1)
    torch.testing.assert_close(filters.mean(1), torch.zeros(6, dtype=torch.double))
    torch.testing.assert_close(
        filters.var(1, correction=0), torch.ones(6, dtype=torch.double), rtol=1e-4, atol=0
    )


def test_scale_and_offset_of_the_raw_filter_do_not_matter(weight):
    torch.testing.assert_close(
        standardise(weight, eps=0.0), standardise(5 * weight - 3, eps=0.0)
    )


def test_the_gradient_is_orthogonal_to_the_ones_and_to_the_filter(weight, g, record_property):
    gradient = pulled_back(weight, g)
    filters = standardise(weight, eps=0.0).flatten(1)
    along_ones = gradient.sum(1).abs().max().item()
    along_filter = (gradient * filters).sum(1).abs().max().item()
    record_property("along the ones", f"{along_ones:.1e}")
    record_property("along the filter", f"{along_filter:.1e}")
    assert max(along_ones, along_filter) < 1e-12 * 36
    assert g.flatten(1).sum(1).abs().min() > 1e-3                  # it did point there before


def test_the_gradient_norm_loses_exactly_the_two_projections(weight, g):
    kept, centring, scaling = gradient_shares(weight, g)
    std = weight.flatten(1).std(1, correction=0)
    torch.testing.assert_close((pulled_back(weight, g) ** 2).sum(1), kept / std**2)
    torch.testing.assert_close(kept + centring + scaling, (g**2).flatten(1).sum(1))
    torch.testing.assert_close(centring, 36 * g.flatten(1).mean(1) ** 2)
    unit = F.normalize(standardise(weight, eps=0.0).flatten(1))
    torch.testing.assert_close(scaling, (unit * g.flatten(1)).sum(1) ** 2)
    assert (kept < (g**2).flatten(1).sum(1)).all()                 # a smoother loss


def test_on_digits_centring_removes_far_more_of_the_gradient_than_scaling(record_property):
    x, y, *_ = digits()
    raw = nn.Conv2d(1, 32, 3).weight.detach()
    deeper = nn.Conv2d(32, 32, 3).weight.detach()
    first = standardise(raw).requires_grad_()
    second = standardise(deeper).requires_grad_()
    x = F.relu(four_groups(32)(F.conv2d(x, first)))
    x = F.relu(four_groups(32)(F.conv2d(x, second)))
    F.cross_entropy(nn.Linear(32, 10)(x.mean(dim=(2, 3))), y).backward()
    for name, weight, g in (("first", raw, first.grad), ("second", deeper, second.grad)):
        parts = [part.sum().item() for part in gradient_shares(weight, g)]
        _, centring, scaling = (part / sum(parts) for part in parts)
        record_property(f"{name} layer, removed by centring", f"{centring:.1%}")
        record_property(f"{name} layer, removed by scaling", f"{scaling:.1%}")
        assert centring > 0.08
        assert centring > 5 * scaling


def test_the_convolution_uses_the_standardised_filters_with_every_option_of_torch():
    x = torch.randn(2, 4, 9, 9)
    conv = WSConv2d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2)
    filters = standardise(conv.weight)
    torch.testing.assert_close(
        conv(x), F.conv2d(x, filters, conv.bias, stride=2, padding=1, dilation=2, groups=2)
    )


def test_a_constant_added_to_the_input_disappears():
    x = torch.randn(2, 4, 9, 9, dtype=torch.double)
    conv = WSConv2d(4, 6, 3).double()
    torch.testing.assert_close(conv(x), conv(x + 100))
    plain = nn.Conv2d(4, 6, 3).double()
    assert (plain(x) - plain(x + 100)).abs().max() > 1


def dead_channel() -> torch.Tensor:
    """Activations (8, 32, 6, 6) of which channel 0 has drifted far below the others."""
    x = torch.randn(8, 32, 6, 6)
    x[:, 0] -= 4
    return x


def settled(x: torch.Tensor) -> BatchChannelNorm:
    norm = BatchChannelNorm(32, groups=4)
    for _ in range(80):
        norm(x)
    return norm


def test_a_channel_that_group_norm_leaves_dead_is_revived_by_bcn(record_property):
    x = dead_channel()
    by_group = (four_groups(32)(x)[:, 0] > 0).float().mean().item()
    by_bcn = (settled(x)(x)[:, 0] > 0).float().mean().item()
    record_property("active after GN", f"{by_group:.1%}")
    record_property("active after BCN", f"{by_bcn:.1%}")
    assert by_group < 0.01
    assert 0.4 < by_bcn < 0.6


def test_bcn_is_batch_norm_by_estimates_followed_by_group_norm():
    norm = settled(dead_channel()).eval()
    with torch.no_grad():
        norm.gain.copy_(torch.rand(32))
        norm.bias.copy_(torch.rand(32))
        norm.channel_norm.weight.copy_(torch.rand(32))
    x = torch.randn(3, 32, 5, 5)
    mean, var, gain, bias = (t.view(-1, 1, 1) for t in (norm.mean, norm.var, norm.gain, norm.bias))
    inner = gain * (x - mean) / (var + 1e-5).sqrt() + bias
    torch.testing.assert_close(norm(x), F.group_norm(inner, 4, norm.channel_norm.weight))


def test_the_estimates_move_a_tenth_of_the_way_at_each_step():
    norm = BatchChannelNorm(2, groups=1)
    x = torch.tensor([[3.0, 5.0], [0.0, 0.0]]).reshape(1, 2, 2, 1)
    norm(x)
    assert norm.mean.tolist() == pytest.approx([0.4, 0.0])         # 0 + 0.1 (4 - 0)
    assert norm.var.tolist() == pytest.approx([2.6, 0.9])          # 1 + 0.1 (17 - 1), about 0
    norm.rate = 1.0
    norm(x)
    assert norm.mean.tolist() == pytest.approx([4.0, 0.0])
    assert norm.var.tolist() == pytest.approx([(2.6**2 + 4.6**2) / 2, 0.0])  # about the old mean
    norm.eval()(x + 1)
    assert norm.mean.tolist() == pytest.approx([4.0, 0.0])         # frozen at inference


def test_no_gradient_crosses_from_one_image_to_another_in_bcn():
    for norm, crosses in ((BatchChannelNorm(8, 2), False), (nn.BatchNorm2d(8), True)):
        x = torch.randn(4, 8, 3, 3, requires_grad=True)
        (norm(x)[0] ** 3).sum().backward()
        assert bool(x.grad[1:].abs().max() > 1e-6) is crosses


def test_bcn_defaults_to_32_groups_as_group_norm_does():
    assert BatchChannelNorm(64).channel_norm.num_groups == group_norm(64).num_groups == 32


def test_resnet50_with_ws_has_not_one_parameter_more(record_property):
    with torch.device("meta"):
        ours = sum(p.numel() for p in resnet50().parameters())
        plain = sum(p.numel() for p in resnet50(nn.Conv2d, nn.BatchNorm2d).parameters())
    record_property("parameters", f"{ours / 1e6:.2f} M")
    assert ours == plain == 25_557_032


def test_resnet50_halves_the_image_five_times_and_doubles_the_channels():
    with torch.device("meta"):
        net = resnet50()
        x = torch.empty(1, 3, 224, 224)
        shapes = []
        for layer in net:
            x = layer(x)
            shapes.append(tuple(x.shape[1:]))
    assert shapes[:4] == [(64, 112, 112)] * 3 + [(64, 56, 56)]
    stages = [(256, 56, 56)] * 3 + [(512, 28, 28)] * 4 + [(1024, 14, 14)] * 6 + [(2048, 7, 7)] * 3
    assert shapes[4:20] == stages
    assert shapes[20:] == [(2048, 1, 1), (2048,), (1000,)]
    assert net[3].kernel_size == 3                                 # the first pooling
    assert net[7].body[3].stride == (2, 2)                         # in the 3×3 convolution
    convs = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
    assert len(convs) == 53
    assert all(isinstance(conv, WSConv2d) for conv in convs)


def test_a_residual_block_adds_its_input():
    block = resnet50(norm=lambda c: nn.GroupNorm(1, c))[5]
    x = torch.randn(1, 256, 4, 4)
    torch.testing.assert_close(block(x), F.relu(block.body(x) + x))


def test_the_small_net_sees_200_digits_and_is_tested_on_600_others():
    x, y, x_test, y_test = digits()
    data = load_digits()
    assert (len(x), len(x_test)) == (200, 600)
    torch.testing.assert_close(torch.cat([x, x_test])[:, 0].double() * 16, torch.cat(
        [torch.tensor(data.images[:200]), torch.tensor(data.images[-600:])]))
    assert y.tolist() + y_test.tolist() == [*data.target[:200], *data.target[-600:]]


def test_the_small_net_halves_the_image_twice():
    net, x, shapes = digit_net(WSConv2d, four_groups), torch.zeros(1, 1, 16, 16), []
    for layer in net:
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [(32, 8, 8)] * 6 + [(32, 4, 4)] * 6 + [(32, 1, 1), (32,), (10,)]
    assert sum(p.numel() for p in net.parameters()) == 9 * 32 + 3 * 9 * 32**2 + 8 * 32 + 330
    assert net[1].num_groups == 4


def test_training_is_sgd_with_momentum_on_two_images_a_step():
    _, losses = train(nn.Conv2d, four_groups)
    torch.manual_seed(0)
    net = digit_net(nn.Conv2d, four_groups)
    x, y, *_ = digits()
    speed = [torch.zeros_like(p) for p in net.parameters()]
    order = torch.randperm(200)
    for step in range(15):
        chosen = order[2 * step : 2 * step + 2]
        loss = F.cross_entropy(net(x[chosen]), y[chosen])
        assert losses[step] == pytest.approx(loss.item(), rel=1e-3)
        grads = torch.autograd.grad(loss, list(net.parameters()))
        with torch.no_grad():
            for p, v, g in zip(net.parameters(), speed, grads, strict=True):
                v.mul_(0.9).add_(g)
                p -= 0.02 * v


def test_two_images_a_batch_are_enough_with_ws_where_group_norm_alone_fails(record_property):
    alone, losses = train(nn.Conv2d, four_groups)
    with_ws, losses_ws = train(WSConv2d, four_groups)
    bcn, _ = train(WSConv2d, lambda channels: BatchChannelNorm(channels, groups=4))
    record_property("error with GN", f"{alone:.1%}")
    record_property("error with GN + WS", f"{with_ws:.1%}")
    record_property("error with BCN + WS", f"{bcn:.1%}")
    assert len(losses) == len(losses_ws) == 200
    assert sum(losses_ws[-50:]) < 0.6 * sum(losses[-50:])
    assert with_ws < alone - 0.25
    assert bcn < alone - 0.25
