"""Faster R-CNN: the paper's claims."""

import math

import pytest
import torch
from torch.nn import functional as F

from snippets.faster_rcnn import (
    RPN,
    SMALL,
    FasterRCNN,
    anchors,
    decode,
    encode,
    iou,
    label,
    nms,
    propose,
    recall,
    roi_pool,
    rpn_loss,
    scenes,
    train,
    vgg16,
)


def random_boxes(n, size=50.0):
    corner = torch.rand(n, 2, dtype=torch.double) * size
    return torch.cat([corner, corner + 1 + torch.rand(n, 2, dtype=torch.double) * size], 1)


@pytest.fixture(scope="module")
def full():
    with torch.device("meta"):
        return FasterRCNN()


def test_nine_anchors_a_cell_have_three_areas_and_three_ratios():
    box = anchors(1, 1)
    w, h = (box[:, 2:] - box[:, :2]).T
    areas = torch.tensor([128.0**2, 256.0**2, 512.0**2])[:, None].expand(3, 3).flatten()
    torch.testing.assert_close(w * h, areas)
    torch.testing.assert_close(h / w, torch.tensor([0.5, 1.0, 2.0]).repeat(3))


def test_anchors_stand_in_the_middle_of_their_cells_row_by_row():
    box = anchors(2, 3, stride=10, scales=(4.0,), ratios=(1.0,))
    assert box[0].tolist() == [3.0, 3.0, 7.0, 7.0]
    centre = (box[:, :2] + box[:, 2:]) / 2
    assert centre.tolist() == [[5, 5], [15, 5], [25, 5], [5, 15], [15, 15], [25, 15]]
    step = anchors(1, 2)[9:] - anchors(1, 2)[:9]
    torch.testing.assert_close(step, torch.tensor([16.0, 0, 16, 0]).expand(9, 4))


def test_overlap_equals_counting_pixels():
    corner = torch.randint(0, 8, (12, 2))
    box = torch.cat([corner, corner + torch.randint(1, 9, (12, 2))], 1)
    mask = torch.zeros(12, 20, 20, dtype=torch.bool)
    for m, (x1, y1, x2, y2) in zip(mask, box.tolist(), strict=True):
        m[y1:y2, x1:x2] = True
    both = (mask[:5, None] & mask[None]).sum((2, 3))
    either = (mask[:5, None] | mask[None]).sum((2, 3))
    torch.testing.assert_close(iou(box[:5].float(), box.float()), both / either)


def test_the_code_of_a_box_by_hand():
    box, anchor = torch.tensor([[10.0, 20.0, 50.0, 40.0]]), torch.tensor([[0.0, 0.0, 20.0, 40.0]])
    # centre (30, 30) against (10, 20); sides 40 × 20 against 20 × 40
    assert encode(box, anchor)[0].tolist() == pytest.approx([1, 0.25, math.log(2), -math.log(2)])


def test_decoding_is_the_inverse_of_encoding():
    box, anchor = random_boxes(50), random_boxes(50)
    torch.testing.assert_close(decode(encode(box, anchor), anchor), box)
    t = torch.randn(50, 4, dtype=torch.double)
    torch.testing.assert_close(encode(decode(t, anchor), anchor), t)


def test_the_code_does_not_change_when_box_and_anchor_move_and_grow_together():
    box, anchor = random_boxes(20), random_boxes(20)
    move = torch.tensor([7.0, -3.0, 7.0, -3.0], dtype=torch.double)
    torch.testing.assert_close(encode(3 * box + move, 3 * anchor + move), encode(box, anchor))


def test_anchors_are_labelled_by_overlap_and_each_object_gets_its_best():
    objects = torch.tensor([[0.0, 0.0, 100.0, 1.0], [0.0, 5.0, 100.0, 6.0]])
    width = torch.tensor([10.0, 29.0, 30.0, 50.0, 70.0, 71.0, 90.0])
    flat = torch.stack([torch.zeros(7), torch.zeros(7), width, torch.ones(7)], 1)
    other = torch.tensor([[0.0, 5.0, 20.0, 6.0], [0.0, 9.0, 3.0, 10.0]])  # best of object 1; none
    y, index = label(torch.cat([flat, other]), objects)
    assert y.tolist() == [0, 0, -1, -1, -1, 1, 1, 1, 0]
    assert index[:8].tolist() == [0] * 7 + [1]


def test_an_anchor_that_is_the_best_of_two_objects_gets_the_one_that_it_overlaps_more():
    objects = torch.tensor([[0.0, 0.0, 4.0, 1.0], [4.0, 0.0, 10.0, 1.0]])   # 0.4 and 0.6 of it
    y, index = label(torch.tensor([[0.0, 0.0, 10.0, 1.0], [0.0, 5.0, 1.0, 6.0]]), objects)
    assert y.tolist() == [1, 0]
    assert index[0] == 1


def test_the_best_anchor_of_an_object_gets_it_though_it_overlaps_another_more():
    objects = torch.tensor([[0.0, 0.0, 6.0, 1.0], [6.0, 0.0, 10.0, 1.0]])
    anchor = torch.tensor([[0.0, 0.0, 10.0, 1.0], [0.0, 0.0, 6.0, 1.0]])  # the second is object 0
    y, index = label(anchor, objects)
    assert y.tolist() == [1, 1]
    assert index.tolist() == [1, 0]


def test_a_background_anchor_is_not_the_best_of_an_object_that_nothing_touches():
    far = torch.tensor([[100.0, 100.0, 110.0, 110.0]])
    y, _ = label(torch.tensor([[0.0, 0.0, 10.0, 10.0]]), far)
    assert y.tolist() == [0]


def test_the_loss_is_log_loss_plus_smooth_l1_of_the_objects():
    p, y = torch.randn(30, 2, dtype=torch.double), torch.randint(-1, 2, (30,))
    t, code = torch.randn(2, 30, 4, dtype=torch.double) * 2
    classes = sum(-math.log(F.softmax(p[i], 0)[y[i]]) for i in range(30) if y[i] >= 0)
    boxes = F.smooth_l1_loss(t[y == 1], code[y == 1], reduction="sum").item()
    assert rpn_loss(p, t, y, code).item() == pytest.approx(classes / 256 + 10 * boxes / 2400)
    loss = rpn_loss(p, t, y, code, N_cls=2.0, N_reg=5.0, lam=3.0).item()
    assert loss == pytest.approx(classes / 2 + 3 * boxes / 5)


def test_neither_ignored_nor_background_anchors_pull_a_box():
    p, t = torch.zeros(3, 2), torch.zeros(3, 4, requires_grad=True)
    rpn_loss(p, t, torch.tensor([1, 0, -1]), torch.ones(3, 4) * 0.5).backward()
    assert t.grad[0].tolist() == pytest.approx([-0.5 * 10 / 2400] * 4)
    assert t.grad[1:].abs().max() == 0


@pytest.mark.parametrize("threshold", [0.3, 0.7])
def test_suppression_equals_comparing_all_pairs(threshold):
    boxes, scores = random_boxes(60, 20.0), torch.rand(60)
    overlap, kept = iou(boxes, boxes), []
    for i in sorted(range(60), key=lambda i: -scores[i]):
        if all(overlap[i, j] <= threshold for j in kept):
            kept.append(i)
    found = nms(boxes, scores, threshold)
    assert found.tolist() == kept
    assert 1 < len(kept) < 60


def test_suppression_by_hand():
    boxes = torch.tensor([[0, 0, 10, 10], [0, 0, 10, 7], [0, 0, 10, 8], [20, 0, 30, 10]]).float()
    scores = torch.tensor([0.9, 0.8, 0.7, 0.95])
    assert nms(boxes, scores).tolist() == [3, 0, 1]        # 0.7 may stay, 0.8 may not
    assert nms(boxes, scores, most=2).tolist() == [3, 0]


def test_proposals_are_the_best_boxes_inside_the_image():
    anchor = anchors(2, 2, stride=10, scales=(8.0,), ratios=(1.0,))
    p, t = torch.tensor([[0, 1.0], [0, 4], [1, 6], [9, 9.5]]), torch.zeros(4, 4)
    t[1, 0], t[2, 1] = 1.0, 0.75                           # to the right, down: across the edge
    boxes = propose(p, t, anchor, (18, 20))
    expected = [[1, 17, 9, 18], [19, 1, 20, 9], [1, 1, 9, 9], [11, 11, 19, 18]]
    assert boxes.tolist() == expected
    assert len(propose(p, t, anchor, (18, 20), after=2)) == 2
    assert propose(p, t, anchor, (18, 20), before=2, after=9).tolist() == boxes[:2].tolist()


def test_proposals_end_at_the_left_and_the_top_of_the_image():
    anchor, p = torch.tensor([[-3.0, -4.0, 5.0, 6.0]]), torch.zeros(1, 2)
    assert propose(p, torch.zeros(1, 4), anchor, (20, 20)).tolist() == [[0, 0, 5, 6]]


def test_proposals_move_with_the_object(record_property):
    net = RPN(C=8)
    x = torch.randn(1, 8, 6, 6)
    frame = F.pad(x, (4, 4, 4, 4))
    moved = frame.roll((1, 2), dims=(2, 3))                # one cell down, two to the right
    with torch.no_grad():
        boxes = [decode(net(f)[1][0], anchors(14, 14)).reshape(14, 14, 9, 4)
                 for f in (frame, moved)]
    step = boxes[1][4:12, 5:13] - boxes[0][3:11, 3:11]
    record_property("moved by", "32, 16")
    torch.testing.assert_close(step, torch.tensor([32.0, 16, 32, 16]).expand_as(step),
                               atol=1e-3, rtol=0)


def test_scores_and_codes_are_listed_in_the_order_of_the_anchors():
    net, x = RPN(C=4, k=3), torch.randn(2, 4, 5, 6)
    with torch.no_grad():
        p, t = net(x)
        h = F.relu(net.slide(x))
        raw, code = net.cls(h), net.reg(h)
    place = (2 * 6 + 4) * 3 + 1                            # row 2, column 4, anchor 1
    torch.testing.assert_close(p[1, place], raw[1, 2:4, 2, 4])
    torch.testing.assert_close(t[1, place], code[1, 4:8, 2, 4])
    assert p.shape == (2, 90, 2)
    assert t.shape == (2, 90, 4)


def test_the_output_layer_of_the_proposal_network_is_small(full, record_property):
    weights = full.rpn.cls.weight.numel() + full.rpn.reg.weight.numel()
    record_property("output weights", weights)
    assert weights == 512 * (4 + 2) * 9 == 27_648
    whole = sum(p.numel() for p in full.rpn.parameters())
    record_property("all weights", f"{whole / 1e6:.1f} M")
    assert whole == 512 * 512 * 9 + 512 + weights + 6 * 9


def test_the_shared_layers_are_the_thirteen_of_vgg16(full):
    convs = [layer for layer in full.features if isinstance(layer, torch.nn.Conv2d)]
    assert len(convs) == 13
    assert sum(p.numel() for p in full.features.parameters()) == 14_714_688
    assert sum(p.numel() for p in full.fc.parameters()) == 512 * 49 * 4096 + 4096**2 + 2 * 4096
    assert (full.cls.in_features, full.cls.out_features) == (4096, 21)
    assert (full.box.in_features, full.box.out_features) == (4096, 84)
    assert full.features(torch.empty(1, 3, 608, 992, device="meta")).shape == (1, 512, 38, 62)
    assert sum(isinstance(layer, torch.nn.ReLU) for layer in vgg16_meta()) == 13


def vgg16_meta():
    with torch.device("meta"):
        return vgg16()


def test_pooling_takes_the_maximum_of_each_of_49_parts_of_the_box():
    x = torch.arange(20.0 * 20).reshape(1, 20, 20)
    pooled = roi_pool(x, torch.tensor([[16.0, 32.0, 16.0 * 15, 16.0 * 16]]))  # 14×14 cells
    assert pooled.shape == (1, 1, 7, 7)
    torch.testing.assert_close(pooled[0, 0], x[0, 3:16:2, 2:15:2])
    part = roi_pool(x, torch.tensor([[0.0, 0.0, 100.0, 100.0]]))             # of a seventh cell
    assert part[0, 0, -1, -1] == x[0, 6, 6]
    tiny = roi_pool(x, torch.tensor([[33.0, 49.0, 40.0, 60.0], [32.0, 48.0, 32.0, 48.0]]))
    assert tiny.unique().tolist() == [62.0]                # row 3, column 2, even if it is empty


def test_the_second_stage_scores_every_proposal(full):
    assert [type(layer).__name__ for layer in full.fc] == ["Linear", "ReLU", "Linear", "ReLU"]
    net = FasterRCNN.__new__(FasterRCNN)
    torch.nn.Module.__init__(net)
    net.fc, net.cls = torch.nn.Linear(2 * 49, 5), torch.nn.Linear(5, 3)
    net.box = torch.nn.Linear(5, 12)
    x, boxes = torch.randn(2, 9, 9), torch.tensor([[0.0, 0, 90, 90], [30, 30, 120, 100]])
    with torch.no_grad():
        scores, codes = net.detect(x, boxes)
        h = net.fc(roi_pool(x, boxes).reshape(2, 98))
        torch.testing.assert_close(scores, net.cls(h))
        torch.testing.assert_close(codes, net.box(h))


def test_a_trained_proposal_network_finds_the_digit_with_few_boxes(record_property):
    trained, fresh = train(), train(0)
    found = [recall(net, R) for net, R in ((fresh, 1), (trained, 1), (trained, 3))]
    record_property("found untrained, 1 box", f"{found[0]:.0%}")
    record_property("found, 1 box", f"{found[1]:.0%}")
    record_property("found, 3 boxes", f"{found[2]:.0%}")
    assert found[0] < 0.5
    assert found[1] > 0.7
    assert found[2] > 0.85


def test_scenes_hold_a_digit_of_8_or_16_pixels_in_their_box():
    x, boxes = scenes(30)
    assert x.shape == (30, 1, 32, 32)
    sides = boxes[:, 2:] - boxes[:, :2]
    assert sides.tolist() == [[8.0, 8.0], [16.0, 16.0]] * 15
    assert boxes.min() >= 0
    assert boxes.max() <= 32
    for image, (x1, y1, x2, y2) in zip(x[:, 0], boxes.int().tolist(), strict=True):
        inside = image[y1:y2, x1:x2].clone()
        rest = image.clone()
        rest[y1:y2, x1:x2] = 0
        assert rest.max() <= 0.3 < 0.9 < inside.max()
    assert len(anchors(8, 8, **SMALL)) == 128
