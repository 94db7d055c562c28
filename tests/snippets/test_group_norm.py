"""Group normalization: the paper's claims."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.group_norm import (
    GroupNorm,
    digit_net,
    digits,
    error_on_digits,
    group_norm,
    learning_rate,
)


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(4, 12, 5, 7, dtype=torch.double) * 3 + 2


@pytest.fixture
def gain() -> torch.Tensor:
    return torch.randn(12, dtype=torch.double)


@pytest.fixture
def bias() -> torch.Tensor:
    return torch.randn(12, dtype=torch.double)


@pytest.mark.parametrize("groups", [1, 2, 3, 4, 6, 12])
def test_output_and_gradient_equal_torch(x, gain, bias, groups):
    ours = [t.clone().requires_grad_() for t in (x, gain, bias)]
    theirs = [t.clone().requires_grad_() for t in (x, gain, bias)]
    y = group_norm(ours[0], groups, *ours[1:])
    y_torch = F.group_norm(theirs[0], groups, *theirs[1:])
    torch.testing.assert_close(y, y_torch)
    (y**3).sum().backward()
    (y_torch**3).sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_two_groups_by_hand():
    x = torch.tensor([1.0, 3.0, 10.0, 30.0]).reshape(1, 4, 1, 1)
    y = group_norm(x, 2, torch.ones(4), torch.tensor([0.0, 0.0, 0.0, 5.0]), eps=0.0)
    assert y.flatten().tolist() == pytest.approx([-1.0, 1.0, -1.0, 6.0])


def test_epsilon_stands_inside_the_root():
    x = torch.tensor([1.0, 3.0]).reshape(1, 2, 1, 1)
    y = group_norm(x, 1, torch.ones(2), torch.zeros(2), eps=3.0)
    assert y.flatten().tolist() == pytest.approx([-0.5, 0.5])      # ±1 / sqrt(1 + 3)


def test_the_default_epsilon_keeps_a_constant_image_finite():
    y = group_norm(torch.full((1, 2, 3, 3), 7.0), 1, torch.ones(2), torch.zeros(2))
    assert y.abs().max() == 0
    tiny = torch.tensor([-1e-3, 1e-3]).reshape(1, 2, 1, 1)         # variance 1e-6, a tenth of eps
    y = group_norm(tiny, 1, torch.ones(2), torch.zeros(2))
    assert y.flatten()[1].item() == pytest.approx(1e-3 / (1e-6 + 1e-5) ** 0.5, rel=1e-4)


def test_one_group_is_layer_norm(x, gain, bias):
    ours = group_norm(x, 1, gain, bias)
    whole_sample = F.layer_norm(x, x.shape[1:])
    torch.testing.assert_close(ours, whole_sample * gain.view(-1, 1, 1) + bias.view(-1, 1, 1))


def test_a_group_for_each_channel_is_instance_norm(x, gain, bias):
    torch.testing.assert_close(
        group_norm(x, 12, gain, bias), F.instance_norm(x, weight=gain, bias=bias)
    )


def test_output_ignores_the_rest_of_the_batch(x, gain, bias, record_property):
    alone = group_norm(x[:1], 4, gain, bias)
    others = torch.cat([x[:1], 100 * x[1:] + 7])
    in_company = group_norm(others, 4, gain, bias)[:1]
    torch.testing.assert_close(alone, in_company)

    batch_alone = F.batch_norm(x[:1], None, None, gain, bias, training=True)
    batch_company = F.batch_norm(others, None, None, gain, bias, training=True)[:1]
    moved = (batch_alone - batch_company).abs().max().item()
    record_property("moved by GN", (alone - in_company).abs().max().item())
    record_property("moved by BN", round(moved, 3))
    assert moved > 0.5


def test_batch_statistics_of_real_digits_are_noisier_in_small_batches(record_property):
    x, *_ = digits(train=512)
    population = x.mean()

    def noise(size: int) -> float:
        means = torch.stack([batch.mean() for batch in x[torch.randperm(512)].split(size)])
        return (means - population).square().mean().sqrt().item()

    ratio = noise(2) / noise(32)
    record_property("noise at 2 / noise at 32", round(ratio, 2))
    assert 3.0 < ratio < 5.5                               # √(32/2) = 4 for independent images


def test_error_is_flat_in_the_batch_size_where_batch_norm_fails(record_property):
    runs = [(norm, size) for norm in ("batch", "group") for size in (16, 2)]
    error = {(norm, size): error_on_digits(norm, size, epochs=4) for norm, size in runs}
    for (norm, size), rate in error.items():
        record_property(f"{norm} norm, batch {size}", f"{rate:.1%}")
    assert error["batch", 2] - error["batch", 16] > 0.25
    assert abs(error["group", 2] - error["group", 16]) < 0.10
    assert error["group", 2] < 0.5 * error["batch", 2]


def test_the_module_starts_as_plain_normalisation_and_learns_two_numbers_a_channel(x):
    module = GroupNorm(4, 12).double()
    y = module(x).reshape(4, 4, -1)
    torch.testing.assert_close(y.mean(-1), torch.zeros(4, 4, dtype=torch.double))
    torch.testing.assert_close(
        y.var(-1, correction=0), torch.ones(4, 4, dtype=torch.double), rtol=1e-4, atol=0
    )
    assert sum(p.numel() for p in module.parameters()) == 2 * 12


def test_the_learning_rate_grows_with_the_batch():
    assert [learning_rate(size) for size in (32, 16, 2)] == pytest.approx([0.1, 0.05, 0.00625])


def test_digits_are_images_between_0_and_1_and_the_two_parts_share_none():
    x, y, x_test, y_test = digits()
    assert (x.shape, y.shape) == ((200, 1, 8, 8), (200,))
    assert (x_test.shape, y_test.shape) == ((600, 1, 8, 8), (600,))
    assert (x.min(), x.max()) == (0, 1)


@pytest.mark.parametrize(("norm", "kind"), [("batch", nn.BatchNorm2d), ("group", GroupNorm)])
def test_the_net_ends_at_one_pixel_so_that_a_batch_of_two_gives_bn_two_numbers(norm, kind):
    net = digit_net(norm)
    convolutions = [layer for layer in net if isinstance(layer, nn.Conv2d)]
    assert [(conv.stride, conv.bias) for conv in convolutions] == [((2, 2), None)] * 3
    assert sum(isinstance(layer, kind) for layer in net) == 3
    assert net[:-2](torch.zeros(2, 1, 8, 8)).shape == (2, 32, 1, 1)
    assert net(torch.zeros(2, 1, 8, 8)).shape == (2, 10)      # a score for each digit


def test_the_same_seed_gives_the_same_error():
    torch.rand(3)                                          # whatever was drawn before
    first = error_on_digits("batch", 16, epochs=1, seed=1)
    torch.rand(5)
    assert error_on_digits("batch", 16, epochs=1, seed=1) == first


def test_a_trained_net_is_judged_with_running_statistics_not_those_of_the_test_batch(monkeypatch):
    modes = []

    def flatten(self, x):
        modes.append(self.training)
        return x[..., 0, 0]

    monkeypatch.setattr(nn.Flatten, "forward", flatten)
    error_on_digits("batch", 100, epochs=1)
    assert modes == [True, True, False]
