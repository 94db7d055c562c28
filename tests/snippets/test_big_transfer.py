"""Big Transfer: the paper's claims."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.big_transfer import (
    SIZES,
    Recipe,
    ResNetV2,
    StdConv,
    Unit,
    digits,
    filter_length,
    fine_tune,
    hyper_rule,
    learning_rate,
    mixup,
    standardize,
    train,
)


def small(K: int = 10) -> ResNetV2:
    return ResNetV2((1,), 0.5, K)


def outline(name: str) -> ResNetV2:
    with torch.device("meta"):
        return ResNetV2(*SIZES[name], K=1000)


def count(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


# Weight standardization


def test_filters_of_two_weights_by_hand():
    W = torch.tensor([[1.0, 3.0], [10.0, 50.0]]).reshape(2, 2, 1, 1)
    assert standardize(W).flatten().tolist() == pytest.approx([-1, 1, -1, 1])


def test_epsilon_stands_inside_the_root_and_is_tiny():
    W = torch.tensor([-1e-5, 1e-5], dtype=torch.double).reshape(1, 2, 1, 1)
    assert standardize(W)[0, 1, 0, 0].item() == pytest.approx(0.5**0.5)   # variance 1e-10 too
    assert standardize(torch.ones(1, 2, 1, 1)).abs().max() == 0


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(1, 1, 0), (3, 2, 1), (7, 2, 3)])
def test_convolution_and_its_gradient_equal_layer_norm_of_the_filters(kernel, stride, padding):
    conv = StdConv(4, 6, kernel, stride).double()
    x = torch.randn(2, 4, 9, 8, dtype=torch.double)
    W = conv.weight.detach().clone().requires_grad_()
    normal = F.layer_norm(W, W.shape[1:], eps=1e-10)
    expected = F.conv2d(x, normal, stride=stride, padding=padding)
    y = conv(x)
    torch.testing.assert_close(y, expected)
    (y**2).sum().backward()
    (expected**2).sum().backward()
    torch.testing.assert_close(conv.weight.grad, W.grad)
    assert conv.bias is None
    assert StdConv(4, 6, 3).stride == (1, 1)


# Why weight decay is needed (Sec. 4.2)


def loss_and_gradients(net: ResNetV2) -> tuple[float, list[torch.Tensor]]:
    x, y = digits()
    filters = [layer.weight for layer in net.modules() if isinstance(layer, StdConv)]
    loss = F.cross_entropy(net(x[:16].double()), y[:16])
    return loss.item(), list(torch.autograd.grad(loss, filters))


def lengthened(net: ResNetV2, factor: float) -> ResNetV2:
    longer = copy.deepcopy(net)
    for layer in longer.modules():
        if isinstance(layer, StdConv):
            layer.weight.data *= factor
    return longer


def test_the_step_a_filter_really_takes_shrinks_with_the_square_of_its_length(record_property):
    net = small().double()
    longer = lengthened(net, 3)
    loss, gradients = loss_and_gradients(net)
    loss_longer, gradients_longer = loss_and_gradients(longer)
    assert loss_longer == pytest.approx(loss)
    moved = []
    for network, steps in ((net, gradients), (longer, gradients_longer)):
        W = network.body[0].weight.detach()
        moved.append((standardize(W - 1e-4 * steps[0]) - standardize(W)).norm().item())
    record_property("step of the short filters / step of filters three times longer",
                    round(moved[0] / moved[1], 2))  # fmt: skip
    for short, long in zip(gradients, gradients_longer, strict=True):
        torch.testing.assert_close(long, short / 3, rtol=1e-4, atol=1e-9)
    assert moved[0] / moved[1] == pytest.approx(9, rel=0.01)


def test_gradient_of_a_filter_is_orthogonal_to_the_filter_and_to_a_constant():
    net = small().double()
    filters = [layer.weight for layer in net.modules() if isinstance(layer, StdConv)]
    _, gradients = loss_and_gradients(net)
    for W, g in zip(filters, gradients, strict=True):
        size = (W.flatten(1).norm(dim=1) * g.flatten(1).norm(dim=1)).max()
        assert (W * g).sum((1, 2, 3)).abs().max() < 1e-5 * size
        assert g.sum((1, 2, 3)).abs().max() < 1e-5 * size


def test_filters_grow_without_weight_decay_and_stay_short_with_it(record_property):
    x, y = digits()
    growth = {}
    for decay in (0.0, 0.01):
        torch.manual_seed(0)
        lengths = train(small(), x, y, steps=20, batch=16, base=1.0, decay=decay)
        growth[decay] = lengths[-1] / lengths[0]
        if decay == 0:
            assert lengths == sorted(lengths)
    record_property("growth without decay", round(growth[0.0], 2))
    record_property("growth with decay", round(growth[0.01], 2))
    assert growth[0.0] > 1.15
    assert growth[0.01] < growth[0.0] - 0.1


def test_length_of_the_filters_by_hand():
    layers = nn.Sequential(StdConv(1, 1, 1), nn.Linear(5, 5), StdConv(1, 2, 1))
    layers[0].weight.data.fill_(3)
    layers[2].weight.data.copy_(torch.tensor([0.0, 4.0]).reshape(2, 1, 1, 1))
    assert filter_length(layers) == 5


# The network


def group_norm(x: torch.Tensor, norm: nn.GroupNorm) -> torch.Tensor:
    grouped = x.reshape(len(x), 32, -1)
    grouped = (grouped - grouped.mean(-1, keepdim=True)) / torch.sqrt(
        grouped.var(-1, correction=0, keepdim=True) + 1e-5
    )
    return grouped.reshape(x.shape) * norm.weight[:, None, None] + norm.bias[:, None, None]


def written_out(unit: Unit, x: torch.Tensor, stride: int) -> torch.Tensor:
    def convolve(y: torch.Tensor, conv: StdConv, step: int, padding: int) -> torch.Tensor:
        W = conv.weight.flatten(1)
        W = (W - W.mean(1, keepdim=True)) / (W.var(1, correction=0, keepdim=True) + 1e-10).sqrt()
        return F.conv2d(y, W.reshape(conv.weight.shape), stride=step, padding=padding)

    y = group_norm(x, unit.norm1).clamp(min=0)
    shortcut = convolve(y, unit.project, stride, 0) if unit.project is not None else x
    y = convolve(y, unit.conv1, 1, 0)
    y = convolve(group_norm(y, unit.norm2).clamp(min=0), unit.conv2, stride, 1)
    y = convolve(group_norm(y, unit.norm3).clamp(min=0), unit.conv3, 1, 0)
    return y + shortcut


@pytest.mark.parametrize(("C_in", "stride"), [(128, 1), (64, 1), (128, 2), (64, 2)])
def test_unit_and_its_gradient_equal_the_written_out_steps(C_in, stride):
    unit = Unit(C_in, 128, stride).double()
    for p in unit.parameters():
        p.data += 0.3 * torch.rand_like(p)
    x = torch.randn(2, C_in, 6, 5, dtype=torch.double)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    y, expected = unit(ours), written_out(unit, theirs, stride)
    torch.testing.assert_close(y, expected)
    (y**3).sum().backward()
    (expected**3).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)
    assert (unit.project is None) == (stride == 1 and C_in == 128)


def test_shortcut_of_a_unit_is_clean():
    unit = Unit(128, 128)
    nn.init.zeros_(unit.conv3.weight)
    x = torch.randn(2, 128, 4, 4)
    assert torch.equal(unit(x), x)                             # no ReLU after the addition


def test_the_default_has_928_million_parameters(record_property):
    sizes = {name: count(outline(name).body) for name in SIZES}
    record_property("R152x4 without the head", f"{sizes['R152x4'] / 1e6:.0f} M")
    assert sizes["R152x4"] == 928_340_224
    assert sizes["R50x1"] == by_hand((3, 4, 6, 3), 1)
    assert sizes["R50x3"] == by_hand((3, 4, 6, 3), 3)
    assert sizes["R101x1"] == by_hand((3, 4, 23, 3), 1)
    assert sizes["R101x3"] == by_hand((3, 4, 23, 3), 3)


def by_hand(units: tuple[int, ...], factor: int) -> int:
    total, C = 3 * 64 * factor * 49, 64 * factor
    for stage, repeats in enumerate(units):
        middle = 64 * factor * 2**stage
        for unit in range(repeats):
            total += 2 * C + C * middle + 2 * middle + 9 * middle**2 + 2 * middle + 4 * middle**2
            total += C * 4 * middle if unit == 0 else 0
            C = 4 * middle
    return total + 2 * C


def test_stages_halve_the_image_and_double_the_channels():
    net = ResNetV2((2, 1, 3, 1), 0.5, 10).requires_grad_(False)
    x = net.body[:3](torch.rand(1, 3, 64, 64))
    assert x.shape[1:] == (32, 16, 16)
    shapes = []
    for layer in net.body[3:-2]:
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == ([(128, 16, 16)] * 2 + [(256, 8, 8)] + [(512, 4, 4)] * 3 + [(1024, 2, 2)])
    assert net.head.in_features == 1024


def test_network_is_root_units_norm_mean_and_head():
    net = small().double()
    x = torch.randn(2, 3, 16, 16, dtype=torch.double)
    W = F.layer_norm(net.body[0].weight, (3, 7, 7), eps=1e-10)
    y = F.max_pool2d(F.pad(F.conv2d(x, W, stride=2, padding=3), (1, 1, 1, 1)), 3, 2)
    y = group_norm(net.body[3](y), net.body[4]).clamp(min=0)
    torch.testing.assert_close(net(x), net.head(y.mean((2, 3))))


def test_output_does_not_depend_on_the_batch_nor_on_training(record_property):
    net = small()
    x, _ = digits()
    with torch.no_grad():
        alone = net(x[:1])
        company = torch.cat([x[:1], 5 * x[1:8] + 1])
        moved = (net(company)[:1] - alone).abs().max().item()
        moved += (net.eval()(x[:1]) - alone).abs().max().item()
    bn = nn.BatchNorm2d(3)
    moved_bn = (bn(company)[:1] - bn.eval()(x[:1])).abs().max().item()
    record_property("moved with GN and WS", round(moved, 5))
    record_property("moved with BN", round(moved_bn, 2))
    assert moved < 1e-4
    assert moved_bn > 0.3
    assert not list(net.buffers())                             # no running statistics at all


# The rule


@pytest.mark.parametrize(("examples", "steps", "alpha"), [
    (10, 500, 0.0), (19_999, 500, 0.0), (20_000, 10_000, 0.1), (499_999, 10_000, 0.1),
    (500_000, 20_000, 0.1), (1_280_000, 20_000, 0.1),
])  # fmt: skip
def test_schedule_and_mixup_follow_the_number_of_examples(examples, steps, alpha):
    recipe = hyper_rule(examples, 224, 224)
    assert (recipe.steps, recipe.mixup) == (steps, alpha)


@pytest.mark.parametrize(("height", "width", "largest", "sizes"), [
    (32, 32, False, (160, 128)), (95, 97, False, (160, 128)), (96, 96, False, (448, 384)),
    (48, 192, False, (448, 384)), (96, 95, True, (160, 128)), (224, 224, True, (512, 480)),
])  # fmt: skip
def test_resolution_follows_the_area_of_the_images(height, width, largest, sizes):
    recipe = hyper_rule(1000, height, width, largest)
    assert (recipe.resize, recipe.crop) == sizes
    assert hyper_rule(1000, 224, 224).crop == 384


def test_rate_falls_by_ten_at_30_60_and_90_percent(record_property):
    assert learning_rate(0, 500) == 0.003
    rates = [learning_rate(step, 500) for step in range(500)]
    drops = [step for step in range(1, 500) if rates[step] < 0.2 * rates[step - 1]]
    assert rates[149] / rates[150] == pytest.approx(10)
    record_property("steps of the drops", str(drops))
    assert drops == [150, 300, 450]
    assert learning_rate(499, 500) == pytest.approx(3e-6)
    assert learning_rate(0, 500, base=1.0) == 1


def test_the_whole_rule_as_the_paper_prints_it(record_property):
    flowers = hyper_rule(2040, 500, 667)
    cifar = hyper_rule(50_000, 32, 32)
    imagenet = hyper_rule(1_280_000, 400, 350, largest=True)
    record_property("small: steps", str(flowers.steps))
    record_property("medium: steps", str(cifar.steps))
    record_property("large: steps", str(imagenet.steps))
    assert flowers == Recipe(steps=500, mixup=0.0, resize=448, crop=384)
    assert cifar == Recipe(steps=10_000, mixup=0.1, resize=160, crop=128)
    assert imagenet == Recipe(steps=20_000, mixup=0.1, resize=512, crop=480)


# Fine-tuning


def test_mixup_blends_images_and_labels_in_the_same_proportion():
    x, y = torch.arange(6.0).reshape(6, 1) * 10, torch.eye(6)
    blended, labels = mixup(x, y, 1.0)
    torch.testing.assert_close(labels.sum(1), torch.ones(6))
    torch.testing.assert_close(labels @ x, blended)
    assert ((labels > 0) & (labels < 1)).any()
    own = labels.diagonal()
    assert own.min() == pytest.approx(own[own < 1].max().item())   # one lambda for the batch


def test_mixup_with_alpha_zero_leaves_everything_as_it_is():
    x, y = torch.rand(6, 3), torch.eye(6)
    assert all(torch.equal(a, b) for a, b in zip(mixup(x, y, 0.0), (x, y), strict=True))


def test_small_alpha_mixes_most_batches_hardly_at_all():
    x, y = torch.zeros(2, 1), torch.eye(2)
    weight = torch.stack([mixup(x, y, 0.1)[1].max() for _ in range(300)])
    assert (weight > 0.9).float().mean() > 0.6


@pytest.mark.parametrize(("alpha", "decay"), [(0.0, 0.0), (0.5, 0.01)])
def test_training_is_sgd_with_momentum_on_the_schedule(alpha, decay):
    x, y = digits()
    net = small()
    twin = copy.deepcopy(net)
    torch.manual_seed(1)
    lengths = train(net, x, y, steps=5, batch=6, base=0.1, alpha=alpha, decay=decay)
    torch.manual_seed(1)
    parameters = list(twin.parameters())
    velocity = [torch.zeros_like(p) for p in parameters]
    for rate in (0.1, 0.1, 0.01, 0.001, 0.001):                # 5 steps: drops at 1.5, 3 and 4.5
        chosen = torch.randint(1797, (6,))
        images, labels = mixup(x[chosen], torch.eye(10)[y[chosen]], alpha)
        loss = -(labels * twin(images).log_softmax(1)).sum(1).mean()
        gradients = torch.autograd.grad(loss, parameters)
        for p, v, g in zip(parameters, velocity, gradients, strict=True):
            v.mul_(0.9).add_(g + decay * p.data)
            p.data.sub_(rate * v)
    for ours, theirs in zip(net.parameters(), parameters, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)
    assert len(lengths) == 5


def test_fine_tuning_starts_from_a_zero_head_and_follows_the_recipe():
    x, y = digits()
    few = torch.arange(20)
    net = small(K=3)
    twin = copy.deepcopy(net)
    fine_tune(net, x[few], y[few], 10, Recipe(steps=0, mixup=0.0, resize=16, crop=16), batch=4)
    assert net(x[:5]).abs().max() == 0 and net(x[:5]).shape == (5, 10)

    by_hand = copy.deepcopy(twin)
    torch.manual_seed(2)
    fine_tune(twin, x[few], y[few], 10, Recipe(steps=3, mixup=0.5, resize=16, crop=16), batch=4)
    torch.manual_seed(2)
    by_hand.head = nn.Linear(128, 10)
    for p in by_hand.head.parameters():
        p.data.zero_()
    train(by_hand, x[few], y[few], 3, 4, base=0.003, alpha=0.5, decay=0.0)
    for ours, theirs in zip(twin.parameters(), by_hand.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_fine_tuning_moves_the_whole_network_and_uses_512_images_by_default():
    x, y = digits(8)
    net = small()
    seen = []
    net.body.register_forward_hook(lambda _, inputs, __: seen.append(len(inputs[0])))
    before = net.body[0].weight.clone()
    fine_tune(net, x, y, 10, Recipe(steps=2, mixup=0.0, resize=8, crop=8))
    assert seen == [512, 512]
    assert not torch.equal(net.body[0].weight, before)


def test_batches_have_512_images_and_the_rate_is_0_003_unless_told_otherwise():
    x, y = digits(8)
    net = small()
    seen = []
    net.head.register_forward_hook(lambda _, inputs, __: seen.append(len(inputs[0])))
    twin = copy.deepcopy(net)
    torch.manual_seed(3)
    train(net, x, y, steps=1)
    torch.manual_seed(3)
    train(twin, x, y, steps=1, batch=512, base=0.003, alpha=0.0, decay=0.0)
    assert seen[0] == 512
    for ours, theirs in zip(net.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_digits_are_enlarged_real_images_in_three_equal_channels():
    x, y = digits()
    assert x.shape == (1797, 3, 16, 16) and (x.min(), x.max()) == (-1, 1)
    assert torch.equal(x[:, 0], x[:, 2]) and torch.equal(x[..., ::2, ::2], x[..., 1::2, 1::2])
    assert y.bincount().min() > 170
