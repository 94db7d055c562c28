"""Early stopping: the criteria, and the curves that they are about."""

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from snippets.early_stopping import (
    CRITERIA,
    Curves,
    best,
    generalisation_loss,
    gl,
    learning_curves,
    pq,
    progress,
    rprop,
    split,
    up,
)


def curve(*errors: float) -> torch.Tensor:
    return torch.tensor(errors, dtype=torch.double)


def curves(validation, training=None) -> Curves:
    validation = curve(*validation)
    training = validation if training is None else curve(*training)
    return Curves(training, validation, validation, validation)


@pytest.fixture(scope="module")
def digits() -> Curves:
    """A real run: 100 digits to learn from, 50 to validate."""
    torch.set_num_threads(1)
    return learning_curves(150)


@pytest.fixture
def bumpy() -> list[Curves]:
    """Twenty invented runs: down, then up, with dips on the way."""
    t = torch.arange(1, 201, dtype=torch.double)
    trend = 5 + 20 * torch.exp(-t / 15) + 0.02 * t
    runs = [trend + 0.6 * torch.randn(200, dtype=torch.double) for _ in range(20)]
    return [Curves(20 * torch.exp(-t / 60), run, run, run) for run in runs]


def test_generalisation_loss_by_hand():
    loss = generalisation_loss(curve(10, 8, 9, 4, 5, 4))
    assert loss.tolist() == pytest.approx([0, 0, 12.5, 0, 25, 0])


def test_progress_by_hand():
    training = curve(100, 9, 8, 7, 6, 5, 1)
    assert progress(training, 6).item() == pytest.approx(1000 * (35 / (5 * 5) - 1))
    assert progress(training, 5).item() == pytest.approx(1000 * (130 / (5 * 6) - 1))
    assert progress(curve(3, 3, 3, 3, 3), 5) == 0                           # no progress at all


def test_gl_stops_at_the_first_epoch_above_its_threshold():
    run = curves([10, 8, 8.4, 8.5, 6, 9, 5])
    assert gl(run, 4) == 3                                 # 5 % above the lowest so far
    assert gl(run, 6) == 4
    assert gl(run, 7) == 6
    assert gl(run, 50) == 7                                # exactly 50 % does not exceed: the end
    assert gl(curves([10, 8, 12, 12.5]), 50) == 4


def test_up_stops_after_so_many_strips_in_a_row_that_ended_higher():
    ends = [10, 8, 9, 10, 7, 8, 9, 9.5, 9.5, 9.5]          # at epochs 5, 10, ..., 50
    within = [v for end in ends for v in (99, 0.5, 99, 0.5, end)]            # does not matter
    run = curves(within)
    assert up(run, 1) == 15
    assert up(run, 2) == 20
    assert up(run, 3) == 40                                # the fall at 25 begins the count anew
    assert up(run, 4) == 50                                # level is not up: the end of the run
    assert up(curves([*within[:5], 0, 0, 0, 0, 11]), 1) == 10                # the first strips


def test_up_needs_a_full_strip_to_compare():
    assert up(curves([1, 2, 3, 4, 5, 6, 7, 8, 9]), 1) == 9
    assert up(curves([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), 1) == 10


def test_pq_gives_time_while_training_still_gets_on():
    validation = [10.0, 10, 10, 10, 10, 10, 10, 10, 10, 11, 11, 11, 11, 11, 11]     # GL 10 %
    fast = [30.0, 25, 20, 15, 10] * 3                      # P = 1000
    slow = [*fast[:5], 1.02, 1.01, 1.01, 1.01, 1, 1.01, 1, 1, 1, 1]          # P = 10, then 2
    assert pq(curves(validation, fast), 0.011) == 15       # 10 / 1000: waits to the end
    assert pq(curves(validation, fast), 0.009) == 10
    assert pq(curves(validation, slow), 0.9) == 10
    assert pq(curves(validation, slow), 1.1) == 15
    assert pq(curves([10, 20, 10, 10, 10, 10], [1.0] * 6), 1) == 6           # not within a strip
    assert pq(curves([10, 10, 10, 10, 11, 9], [1.0] * 6), 1) == 5            # the first strip


def test_the_weights_kept_are_those_of_the_lowest_validation_error_until_the_stop():
    run = curves([10, 8, 9, 7, 7.5, 3])
    assert [best(run, stop) for stop in (1, 3, 5, 6)] == [1, 2, 4, 6]


def test_a_slower_criterion_of_a_kind_never_stops_earlier(bumpy, digits):
    for run in [*bumpy, digits]:
        for kind in ("GL", "PQ", "UP"):
            named = [rule for name, rule in CRITERIA.items() if name.startswith(kind)]
            stops = [criterion(run, threshold) for criterion, threshold in named]
            assert stops == sorted(stops)


def test_slower_criteria_cost_more_time_and_find_lower_validation_errors(bumpy, record_property):
    for quick, slow in (("GL 1", "GL 5"), ("UP 2", "UP 6")):
        time, error = {}, {}
        for name in (quick, slow):
            criterion, threshold = CRITERIA[name]
            stops = [criterion(run, threshold) for run in bumpy]
            time[name] = sum(stops) / 20
            error[name] = sum(
                run.validation[best(run, stop) - 1].item()
                for run, stop in zip(bumpy, stops, strict=True)
            )
        longer, lower = time[slow] / time[quick], 1 - error[slow] / error[quick]
        record_property(f"{slow} takes longer than {quick} by a factor of", round(longer, 1))
        record_property(f"{slow} keeps an error lower than {quick} by", f"{lower:.1%}")
        assert longer > 1.3
        assert lower > 0.01
    assert CRITERIA["GL 1"][0] is gl


def test_the_criteria_are_the_paper_s_fourteen():
    assert list(CRITERIA) == [
        *("GL 1", "GL 2", "GL 3", "GL 5"),
        *("PQ 0.5", "PQ 0.75", "PQ 1", "PQ 2", "PQ 3"),
        *("UP 2", "UP 3", "UP 4", "UP 6", "UP 8"),
    ]
    for name, (criterion, threshold) in CRITERIA.items():
        assert name == f"{criterion.__name__.upper()} {threshold}"


def test_two_thirds_are_for_learning_and_a_third_for_validation_and_no_image_is_in_both():
    parts = split(0)
    assert [len(x) for x, _ in parts] == [100, 50, 1647]
    x, d = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
    data = load_digits()
    assert len(x.unique(dim=0)) == len(torch.tensor(data.data).unique(dim=0))
    assert (x.min(), x.max()) == (0, 1)
    first = (parts[0][0][0] * 16 == torch.tensor(data.data)).all(1).nonzero()[0]
    assert data.target[first] == parts[0][1][0].argmax()
    assert d.sum(1).eq(1).all()
    torch.rand(3)
    assert torch.equal(split(0)[0][0], parts[0][0])
    assert not torch.equal(split(1)[0][0], parts[0][0])


def test_rprop_by_hand():
    weights, last, steps = [torch.zeros(3)], [torch.zeros(3)], [torch.full((3,), 0.01)]
    for slope in ([1.0, -5.0, 0.0], [9.0, 0.1, 0.0], [9.0, 0.1, 2.0], [1.0, 0.1, 2.0]):
        rprop(weights, [torch.tensor(slope)], last, steps)
    # the first grows twice by 1.2, the second turns, waits, goes on at half the step and grows once
    assert steps[0].tolist() == pytest.approx([0.01728, 0.006, 0.012])
    assert weights[0].tolist() == pytest.approx([-0.05368, 0.01 - 0.005 - 0.006, -0.022])
    for _ in range(3):
        rprop(weights, [torch.ones(3)], last, steps)
    assert steps[0].max().item() == pytest.approx(0.02)


def test_the_training_error_falls_on_while_validation_and_test_error_turn_up(
    digits, record_property
):
    turn = best(digits, 150)
    record_property("lowest validation error, epoch", turn)
    for name, errors in zip(("training", "validation", "test"), digits, strict=False):
        record_property(f"{name} error there, and at the end", f"{errors[turn - 1]:.2f}, "
                        f"{errors[-1]:.2f}")
    assert 40 < turn < 120
    assert digits.training[-1] < 0.1 * digits.training[turn - 1]
    assert digits.validation[-1] > 1.1 * digits.validation[turn - 1]
    assert digits.test[-1] > 1.1 * digits.test[turn - 1]
    assert digits.wrong[-1] > digits.wrong[turn - 1]


def test_a_real_validation_curve_has_many_local_minima(digits, record_property):
    before, here, after = (digits.validation[i : 148 + i] for i in range(3))
    minima = int(((here < before) & (here < after)).sum())
    record_property("local minima of the validation error in 150 epochs", minima)
    assert minima >= 5


@pytest.mark.parametrize("name", ["GL 2", "GL 5", "UP 3"])
def test_stopping_saves_time_and_keeps_nearly_the_best_test_error(digits, name, record_property):
    criterion, threshold = CRITERIA[name]
    stop = criterion(digits, threshold)
    kept = digits.test[best(digits, stop) - 1]
    record_property(f"{name}: stops after", stop)
    record_property(f"{name}: test error kept, of the lowest there is", f"{kept:.2f}, "
                    f"{digits.test.min():.2f}")
    assert stop < 120
    assert kept < 1.05 * digits.test.min()
    assert kept < 0.9 * digits.test[-1]


def test_the_default_split_is_the_first(digits):
    assert torch.equal(learning_curves(3).validation, learning_curves(3, seed=0).validation)
    assert torch.equal(learning_curves(3).validation, digits.validation[:3])


def test_the_net_is_trained_by_rprop_on_the_squared_error_of_the_whole_training_set():
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 10), nn.Sigmoid()).double()
    optimiser = torch.optim.Rprop(net.parameters(), lr=0.01, step_sizes=(1e-6, 0.02))
    parts = split(3)
    for _ in range(12):
        optimiser.zero_grad()
        nn.functional.mse_loss(net(parts[0][0]), parts[0][1]).mul(100).backward()
        optimiser.step()
    torch.rand(3)
    run = learning_curves(12, seed=3)
    for errors, (x, d) in zip(run[:3], parts, strict=True):
        assert len(errors) == 12
        expected = 100 * ((net(x) - d) ** 2).sum() / d.numel()
        assert errors[-1].item() == pytest.approx(expected.item())
    x, d = parts[2]
    misread = sum(int(a != b) for a, b in zip(net(x).argmax(1), d.argmax(1), strict=True))
    assert run.wrong[-1].item() == pytest.approx(misread / 1647)
