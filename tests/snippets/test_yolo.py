"""YOLO: the paper's claims."""

import pytest
import torch

from snippets.yolo import (
    YOLO,
    B,
    K,
    S,
    decode,
    detections,
    encode,
    fit,
    iou,
    scene,
    split,
    yolo_loss,
)


@pytest.fixture(scope="module")
def net():
    with torch.device("meta"):
        return YOLO()


def test_decoding_the_target_gives_the_boxes_back():
    boxes = torch.tensor([[0.31, 0.42, 0.4, 0.5], [0.75, 0.7, 0.3, 0.2], [0.99, 0.01, 0.02, 0.02]])
    holds, truth, onehot = encode(boxes, torch.tensor([3, 0, 19]))
    cells = holds.nonzero().tolist()
    assert cells == [[0, 6], [2, 2], [4, 5]]               # row, column
    corners = torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)
    torch.testing.assert_close(decode(truth)[holds], corners[[2, 0, 1]])
    assert onehot[holds].argmax(1).tolist() == [19, 3, 0]
    assert onehot.sum() == 3
    assert truth[holds][:, :2].min() >= 0
    assert truth[holds][:, :2].max() <= 1


def test_the_target_of_a_box_by_hand():
    holds, truth, _ = encode(torch.tensor([[0.5, 0.25, 0.25, 0.64]]), torch.tensor([0]))
    assert truth[1, 3].tolist() == pytest.approx([0.5, 0.75, 0.5, 0.8])
    assert holds.sum() == 1
    assert truth.count_nonzero() == 4


def test_a_cell_has_room_for_one_object_only():
    boxes = torch.tensor([[0.5, 0.5, 0.9, 0.9], [0.51, 0.51, 0.1, 0.1]])
    holds, truth, onehot = encode(boxes, torch.tensor([3, 5]))
    assert holds.sum() == 1
    assert truth[3, 3, 2].item() == pytest.approx(0.9**0.5)
    assert onehot[3, 3].nonzero().tolist() == [[3]]


def test_overlap_equals_counting_pixels():
    corner = torch.randint(0, 8, (40, 2))
    box = torch.cat([corner, corner + torch.randint(1, 9, (40, 2))], 1)
    mask = torch.zeros(40, 20, 20, dtype=torch.bool)
    for m, (x1, y1, x2, y2) in zip(mask, box.tolist(), strict=True):
        m[y1:y2, x1:x2] = True
    expected = (mask[:20] & mask[20:]).sum((1, 2)) / (mask[:20] | mask[20:]).sum((1, 2))
    torch.testing.assert_close(iou(box[:20].float(), box[20:].float()), expected)


def perfect(boxes, classes):
    """An output without error: the first box of a cell right, the second far too small."""
    holds, truth, onehot = encode(boxes, classes)
    out = torch.zeros(S, S, 5 * B + K)
    out[..., :K] = onehot
    out[..., K] = holds.float()
    out[..., K + 2 : K + 6] = truth
    out[..., K + 6 :] = truth * torch.tensor([1, 1, 0.1, 0.1])
    return out


def test_a_perfect_output_costs_nothing():
    assert yolo_loss(perfect(*scene()), *scene()).item() == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize(
    ("place", "error", "cost"),
    [
        ((2, 2, 11), 0.5, 0.25),                           # class in a cell with an object
        ((0, 0, 11), 0.5, 0.0),                            # class in an empty cell
        ((2, 2, K), 0.5, 0.25),                            # confidence of the responsible box
        ((2, 2, K + 1), 0.5, 0.5 * 0.25),                  # confidence of the other box there
        ((0, 0, K), 0.5, 0.5 * 0.25),                      # confidence in an empty cell
        ((0, 0, K + 2), 0.5, 0.0),                         # box in an empty cell
        ((2, 2, K + 6), 0.01, 0.0),                        # the other box there
    ],
)
def test_each_term_of_the_loss_by_hand(place, error, cost):
    out = perfect(*scene())
    out[place] += error
    assert yolo_loss(out, *scene()).item() == pytest.approx(cost, abs=1e-6)


@pytest.mark.parametrize("number", range(4))
def test_an_error_of_the_responsible_box_counts_five_times(number):
    out = perfect(*scene())
    out[2, 2, K + 2 + number] += 0.1
    holds, truth, _ = encode(*scene())
    overlap = iou(decode(split(out)[2])[2, 2, 0], decode(truth)[2, 2])
    cost = 5 * 0.1**2 + (1 - overlap.item()) ** 2          # its confidence is now too high, too
    assert yolo_loss(out, *scene()).item() == pytest.approx(cost, rel=1e-4)


def test_the_box_that_overlaps_more_is_responsible_and_the_only_one_to_learn():
    out = perfect(*scene())
    out[..., K + 2 : K + 6] *= 0.9
    for first, second in ((0, 1), (1, 0)):
        turned = out.clone()
        turned[..., K + 2 :] = out[..., K + 2 :].unflatten(-1, (B, 4))[..., [first, second], :] \
            .flatten(-2)
        turned.requires_grad_()
        yolo_loss(turned, *scene()).backward()
        gradient = split(turned.grad)[2]
        holds = encode(*scene())[0]
        assert (gradient[holds][:, first].abs().sum(1) > 0).all()
        assert gradient[holds][:, second].abs().sum() == 0
        assert gradient[~holds].abs().sum() == 0


def test_the_same_error_in_width_hurts_a_small_box_more(record_property):
    def cost(width):
        boxes, classes = torch.tensor([[0.5, 0.5, width, 0.3]]), torch.tensor([0])
        out = perfect(boxes, classes)
        out[3, 3, K + 4] = (width + 0.05) ** 0.5
        overlap = width / (width + 0.05)
        out[3, 3, K] = overlap                             # leave the confidence out
        return yolo_loss(out, boxes, classes).item()
    small, large = cost(0.1), cost(0.8)
    record_property("times more", round(small / large, 1))
    assert small == pytest.approx(5 * (0.15**0.5 - 0.1**0.5) ** 2, rel=1e-4)
    assert small > 5 * large


def test_the_aim_of_the_confidence_is_a_constant():
    out = perfect(*scene())
    out[2, 2, K] = 0.0                                     # wrong confidence, right box
    out.requires_grad_()
    yolo_loss(out, *scene()).backward()
    assert split(out.grad)[2].abs().max() < 1e-6
    assert out.grad[2, 2, K].item() == pytest.approx(-2.0)


def test_a_detection_scores_confidence_times_class():
    out = torch.rand(S, S, 5 * B + K)
    boxes, scores = detections(out)
    assert boxes.shape == (98, 4)
    assert scores.shape == (98, K)
    place = (2 * S + 5) * B + 1                            # row 2, column 5, second box
    torch.testing.assert_close(scores[place], out[2, 5, :K] * out[2, 5, K + 1])
    x, y, w, h = out[2, 5, K + 6 : K + 10].tolist()
    x, y = (5 + x) / 7, (2 + y) / 7
    expected = [x - w**2 / 2, y - h**2 / 2, x + w**2 / 2, y + h**2 / 2]
    assert boxes[place].tolist() == pytest.approx(expected)


def test_minimising_the_loss_leaves_one_sure_box_for_each_object(record_property):
    boxes, scores = detections(fit(100))
    sure = scores.amax(1) > 0.5
    record_property("sure boxes", int(sure.sum()))
    assert sure.sum() == 3
    holds, truth, _ = encode(*scene())
    assert iou(boxes[sure], decode(truth)[holds]).min() > 0.9
    assert scores[sure].argmax(1).tolist() == [14, 11, 6]
    assert yolo_loss(fit(100), *scene()) < 0.01 * yolo_loss(fit(0), *scene())


def test_the_network_has_24_convolutions_and_a_7_7_30_output(net, record_property):
    convs = [layer for layer in net.features if isinstance(layer, torch.nn.Conv2d)]
    assert len(convs) == 24
    output = net(torch.empty(2, 3, 448, 448, device="meta")).shape
    assert output == (2, 7, 7, 30)
    count = sum(p.numel() for p in net.parameters())
    record_property("weights", f"{count / 1e6:.1f} M")
    record_property("output", "×".join(map(str, output[1:])))
    dense = 50_176 * 4096 + 4096 + 4096 * 1470 + 1470
    assert count == 60_155_968 + dense == 271_703_550


def test_every_layer_but_the_last_has_a_leaky_rectifier(net):
    leaky = [m for m in net.modules() if isinstance(m, torch.nn.LeakyReLU)]
    assert [m.negative_slope for m in leaky] == [0.1] * 25
    assert [m.p for m in net.modules() if isinstance(m, torch.nn.Dropout)] == [0.5]
    convs = [layer for layer in net.features if isinstance(layer, torch.nn.Conv2d)]
    assert [i for i, c in enumerate(convs) if c.stride == (2, 2)] == [0, 21]
    assert sum(isinstance(m, torch.nn.MaxPool2d) for m in net.features) == 4
    shapes = [(c.out_channels, c.kernel_size[0]) for c in convs]
    assert shapes[:6] == [(64, 7), (192, 3), (128, 1), (256, 3), (256, 1), (512, 3)]
    assert shapes[6:14] == [(256, 1), (512, 3)] * 4
    assert shapes[14:20] == [(512, 1), (1024, 3)] * 3
    assert shapes[20:] == [(1024, 3)] * 4
