"""Convolution arithmetic: the guide's relationships, against torch and against the matrix."""

import itertools

import pytest
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

from snippets.conv_arithmetic import (
    average_pool,
    convolution_matrix,
    convolve,
    digit,
    max_pool,
    output_size,
    overlap,
    stretch,
    taps,
    transposed_convolve,
    transposed_size,
    upsample_nearest,
)

SETTINGS = [
    (k, s, p) for k, s, p in itertools.product((1, 2, 3, 4), (1, 2, 3), (0, 1, 2)) if p < k
]


def images(n=2, channels=2, height=9, width=9):
    return torch.randn(n, channels, height, width, dtype=torch.double)


def kernels(n, m, k):
    return torch.randn(n, m, k, k, dtype=torch.double)


@pytest.mark.parametrize(
    ("i", "k", "s", "p", "o"),
    [(4, 3, 1, 0, 2), (5, 4, 1, 2, 6), (5, 3, 1, 1, 5), (5, 3, 1, 2, 7), (5, 3, 2, 0, 2),
     (5, 3, 2, 1, 3), (6, 3, 2, 1, 3)],
)  # fmt: skip
def test_sizes_of_the_figures_of_chapter_2(i, k, s, p, o):
    assert output_size(i, k, s, p) == o
    assert convolve(torch.zeros(1, 1, i, i), torch.zeros(1, 1, k, k), s, p).shape[2:] == (o, o)


def test_a_dilated_kernel_of_3_covers_5(record_property):
    o = output_size(7, 3, d=2)                             # figure 5.1
    record_property("output size", f"{o}")
    assert o == 3 == output_size(7, 5)
    assert convolve(images(1, 1, 7, 7), kernels(1, 1, 3), d=2).shape == (1, 1, 3, 3)


@pytest.mark.parametrize(("k", "s", "p"), SETTINGS)
def test_the_size_formula_holds_over_a_grid_of_inputs_and_dilations(k, s, p):
    w = torch.zeros(1, 1, k, k)
    for i, d in itertools.product(range(10, 15), (1, 2, 3)):
        o = output_size(i, k, s, p, d)
        assert F.conv2d(torch.zeros(1, 1, i, i), w, None, s, p, d).shape[2:] == (o, o)


def test_half_padding_keeps_the_size_and_full_padding_adds_k_minus_1():
    for i, n in itertools.product((5, 8), (1, 2, 3)):
        k = 2 * n + 1
        assert output_size(i, k, p=n) == i
        assert output_size(i, k, p=k - 1) == i + k - 1


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize(("k", "s", "p"), SETTINGS)
def test_convolution_and_its_gradient_equal_torch(k, s, p, d):
    ours = [images(height=10).requires_grad_(), kernels(3, 2, k).requires_grad_()]
    theirs = [t.detach().clone().requires_grad_() for t in ours]
    y, y_torch = convolve(*ours, s, p, d), F.conv2d(*theirs, None, s, p, d)
    torch.testing.assert_close(y, y_torch)
    (y**2).sum().backward()
    (y_torch**2).sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_plain_settings_are_the_defaults():
    x, w = images(), kernels(3, 2, 3)
    torch.testing.assert_close(convolve(x, w), F.conv2d(x, w))
    torch.testing.assert_close(convolve(x, w, 2), F.conv2d(x, w, stride=2))
    x = images(channels=3)
    torch.testing.assert_close(transposed_convolve(x, w), F.conv_transpose2d(x, w))
    assert output_size(9, 3) == 7
    assert transposed_size(7, 3) == 9
    assert taps(x, 3, 1).shape == (9, 2, 3, 7, 7)
    assert convolution_matrix(kernels(1, 1, 3), 5).shape == (9, 25)


def test_one_window_by_hand():
    """The guide's first kernel on an image of our own."""
    w = torch.tensor([[0.0, 1, 2], [2, 2, 0], [0, 1, 2]])[None, None]
    x = torch.tensor([[1.0, 0, 3, 1], [2, 1, 0, 0], [0, 5, 1, 2]])[None, None]
    # 0·1+1·0+2·3 + 2·2+2·1+0·0 + 0·0+1·5+2·1 = 19;  1·3+2·1 + 2·1 + 1·1+2·2 = 12
    assert convolve(x, w).flatten().tolist() == [19, 12]


def test_channels_are_summed_and_kernels_give_channels(record_property):
    """Figure 1.3: two input maps, three output maps, a 3×2×3×3 collection of kernels."""
    x, w = images(1, 2), kernels(3, 2, 3)
    y = convolve(x, w)
    record_property("output maps", f"{y.shape[1]}")
    assert y.shape == (1, 3, 7, 7)
    for n in range(3):
        one_by_one = [convolve(x[:, m : m + 1], w[n : n + 1, m : m + 1]) for m in range(2)]
        torch.testing.assert_close(y[:, n : n + 1], sum(one_by_one))


def test_stride_is_unit_stride_with_outputs_dropped():
    x, w = images(), kernels(3, 2, 3)
    torch.testing.assert_close(convolve(x, w, s=2, p=1), convolve(x, w, p=1)[..., ::2, ::2])


def test_convolution_is_a_sparse_matrix_that_reuses_the_kernel(record_property):
    w = torch.arange(1.0, 10).reshape(1, 1, 3, 3)
    C = convolution_matrix(w, 4)
    record_property("rows × columns", f"{C.shape[0]} × {C.shape[1]}")
    record_property("entries that are not zero", int(C.count_nonzero()))
    assert C.shape == (4, 16)
    assert C.count_nonzero() == 36                         # nine weights, four times
    assert C[0].tolist() == [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0]
    assert C[3].tolist() == [0, 0, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9]


@pytest.mark.parametrize(("k", "s", "p"), SETTINGS)
def test_transposed_convolution_multiplies_by_the_transposed_matrix(k, s, p):
    for i in (6, 7, 8):
        w, o = kernels(1, 1, k), output_size(i, k, s, p)
        C, x, y = convolution_matrix(w, i, s, p), images(1, 1, i, i), images(1, 1, o, o)
        torch.testing.assert_close(convolve(x, w, s, p).flatten(), C @ x.flatten())
        back = transposed_convolve(y, w, s, p, a=(i + 2 * p - k) % s)
        torch.testing.assert_close(back.flatten(), C.T @ y.flatten())


@pytest.mark.parametrize(("k", "s", "p"), SETTINGS)
def test_transposed_convolution_equals_torch_and_has_the_stated_size(k, s, p):
    x, w = images(channels=3, height=4, width=5), kernels(3, 2, k)
    for a in range(s):
        y = transposed_convolve(x, w, s, p, a)
        torch.testing.assert_close(y, F.conv_transpose2d(x, w, None, s, p, a))
        assert y.shape[2:] == (transposed_size(4, k, s, p, a), transposed_size(5, k, s, p, a))


def test_the_gradient_of_a_convolution_is_the_transposed_convolution():
    x, w = images(height=8, width=8).requires_grad_(), kernels(3, 2, 3)
    y = convolve(x, w, 2, 1)
    sent_back = torch.randn_like(y)
    y.backward(sent_back)
    torch.testing.assert_close(x.grad, transposed_convolve(sent_back, w, 2, 1, a=1))


def test_transposed_convolution_restores_the_shape_but_not_the_image():
    x = digit().double()
    w = kernels(1, 1, 3)
    back = transposed_convolve(convolve(x, w), w)
    assert back.shape == x.shape
    scale = (back * x).sum() / (back * back).sum()         # the best multiple of it
    assert (scale * back - x).norm() > 0.1 * x.norm()


def test_stretching_inserts_stride_minus_1_zeros():
    x = torch.tensor([[1.0, 2], [3, 4]])[None, None]
    assert stretch(x, 3)[0, 0].tolist() == [
        [1, 0, 0, 2], [0, 0, 0, 0], [0, 0, 0, 0], [3, 0, 0, 4]
    ]  # fmt: skip
    assert stretch(torch.ones(1, 1, 2, 3), 2).shape == (1, 1, 3, 5)


def test_pooling_slides_the_same_window_with_another_function(record_property):
    x = images()
    for k, s in [(2, 2), (3, 2), (3, 1), (2, 3)]:
        torch.testing.assert_close(max_pool(x, k, s), F.max_pool2d(x, k, s))
        torch.testing.assert_close(average_pool(x, k, s), F.avg_pool2d(x, k, s))
        assert max_pool(x, k, s).shape[-1] == output_size(9, k, s)
    record_property("3×3 window, stride 1, on 5×5", f"{output_size(5, 3)}×{output_size(5, 3)}")
    mean = torch.full((1, 1, 3, 3), 1 / 9, dtype=torch.double)
    torch.testing.assert_close(average_pool(x[:, :1], 3, 2), convolve(x[:, :1], mean, 2))


def test_pooling_a_digit_moves_less_than_the_digit_when_it_is_shifted(record_property):
    x = torch.tensor(load_digits().images[:100])[:, None]  # real digits, 8×8

    def change(pool):
        return ((pool(x) - pool(x.roll(1, -1))).norm() / pool(x).norm()).item()

    pixels = change(lambda x: x)
    pooled = change(lambda x: max_pool(x, 3, 1))
    record_property("change of the pixels", round(pixels, 2))
    record_property("change of the pooled map", round(pooled, 2))
    assert pooled < 0.75 * pixels


def test_nearest_up_sampling_is_the_transpose_of_summing_each_block():
    x = images(1, 1)
    y = upsample_nearest(x, 3)
    torch.testing.assert_close(y, F.interpolate(x, scale_factor=3.0, mode="nearest"))
    torch.testing.assert_close(
        y, transposed_convolve(x, torch.ones(1, 1, 3, 3, dtype=torch.double), 3)
    )


@pytest.mark.parametrize(("k", "s", "even"), [(3, 2, False), (4, 2, True), (5, 3, False),
                                              (6, 3, True), (3, 3, True)])  # fmt: skip
def test_kernels_overlap_evenly_only_where_the_stride_divides_the_kernel(k, s, even):
    inside = overlap(8, k, s)[k:-k, k:-k]
    assert (inside.min() == inside.max()) == even
    assert (k % s == 0) == even
    assert overlap(8, k, s).sum() == 8 * 8 * k * k


def test_a_stride_of_2_under_a_kernel_of_3_paints_a_checkerboard():
    assert overlap(3, 3, 2)[2:4, 2:4].tolist() == [[4, 2], [2, 1]]
    assert overlap(3, 3, 2).shape == (7, 7)


def test_the_digit_is_an_image_between_0_and_1():
    assert digit().shape == (1, 1, 8, 8)
    assert (digit().min(), digit().max()) == (0, 0.9375)   # 15 of 16 is its brightest pixel
    assert not torch.equal(digit(), digit(1))
    assert digit(1).max() == 1
