"""MultiGrain: the paper's claims."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.multigrain import (
    Bottleneck,
    MultiGrain,
    gem,
    joint_loss,
    margin_loss,
    negative_weights,
    repeated,
    resnet50,
    retrieval_loss,
    settle,
)


def test_gem_equals_torchs_power_pooling_and_so_does_its_gradient():
    x = torch.rand(2, 3, 4, 4, dtype=torch.double) + 0.1
    ours, theirs = (x.clone().requires_grad_() for _ in range(2))
    pooled = gem(ours)
    pooled_torch = F.lp_pool2d(theirs, 3.0, 4)[:, :, 0, 0] / 16 ** (1 / 3)
    torch.testing.assert_close(pooled, pooled_torch)
    (pooled**2).sum().backward()
    (pooled_torch**2).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_exponent_one_is_average_pooling_and_a_large_one_is_maximum_pooling():
    x = torch.rand(2, 3, 5, 7, dtype=torch.double) + 0.1
    torch.testing.assert_close(gem(x, 1.0), F.adaptive_avg_pool2d(x, 1)[:, :, 0, 0])
    largest = F.adaptive_max_pool2d(x, 1)[:, :, 0, 0]
    torch.testing.assert_close(gem(x, 500.0), largest, rtol=0.01, atol=0)


def test_a_larger_exponent_lets_background_dilute_an_object_less(record_property):
    x = torch.rand(1, 8, 4, 4, dtype=torch.double) + 0.5
    wide = F.pad(x, (0, 4, 0, 4))                      # four times the area, three quarters empty
    for p in (1.0, 3.0, 10.0):
        kept = (gem(wide, p) / gem(x, p)).mean().item()
        record_property(f"kept at p = {p:g}", round(kept, 2))
        assert kept == pytest.approx(4 ** (-1 / p), rel=1e-3)


def test_a_dead_channel_pools_to_a_millionth_and_has_a_finite_gradient():
    x = torch.zeros(1, 1, 2, 2, dtype=torch.double, requires_grad=True)
    y = gem(x)
    assert y.item() == pytest.approx(1e-6)
    y.backward()
    assert x.grad.isfinite().all()


def test_the_net_is_a_resnet_50_and_one_number_more(record_property):
    with torch.device("meta"):
        net = MultiGrain(resnet50(), 2048, 1000)
        features = resnet50()(torch.zeros(2, 3, 224, 224))
        scores, e = net(torch.zeros(2, 3, 224, 224))
    count = sum(p.numel() for p in net.parameters())
    record_property("parameters", f"{count:,}")
    assert count == 25_557_032 + 1                     # the usual ResNet-50, and β
    assert features.shape == (2, 2048, 7, 7)
    assert (scores.shape, e.shape) == ((2, 1000), (2, 2048))
    strides = [block.body[3].stride[0] for block in net.trunk if isinstance(block, Bottleneck)]
    assert strides == [1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1]
    assert (net.p, MultiGrain(nn.Identity(), 2, 2).beta.item()) == (3.0, pytest.approx(1.2))


def test_a_block_adds_its_body_to_its_shortcut():
    torch.manual_seed(1)
    for inputs, stride in ((16, 1), (8, 2)):
        block = Bottleneck(inputs, 4, stride).eval()
        x = torch.randn(2, inputs, 6, 6)
        kinds = [type(layer) for layer in block.body]
        unit = [nn.Conv2d, nn.BatchNorm2d]
        assert kinds == [*unit, nn.ReLU, *unit, nn.ReLU, *unit]
        assert [layer.kernel_size[0] for layer in block.body[::3]] == [1, 3, 1]
        torch.testing.assert_close(block(x), (block.body(x) + block.shortcut(x)).relu())
        assert block(x).shape == (2, 16, 6 // stride, 6 // stride)
    assert torch.equal(Bottleneck(16, 4, 1).shortcut(x), x)
    stem = [type(layer) for layer in resnet50()[:4]]
    assert stem == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d]


def test_scores_come_from_the_pooled_features_and_the_embedding_has_length_one():
    net = MultiGrain(nn.Identity(), 5, 3)
    x = torch.rand(4, 5, 2, 2)
    scores, e = net(x)
    torch.testing.assert_close(scores, net.classify(gem(x, 3.0)))
    torch.testing.assert_close(e, F.normalize(gem(x, 3.0), dim=1))


def test_margin_loss_by_hand():
    D, beta = torch.tensor([0.5, 1.1, 1.3, 1.6]), torch.tensor(1.2)
    close = margin_loss(D, torch.tensor(True), beta).tolist()
    far = margin_loss(D, torch.tensor(False), beta).tolist()
    assert close == pytest.approx([0.0, 0.1, 0.3, 0.6])
    assert far == pytest.approx([0.9, 0.3, 0.1, 0.0])


def test_negatives_are_weighed_against_how_common_their_distance_is_by_hand():
    D = torch.tensor([0.1, 0.5, 1.0, 1.5])
    q = [d**3 * (1 - d**2 / 4) for d in (0.5, 0.5, 1.0, 1.5)]      # in R^5, cut off at 0.5
    expected = torch.tensor([1 / value for value in q])
    torch.testing.assert_close(negative_weights(D, 5), expected / expected.sum())
    assert negative_weights(torch.tensor([2.0, 1.0]), 8).isfinite().all()
    torch.testing.assert_close(
        negative_weights(torch.tensor([2.0, 1.0]), 8),
        negative_weights(torch.tensor([1.99, 1.0]), 8),
    )


def test_drawn_negatives_spread_over_distances_that_uniform_ones_never_reach(record_property):
    e = F.normalize(torch.randn(1000, 32), dim=1)
    D = (e[:1] - e[1:]).norm(dim=1)
    drawn = D[torch.multinomial(negative_weights(D, 32), 1000, replacement=True)]
    record_property("spread of all distances", round(D.std().item(), 3))
    record_property("spread of drawn distances", round(drawn.std().item(), 3))
    assert D.mean().item() == pytest.approx(2**0.5, abs=0.02)
    assert drawn.std() > 1.5 * D.std()


def test_a_batch_holds_m_versions_of_each_of_its_images():
    batch = repeated(12, 100)
    images, counts = batch.unique(return_counts=True)
    assert (len(batch), len(images)) == (12, 4)
    assert (counts == 3).all()
    assert batch[:3].unique().numel() == 1
    assert repeated(12, 100, 2).unique().numel() == 6
    assert batch.max() < 100


def test_retrieval_loss_by_hand():
    angle = torch.tensor([0.0, 0.6, 3.0, 3.6], dtype=torch.double)
    e = torch.stack([angle.cos(), angle.sin()], dim=1)
    image = torch.tensor([0, 0, 1, 1])
    beta = torch.tensor(0.5)
    # positives are 2 sin 0.3 apart, in both orders for both images; negatives are all far
    near = 2 * torch.sin(torch.tensor(0.3)).item()
    assert retrieval_loss(e, image, beta).item() == pytest.approx((near - 0.5 + 0.2) / 2, rel=1e-4)
    mixed = torch.tensor([0, 1, 0, 1])
    far = 2 * torch.sin(torch.tensor(1.5)).item()              # positives; negatives 0.59 or far
    loss = retrieval_loss(e, mixed, torch.tensor(0.0)).item()
    assert loss == pytest.approx((far + 0.2) / 2, rel=1e-4)


def test_the_joint_loss_blends_the_two_and_only_the_classes_need_labels():
    net = MultiGrain(nn.Identity(), 5, 3)
    x, image = torch.rand(6, 5, 2, 2), torch.tensor([0, 0, 0, 1, 1, 1])
    label, other = torch.tensor([0, 0, 0, 2, 2, 2]), torch.tensor([1, 1, 1, 0, 0, 0])
    scores, e = net(x)
    classes = F.cross_entropy(scores, label)
    torch.testing.assert_close(joint_loss(net, x, label, image, 1.0), classes)

    def joint(*args) -> torch.Tensor:
        torch.manual_seed(2)                                   # the same negatives each time
        return joint_loss(net, x, *args)

    torch.manual_seed(2)
    instances = retrieval_loss(e, image, net.beta)
    torch.testing.assert_close(joint(label, image, 0.0), instances)
    torch.testing.assert_close(joint(other, image, 0.0), instances)
    torch.testing.assert_close(joint(label, image), (classes + instances) / 2)


def test_the_retrieval_loss_alone_gathers_the_versions_of_each_image(record_property):
    found = []
    for e in settle():
        D = torch.cdist(e, e).fill_diagonal_(9)
        found.append((D.argmin(1) // 3 == torch.arange(24) // 3).float().mean().item())
    record_property("nearest is of the same image, before", f"{found[0]:.0%}")
    record_property("nearest is of the same image, after", f"{found[1]:.0%}")
    assert found[0] < 0.4
    assert found[1] == 1.0
    versions = [torch.cdist(g, g).mean().item() for g in settle()[1].reshape(8, 3, 16)]
    assert max(versions) < 0.6
    assert torch.equal(settle()[0], settle()[0])
