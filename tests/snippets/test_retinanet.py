"""RetinaNet and the focal loss: the paper's claims."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

from snippets.retinanet import (
    Bottleneck,
    RetinaNet,
    anchors,
    assign,
    focal_loss,
    head,
    iou,
    negatives,
    prior_bias,
    scenes,
    share_of_hardest,
    train,
)


@pytest.fixture(scope="module")
def full():
    with torch.device("meta"):
        return RetinaNet()


@pytest.fixture(scope="module")
def trained():
    return train(2.0, 0.25)


def test_gamma_zero_is_cross_entropy():
    x, y = torch.randn(50, dtype=torch.double) * 4, (torch.rand(50) < 0.3).double()
    expected = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    torch.testing.assert_close(2 * focal_loss(x, y, alpha=0.5, gamma=0.0), expected)


@pytest.mark.parametrize(("alpha", "gamma"), [(0.25, 2.0), (0.6, 0.5), (0.75, 5.0)])
def test_the_loss_equals_its_definition_case_by_case(alpha, gamma):
    x = torch.linspace(-3, 3, 7, dtype=torch.double)
    for label in (0, 1):
        loss = focal_loss(x, torch.full((7,), float(label)), alpha, gamma)
        for logit, value in zip(x.tolist(), loss.tolist(), strict=True):
            p = 1 / (1 + math.exp(-logit))
            expected = (-alpha * (1 - p) ** gamma * math.log(p) if label
                        else -(1 - alpha) * p**gamma * math.log(1 - p))
            assert value == pytest.approx(expected)


def test_by_default_alpha_is_a_quarter_and_gamma_two():
    loss = focal_loss(torch.zeros(2), torch.tensor([1.0, 0.0]))
    assert loss.tolist() == pytest.approx([0.0625 * math.log(2), 0.1875 * math.log(2)])


def test_the_gradient_is_the_one_of_appendix_b():
    x = (torch.randn(40, dtype=torch.double) * 3).requires_grad_()
    y = (torch.rand(40) < 0.5).double()
    for gamma in (0.0, 1.0, 2.0, 5.0):
        (gradient,) = torch.autograd.grad(2 * focal_loss(x, y, 0.5, gamma).sum(), x)
        sign = 2 * y - 1
        p_t = torch.sigmoid(sign * x.detach())
        expected = sign * (1 - p_t) ** gamma * (gamma * p_t * p_t.log() + p_t - 1)
        torch.testing.assert_close(gradient, expected)


def test_a_good_answer_counts_a_hundred_and_a_thousand_times_less(record_property):
    p = torch.tensor([0.9, 0.968], dtype=torch.double)
    plain, focal = (focal_loss(torch.logit(p), torch.ones(2), 1.0, gamma) for gamma in (0.0, 2.0))
    less = (plain / focal).tolist()
    record_property("less at 0.9", round(less[0]))
    record_property("less at 0.968", round(less[1]))
    assert less == pytest.approx([100, 1000], rel=0.03)
    p = torch.linspace(0.01, 0.5, 50, dtype=torch.double)
    plain, focal = (focal_loss(torch.logit(p), torch.ones(50), 1.0, gamma) for gamma in (0.0, 2.0))
    assert (plain / focal).max().item() == pytest.approx(4)          # a wrong one: at most 4×


def test_very_sure_logits_stay_finite():
    x = torch.tensor([-1000.0, 1000.0], requires_grad=True)
    loss = focal_loss(x, torch.tensor([1.0, 1.0]))
    loss.sum().backward()
    assert loss.tolist() == pytest.approx([250.0, 0.0])
    assert torch.isfinite(x.grad).all()


def test_the_prior_bias_makes_the_background_quiet_at_the_start(record_property):
    assert torch.sigmoid(torch.tensor(prior_bias())).item() == pytest.approx(0.01)
    assert torch.sigmoid(torch.tensor(prior_bias(0.2))).item() == pytest.approx(0.2)
    y = torch.zeros(1000)
    loss = [focal_loss(torch.full((1000,), prior_bias(pi)), y, 0.5, 0.0).sum().item()
            for pi in (0.5, 0.01)]
    record_property("times less", round(loss[0] / loss[1]))
    assert loss[0] / loss[1] == pytest.approx(math.log(0.5) / math.log(0.99), rel=1e-4)


def test_with_the_prior_the_net_finds_the_digit_and_without_it_does_not(trained, record_property):
    torch.manual_seed(1)
    x, y = scenes(100)

    def found(net):
        with torch.no_grad():
            return (net(x).flatten(1).argmax(1) == y.flatten(1).argmax(1)).float().mean().item()

    without = found(train(2.0, 0.25, pi=0.5))
    record_property("found, start at 0.01", found(trained))
    record_property("found, start at 0.5", without)
    assert found(trained) > 0.6
    assert without < 0.3


def test_the_focal_loss_of_the_background_lies_in_a_few_hard_windows(trained, record_property):
    share = {gamma: share_of_hardest(negatives(trained, gamma), 0.01) for gamma in (0.0, 0.5, 2.0)}
    for gamma, value in share.items():
        record_property(f"share of the hardest 1 %, gamma {gamma:g}", f"{value:.0%}")
    assert share[0.0] < 0.4 < 0.6 < share[2.0]
    assert share[0.0] < share[0.5] < share[2.0]


def test_the_share_of_the_hardest_by_hand():
    loss = torch.tensor([1.0, 5.0, 1.0, 3.0])
    assert share_of_hardest(loss, 0.25) == pytest.approx(0.5)
    assert share_of_hardest(loss, 0.5) == pytest.approx(0.8)


def test_the_background_loss_leaves_the_objects_out(monkeypatch):
    always = torch.nn.Sequential(torch.nn.Flatten(0, 1))
    image, label = torch.full((2, 1, 2, 2), 0.0), torch.zeros(2, 2, 2)
    label[0, 0, 0] = 1
    monkeypatch.setattr("snippets.retinanet.scenes", lambda _: (image, label))
    assert negatives(always, 0.0).tolist() == pytest.approx([math.log(2) / 2] * 7)


def test_the_background_is_every_window_but_one_of_32_scenes_drawn_alike_each_time():
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 8), torch.nn.Flatten(0, 1))
    loss = negatives(net, 2.0)
    assert len(loss) == 32 * (17 * 17 - 1)
    assert negatives(net, 2.0).equal(loss)


def test_anchors_of_all_levels_span_32_to_813_pixels(record_property):
    sides = []
    for level in range(3, 8):
        box = anchors(level, 1, 1)
        w, h = (box[:, 2:] - box[:, :2]).T
        ratio = torch.tensor([[0.5], [1], [2]]).expand(3, 3)
        torch.testing.assert_close((h / w).reshape(3, 3), ratio)
        sides += (w * h).sqrt().reshape(3, 3)[0].tolist()
        torch.testing.assert_close((w * h).reshape(3, 3)[1], (w * h).reshape(3, 3)[0])
    record_property("smallest side", round(min(sides)))
    record_property("largest side", round(max(sides)))
    assert (round(min(sides)), round(max(sides))) == (32, 813)
    steps = [b / a for a, b in itertools.pairwise(sides)]
    assert steps == pytest.approx([2 ** (1 / 3)] * 14)               # one even ladder of sizes


def test_anchors_stand_in_the_middle_of_their_cells_row_by_row():
    box = anchors(3, 2, 3)
    assert box.shape == (2 * 3 * 9, 4)
    centre = ((box[:, 2:] + box[:, :2]) / 2).reshape(2, 3, 9, 2)
    expected = torch.tensor([[[4, 4], [12, 4], [20, 4]], [[4, 12], [12, 12], [20, 12]]]).float()
    torch.testing.assert_close(centre[:, :, 0], expected)
    torch.testing.assert_close(centre, centre[:, :, :1].expand_as(centre))


def test_overlap_equals_counting_pixels():
    corner = torch.randint(0, 8, (12, 2))
    box = torch.cat([corner, corner + torch.randint(1, 9, (12, 2))], 1)
    mask = torch.zeros(12, 20, 20, dtype=torch.bool)
    for m, (x1, y1, x2, y2) in zip(mask, box.tolist(), strict=True):
        m[y1:y2, x1:x2] = True
    both = (mask[:5, None] & mask[None]).sum((2, 3))
    either = (mask[:5, None] | mask[None]).sum((2, 3))
    torch.testing.assert_close(iou(box[:5].float(), box.float()), both / either)


def test_anchors_are_objects_from_a_half_ignored_from_two_fifths_and_else_background():
    objects = torch.tensor([[0.0, 100.0, 10.0, 110.0], [0.0, 0.0, 100.0, 1.0]])
    width = torch.tensor([20.0, 39.0, 40.0, 45.0, 49.0, 50.0, 51.0, 100.0])
    boxes = torch.stack([torch.zeros(8), torch.zeros(8), width, torch.ones(8)], 1)
    assert assign(boxes, objects).tolist() == [-1, -1, -2, -2, -2, 1, 1, 1]
    assert assign(objects, objects).tolist() == [0, 1]


def test_a_head_starts_at_its_bias_with_small_weights():
    net = head(7, -2.0)
    convs = [layer for layer in net if isinstance(layer, torch.nn.Conv2d)]
    assert [conv.out_channels for conv in convs] == [256, 256, 256, 256, 7]
    assert [conv.kernel_size for conv in convs] == [(3, 3)] * 5
    assert sum(isinstance(layer, torch.nn.ReLU) for layer in net) == 4
    for conv in convs:
        assert conv.weight.std().item() == pytest.approx(0.01, rel=0.05)
        assert conv.bias.unique().tolist() == ([-2.0] if conv.out_channels == 7 else [0.0])
    assert net(torch.zeros(1, 256, 3, 3)).shape == (1, 7, 3, 3)


def test_the_network_has_the_weights_counted_by_hand(full, record_property):
    backbone = 25_557_032 - 2_049_000                  # torchvision's ResNet-50 without its fc
    conv = 256 * 256 * 9 + 256
    pyramid = (512 + 1024 + 2048) * 256 + 3 * 256 + 3 * conv + 2048 * 256 * 9 + 256 + conv
    classes, boxes = 4 * conv + 256 * 720 * 9 + 720, 4 * conv + 256 * 36 * 9 + 36
    count = sum(p.numel() for p in full.parameters())
    record_property("weights", f"{count / 1e6:.1f} M")
    assert count == backbone + pyramid + classes + boxes


def test_every_anchor_of_every_level_gets_scores_and_a_box(full):
    x = torch.empty(2, 3, 600, 500, device="meta")
    sizes = [P.shape[1:] for P in full.pyramid(x)]
    assert sizes == [(256, 75, 63), (256, 38, 32), (256, 19, 16), (256, 10, 8), (256, 5, 4)]
    number = sum(len(anchors(3 + i, *size[1:])) for i, size in enumerate(sizes))
    scores, boxes = full(x)
    assert scores.shape == (2, number, 80)
    assert boxes.shape == (2, number, 4)


@pytest.fixture(scope="module")
def small():
    torch.manual_seed(0)
    return RetinaNet(K=2).eval()


def test_a_fresh_network_believes_each_anchor_to_be_an_object_with_one_percent(small):
    with torch.no_grad():
        scores, boxes = small(torch.randn(1, 3, 64, 64))
    torch.testing.assert_close(scores.sigmoid(), torch.full_like(scores, 0.01), atol=2e-3, rtol=0)
    assert boxes.abs().max() < 0.2


def test_the_pyramid_adds_the_coarse_to_the_fine(small):
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        C3 = small.C3(small.C2(x))
        C4 = small.C4(C3)
        C5 = small.C5(C4)
        up = torch.nn.Upsample(scale_factor=2)
        M5 = small.lateral[2](C5)
        M4 = small.lateral[1](C4) + up(M5)
        M3 = small.lateral[0](C3) + up(M4)
        P6 = small.P6(C5)
        expected = [small.smooth[0](M3), small.smooth[1](M4), small.smooth[2](M5), P6,
                    small.P7(P6.clamp(min=0))]
        for ours, theirs in zip(small.pyramid(x), expected, strict=True):
            torch.testing.assert_close(ours, theirs)


def test_scores_are_listed_in_the_order_of_the_anchors(small):
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        scores, boxes = small(x)
        P3 = small.pyramid(x)[0]
        raw, coded = small.classes(P3), small.boxes(P3)                # (1, 9·2, 8, 8)
    row, column, a = 5, 2, 4
    place = (row * 8 + column) * 9 + a
    torch.testing.assert_close(scores[0, place], raw[0, 2 * a : 2 * a + 2, row, column])
    torch.testing.assert_close(boxes[0, place], coded[0, 4 * a : 4 * a + 4, row, column])


def test_a_residual_block_adds_its_input(small):
    block = small.C2[4][1]
    x = torch.rand(1, 256, 4, 4)
    with torch.no_grad():
        torch.testing.assert_close(block(x), (block.layers(x) + x).clamp(min=0))
        first = small.C3[0]
        torch.testing.assert_close(
            first(x), (first.layers(x) + first.shortcut(x)).clamp(min=0))


def normed(x, norm):
    """Batch normalization at inference."""
    scale = (norm.weight / (norm.running_var + 1e-5).sqrt())[:, None, None]
    return (x - norm.running_mean[:, None, None]) * scale + norm.bias[:, None, None]


def unlike_fresh(net):
    """The same net, with statistics as after training."""
    for layer in net.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            for tensor in (layer.weight, layer.running_mean, layer.running_var):
                tensor.data.uniform_(0.5, 2)
    return net.double().eval().requires_grad_(False)


def test_a_block_equals_the_written_out_steps():
    block = unlike_fresh(Bottleneck(8, 4, 2))
    x = torch.randn(2, 8, 7, 9, dtype=torch.double)
    narrow, norm_1, _, middle, norm_2, _, wide, norm_3 = block.layers
    y = normed(torch.einsum("oc,nchw->nohw", narrow.weight[:, :, 0, 0], x), norm_1).clamp(min=0)
    y = normed(F.conv2d(F.pad(y, (1,) * 4), middle.weight, stride=2), norm_2).clamp(min=0)
    y = normed(torch.einsum("oc,nchw->nohw", wide.weight[:, :, 0, 0], y), norm_3)
    project, norm = block.shortcut
    short = torch.einsum("oc,nchw->nohw", project.weight[:, :, 0, 0], x[:, :, ::2, ::2])
    torch.testing.assert_close(block(x), (y + normed(short, norm)).clamp(min=0))


def test_the_stem_sees_seven_pixels_around_each_second_and_takes_the_largest_of_three_by_three():
    stem = unlike_fresh(RetinaNet(K=1).C2[:4])
    x = torch.randn(1, 3, 38, 50, dtype=torch.double)                 # 19 and 25 after the first
    y = F.conv2d(F.pad(x, (3,) * 4), stem[0].weight)[:, :, ::2, ::2]
    y = F.pad(normed(y, stem[1]).clamp(min=0), (1,) * 4)              # no less than 0 anywhere
    theirs = y.unfold(2, 3, 2).unfold(3, 3, 2).amax((4, 5))
    torch.testing.assert_close(stem(x), theirs)


def test_a_scene_has_one_three_where_its_label_says():
    from sklearn.datasets import load_digits
    data = load_digits()
    threes = torch.tensor(data.images[data.target == 3] / 16, dtype=torch.float32)
    x, y = scenes(120)
    assert x.shape == (120, 1, 24, 24)
    assert y.flatten(1).sum(1).tolist() == [1.0] * 120
    places = set()
    for image, label in zip(x[:, 0], y, strict=True):
        row, column = divmod(int(label.flatten().argmax()), 17)
        places.add((row, column))
        for top in (0, 8, 16):
            for left in (0, 8, 16):
                tile = image[top : top + 8, left : left + 8]
                is_three = (threes == tile).all(2).all(1).any().item()
                assert is_three == ((top, left) == (row, column))
    assert places == set(itertools.product((0, 8, 16), repeat=2))    # nowhere is left out


def test_training_starts_at_the_prior():
    x, _ = scenes(4)
    p = train(2.0, 0.25, pi=0.2, steps=0)(x).sigmoid()
    torch.testing.assert_close(p, torch.full_like(p, 0.2), atol=0.03, rtol=0)


def test_training_starts_at_one_percent_with_small_weights_and_always_alike():
    net = train(2.0, 0.25, steps=0)
    x, _ = scenes(4)
    p = net(x).sigmoid()
    torch.testing.assert_close(p, torch.full_like(p, 0.01), atol=2e-3, rtol=0)
    assert net[2].weight.std().item() == pytest.approx(0.01, rel=0.5)
    assert net[:2](x).min() == 0                                      # the last layer sees a ReLU
    for a, b in zip(net.parameters(), train(2.0, 0.25, steps=0).parameters(), strict=True):
        assert a.equal(b)


def test_the_loss_is_summed_over_windows_and_divided_by_the_number_of_objects():
    net, after = (train(2.0, 0.25, steps=steps) for steps in (0, 1))
    torch.manual_seed(0)
    x, y = scenes(64)                                                 # what training sees
    with torch.no_grad():
        sign = 2 * y - 1
        seen = net[:2](x).double()                                    # (64, 16, 17, 17)
        p_t = torch.sigmoid(sign * net(x)).double()
    slope = sign * (1 - p_t) ** 2 * (2 * p_t * p_t.log() + p_t - 1)   # Appendix B, gamma = 2
    slope = slope * torch.where(y == 1, 0.25, 0.75) / 64              # an object in each scene
    for ours, theirs in ((after[2].bias.grad, slope.sum()),
                         (after[2].weight.grad, torch.einsum("nhw,nchw->c", slope, seen))):
        torch.testing.assert_close(ours.flatten(), theirs.float().flatten(), rtol=1e-3, atol=1e-3)
