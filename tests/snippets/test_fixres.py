"""Fixing the train-test resolution discrepancy: the paper's claims."""

import copy
import math

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from snippets.fixres import (
    MARGIN,
    accuracy,
    central_boxes,
    crop,
    digit_net,
    digits,
    expected_sigma,
    fine_tune,
    fit,
    matching_resolution,
    random_boxes,
    resnet50,
    size_ratio,
    train,
    tuned_layers,
)


@pytest.fixture(scope="module")
def trained() -> nn.Sequential:
    """A digit network that has only seen random crops of 16×16 pixels."""
    return train()


@pytest.fixture(scope="module")
def tuned(trained) -> dict[int | str, float]:
    """The accuracy after fine-tuning, by the resolution of tuning, which is that of testing too."""
    torch.manual_seed(0)
    at_16, at_28 = (fine_tune(copy.deepcopy(trained), k) for k in (16, 28))
    return {16: accuracy(at_16, 16), 28: accuracy(at_28, 28),
            "16, tested at 28": accuracy(at_16, 28)}


def apparent_sizes(boxes: torch.Tensor, k: int) -> torch.Tensor:
    """Pixels of the crop that one pixel of the image fills, measured on images of coordinates."""
    side = torch.arange(64.0)
    ramps = torch.stack([side.expand(64, 64), side.unsqueeze(1).expand(64, 64)])      # x and y
    view = crop(ramps.expand(len(boxes), -1, -1, -1), boxes, k)
    middle = slice(k // 4, -k // 4)                        # away from the clamped border
    across = view[:, 0, :, middle].diff(dim=2).mean(dim=(1, 2))
    down = view[:, 1, middle, :].diff(dim=1).mean(dim=(1, 2))
    return 1 / (across * down).sqrt()


def test_training_crops_enlarge_objects_by_the_factor_of_the_formula(record_property):
    boxes = random_boxes(1500, aspect=(1.0, 1.0))
    in_training = apparent_sizes(boxes, 56)
    in_testing = apparent_sizes(central_boxes(1), 56)
    ratio = (in_testing / in_training).mean().item()
    record_property("size in testing / in training, measured", round(ratio, 3))
    record_property("size in testing / in training, formula", round(size_ratio(56, 56), 3))
    assert ratio == pytest.approx(size_ratio(56, 56), abs=0.02)
    assert size_ratio(224, 224) == pytest.approx(0.8094, abs=1e-4)


def test_the_random_aspect_enlarges_objects_further(record_property):
    sigma = random_boxes(20_000)[:, 2:].prod(1).sqrt().mean().item()
    record_property("size in testing / in training with aspect", round(sigma * 256 / 224, 3))
    assert 0.64 < sigma < expected_sigma() - 0.02


def test_at_the_matching_resolution_sizes_agree_on_average(record_property):
    k_test = matching_resolution(56)
    in_training = apparent_sizes(random_boxes(1500, aspect=(1.0, 1.0)), 56)
    in_testing = apparent_sizes(central_boxes(1), round(k_test))
    record_property("match for training at 224", round(matching_resolution(224)))
    assert (in_testing / in_training).mean().item() == pytest.approx(1, abs=0.03)
    assert size_ratio(224, matching_resolution(224)) == pytest.approx(1)
    assert 276 < matching_resolution(224) < 277


def test_a_larger_test_crop_shows_the_same_part_of_the_image_in_more_pixels():
    ramp = torch.arange(64.0).expand(1, 1, 64, 64)
    small, large = (crop(ramp, central_boxes(1), k) for k in (16, 32))
    torch.testing.assert_close(F.avg_pool2d(large, 2), small)
    torch.testing.assert_close(
        apparent_sizes(central_boxes(1), 32), 2 * apparent_sizes(central_boxes(1), 16)
    )


def test_the_mean_side_of_a_crop_equals_numerical_integration():
    for area in ((0.08, 1.0), (0.25, 0.5)):
        areas = torch.linspace(*area, 100_001, dtype=torch.double)
        assert expected_sigma(area) == pytest.approx(areas.sqrt().mean().item(), rel=1e-4)
    assert expected_sigma() == expected_sigma((0.08, 1.0))


def test_the_size_ratio_is_256_to_224_for_a_training_crop_of_the_whole_image():
    assert size_ratio(224, 224) / expected_sigma() == pytest.approx(256 / 224)
    assert size_ratio(128, 256) == pytest.approx(2 * size_ratio(128, 128))


def test_random_boxes_lie_inside_the_image_with_the_areas_and_aspects_asked_for():
    boxes = random_boxes(20_000)
    centre, sides = boxes[:, :2], boxes[:, 2:]
    assert sides.max() < 1                                 # ten tries are enough: none is cut
    assert (centre - sides / 2 >= -1e-6).all()
    assert (centre + sides / 2 <= 1 + 1e-6).all()
    area, aspect = sides.prod(1), sides[:, 0] / sides[:, 1]
    assert area.min() == pytest.approx(0.08, abs=0.005)
    assert area.max() > 0.95
    assert aspect.min() == pytest.approx(3 / 4, abs=0.01)
    assert aspect.max() == pytest.approx(4 / 3, abs=0.01)
    assert aspect.log().mean().abs() < 0.01                # log-uniform: no side is preferred
    small = area < 0.5                                     # these always fit, so stay uniform
    assert area[small].mean().item() == pytest.approx((0.08 + 0.5) / 2, abs=0.01)
    spread = 2 * math.log(4 / 3) / 12**0.5                 # of a uniform variable
    assert aspect[small].log().std().item() == pytest.approx(spread, rel=0.03)
    room = 1 - sides                                       # each position is equally likely
    position = ((centre - sides / 2) / room)[room.min(1).values > 0.05]
    assert position.mean().item() == pytest.approx(0.5, abs=0.01)
    assert position.std().item() == pytest.approx(12**-0.5, abs=0.01)


def test_crops_lie_anywhere_across_whatever_they_are_down():
    boxes = random_boxes(5000, area=(0.25, 0.25), aspect=(1.0, 1.0))
    assert boxes[:, :2].T.corrcoef()[0, 1].abs() < 0.08


def test_boxes_that_never_fit_are_cut_to_the_image():
    boxes = random_boxes(50, area=(4.0, 4.0), aspect=(1.0, 1.0))
    torch.testing.assert_close(boxes, torch.tensor([0.5, 0.5, 1.0, 1.0]).expand(50, 4))


def test_unfit_tries_are_passed_over():
    boxes = random_boxes(3000, area=(0.9, 0.9))
    assert (boxes[:, 2:] <= 1).all()
    as_asked = (boxes[:, 2:].prod(1) - 0.9).abs() < 1e-5
    assert as_asked.float().mean() > 0.98                  # one try in three fits; ten are made


def test_a_crop_by_hand():
    image = torch.arange(16.0).reshape(1, 1, 4, 4)
    quarter = torch.tensor([[0.75, 0.25, 0.5, 0.5]])               # upper right
    assert crop(image, quarter, 2).flatten().tolist() == pytest.approx([2, 3, 6, 7])
    assert crop(image, quarter, 1).flatten().tolist() == pytest.approx([4.5])
    whole = torch.tensor([[0.5, 0.5, 1.0, 1.0]])
    torch.testing.assert_close(crop(image, whole, 4), image)
    corners = crop(image, whole, 8)[0, 0, ::7, ::7].flatten()
    assert corners.tolist() == pytest.approx([0, 3, 12, 15])       # the border is repeated


def test_the_test_crop_is_the_middle_224_of_256():
    assert MARGIN * 224 == 256
    centre, sides = central_boxes(2)[:, :2], central_boxes(2)[:, 2:]
    assert centre.tolist() == [[0.5, 0.5]] * 2
    assert sides.flatten().tolist() == pytest.approx([224 / 256] * 4)


def test_pooling_over_a_larger_map_shifts_the_statistics(trained, record_property):
    *_, x, _ = digits()
    pooled = {}
    with torch.no_grad():
        for k in (8, 16, 28):
            pooled[k] = trained[0](crop(x, central_boxes(len(x)), k))
            record_property(f"deviation at {k}", round(pooled[k].std().item(), 2))
            sparse = (pooled[k] < 0.02).float().mean().item()
            record_property(f"nearly zero at {k}", f"{sparse:.1%}")
    assert pooled[28].std() < 0.75 * pooled[16].std()              # averaged over more places
    assert (pooled[8] < 0.02).sum() > 2 * (pooled[16] < 0.02).sum()


def test_fine_tuning_two_layers_at_the_test_resolution_restores_the_accuracy(
    trained, tuned, record_property
):
    before = accuracy(trained, 28)
    record_property("accuracy at 28, trained at 16", f"{before:.1%}")
    record_property("fine-tuned at 28", f"{tuned[28]:.1%}")
    record_property("fine-tuned at 16 instead", f"{tuned['16, tested at 28']:.1%}")
    assert tuned[28] > before + 0.12
    assert tuned[28] > tuned["16, tested at 28"] + 0.04            # the resolution is the point
    assert tuned[28] > 0.85


def test_a_higher_resolution_alone_does_not_help_where_there_is_no_more_detail_to_see(
    trained, tuned, record_property
):
    untuned = {k: accuracy(trained, k) for k in (16, 20, 28)}      # 20 is where sizes match
    for k in (16, 28):
        record_property(f"fine-tuned and tested at {k}", f"{tuned[k]:.1%}")
    assert round(matching_resolution(16)) == 20
    assert untuned[16] > untuned[20] > untuned[28]
    assert tuned[16] > tuned[28] + 0.02


def test_nothing_but_the_last_norm_and_the_classifier_changes(trained):
    after = fine_tune(copy.deepcopy(trained), 20, epochs=1)
    moved = {
        name
        for (name, a), (_, b) in zip(
            trained.state_dict().items(), after.state_dict().items(), strict=True
        )
        if not torch.equal(a, b)
    }
    norm = {f"0.7.{n}" for n in ("weight", "bias", "running_mean", "running_var")}
    assert moved == norm | {"0.7.num_batches_tracked", "1.weight", "1.bias"}
    assert not any(layer.training for layer in after.modules())


def test_what_is_frozen_costs_no_gradient():
    net = fine_tune(digit_net(), 8, epochs=1)
    learned = {name for name, p in net.named_parameters() if p.grad is not None}
    assert learned == {"0.7.weight", "0.7.bias", "1.weight", "1.bias"}


def test_fine_tuning_is_two_epochs_of_sgd_on_the_central_crops(trained):
    torch.manual_seed(1)
    ours = fine_tune(copy.deepcopy(trained), 12)                   # two epochs by default
    theirs = copy.deepcopy(trained).eval()
    theirs[0][7].train()
    x, y, *_ = digits()
    parameters = [*theirs[0][7].parameters(), *theirs[1].parameters()]
    speed = [torch.zeros_like(p) for p in parameters]
    torch.manual_seed(1)
    for _ in range(2):
        order = torch.randperm(1000)
        for start in range(0, 1000, 50):
            chosen = order[start : start + 50]
            view = crop(x[chosen], torch.tensor([[0.5, 0.5, 0.875, 0.875]]).expand(50, 4), 12)
            grads = torch.autograd.grad(F.cross_entropy(theirs(view), y[chosen]), parameters)
            with torch.no_grad():
                for p, v, g in zip(parameters, speed, grads, strict=True):
                    v.mul_(0.9).add_(g)
                    p -= 0.02 * v
    for a, b in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)


def test_training_is_twelve_epochs_on_random_crops_of_16_from_seed_0(trained):
    torch.manual_seed(0)
    net = digit_net()
    fit(net, list(net.parameters()), random_boxes, 16, epochs=1, lr=0.1)
    one = train(epochs=1)
    for a, b in zip(one.parameters(), net.parameters(), strict=True):
        torch.testing.assert_close(a, b)
    assert not any(layer.training for layer in one.modules())
    assert trained[0][1].num_batches_tracked == 12 * 20


def test_the_digit_net_pools_a_quarter_of_the_resolution():
    net = digit_net()
    shapes = []
    x = torch.zeros(1, 1, 16, 16)
    for layer in net[0]:
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    conv = [(32, 8, 8)] * 6 + [(32, 4, 4)] * 3
    assert shapes == [*conv, (32, 1, 1), (32,)]
    assert net(torch.zeros(2, 1, 20, 20)).shape == (2, 10)
    assert sum(p.numel() for p in net.parameters()) == 9 * 32 + 2 * 9 * 32**2 + 6 * 32 + 330


def test_of_resnet50_a_twelfth_is_tuned(record_property):
    with torch.device("meta"):
        net = resnet50()
    norm, classifier = tuned_layers(net)
    tuned = sum(p.numel() for layer in (norm, classifier) for p in layer.parameters())
    total = sum(p.numel() for p in net.parameters())
    record_property("parameters", f"{total / 1e6:.1f}M")
    record_property("tuned", f"{tuned / total:.1%}")
    assert total == 25_557_032
    assert tuned == 2 * 2048 + 2049 * 1000
    assert norm is net[0][19].body[7]


def test_resnet50_takes_any_resolution_and_halves_it_five_times():
    with torch.device("meta"):
        net = resnet50()
        shapes = []
        x = torch.empty(1, 3, 288, 288)
        for layer in net[0]:
            x = layer(x)
            shapes.append(tuple(x.shape[1:]))
        assert net[1](x).shape == (1, 1000)
    assert shapes[:4] == [(64, 144, 144)] * 3 + [(64, 72, 72)]
    stages = [(256, 72, 72)] * 3 + [(512, 36, 36)] * 4 + [(1024, 18, 18)] * 6 + [(2048, 9, 9)] * 3
    assert shapes[4:20] == stages
    assert net[0][3].kernel_size == 3                              # the first pooling
    assert net[0][7].body[3].stride == (2, 2)                      # in the 3×3 convolution


def test_a_residual_block_adds_its_input():
    block = resnet50()[0][5].eval()
    x = torch.randn(1, 256, 4, 4)
    torch.testing.assert_close(block(x), F.relu(x + block.body(x)))


def test_digits_are_real_and_the_unseen_ones_stay_apart():
    x, y, x_test, y_test = digits()
    data = load_digits()
    assert len(x) == 1000
    both = torch.cat([x, x_test])[:, 0].double() * 16
    torch.testing.assert_close(both, torch.tensor(data.images))
    assert torch.cat([y, y_test]).tolist() == data.target.tolist()


def test_accuracy_counts_right_answers_on_the_unseen_digits(trained):
    *_, x, y = digits()
    with torch.no_grad():
        answers = trained(crop(x, central_boxes(len(x)), 16)).argmax(1)
    right = sum(a == b for a, b in zip(answers.tolist(), y.tolist(), strict=True))
    assert accuracy(trained, 16) == pytest.approx(right / 797)
