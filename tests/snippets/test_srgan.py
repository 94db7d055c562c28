"""SRGAN: the paper's claims."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from snippets.srgan import (
    Generator,
    Residual,
    adversarial_loss,
    digits,
    discriminator,
    discriminator_loss,
    enlarge_digits,
    parameters,
    perceptual_loss,
    pixel_shuffle,
    psnr,
    sharpness,
    vgg19,
    vgg_loss,
)


def conv(a: int, b: int, k: int) -> int:
    return k * k * a * b + b


def test_the_generator_has_16_blocks_and_1_5_million_parameters(record_property):
    with torch.device("meta"):
        G = Generator()
    blocks = [b for b in G.blocks if isinstance(b, Residual)]
    record_property("blocks", len(blocks))
    record_property("parameters", f"{parameters(G) / 1e6:.2f} M")
    block = 2 * (conv(64, 64, 3) + 128) + 1
    ends = conv(3, 64, 9) + 1 + conv(64, 3, 9)
    assert parameters(G) == ends + 16 * block + conv(64, 64, 3) + 128 + 2 * (conv(64, 256, 3) + 1)


def test_the_picture_grows_four_times_each_way():
    with torch.device("meta"):
        G = Generator()
        assert G(torch.empty(1, 3, 24, 24)).shape == (1, 3, 96, 96)
        assert G(torch.empty(1, 3, 10, 17)).shape == (1, 3, 40, 68)        # any size will do


def test_output_of_a_small_generator_equals_the_layers_written_out():
    G = Generator(B=1, C=4).double().eval()
    x = torch.randn(2, 3, 6, 6, dtype=torch.double)
    block = G.blocks[0].change
    h0 = F.prelu(F.conv2d(x, G.start[0].weight, G.start[0].bias, padding=4), G.start[1].weight)
    h = F.conv2d(h0, block[0].weight, block[0].bias, padding=1) / math.sqrt(1 + 1e-5)
    h = F.prelu(h, block[2].weight)
    h = h0 + F.conv2d(h, block[3].weight, block[3].bias, padding=1) / math.sqrt(1 + 1e-5)
    h = F.conv2d(h, G.blocks[1].weight, G.blocks[1].bias, padding=1) / math.sqrt(1 + 1e-5)
    h = h0 + h
    for enlarge, activate in zip(G.enlarge, G.activate, strict=True):
        h = F.pixel_shuffle(F.conv2d(h, enlarge.weight, enlarge.bias, padding=1), 2)
        h = F.prelu(h, activate.weight)
    torch.testing.assert_close(G(x), F.conv2d(h, G.end.weight, G.end.bias, padding=4))


@pytest.mark.parametrize("r", [2, 3])
def test_pixel_shuffle_equals_torch(r):
    x = torch.randn(2, 2 * r * r, 3, 5)
    torch.testing.assert_close(pixel_shuffle(x, r), F.pixel_shuffle(x, r))
    assert pixel_shuffle(torch.empty(1, 8, 3, 3)).shape == (1, 2, 6, 6)


def test_the_discriminator_has_eight_convolutions_of_doubling_width(record_property):
    with torch.device("meta"):
        D = discriminator()
        assert D(torch.empty(2, 3, 96, 96)).shape == (2,)
        assert D[:-5](torch.empty(2, 3, 96, 96)).shape == (2, 512, 6, 6)
    convs = [m for m in D if isinstance(m, nn.Conv2d)]
    record_property("convolutions", len(convs))
    assert [m.out_channels for m in convs] == [64, 64, 128, 128, 256, 256, 512, 512]
    assert [m.stride[0] for m in convs] == [1, 2, 1, 2, 1, 2, 1, 2]
    assert {(m.kernel_size, m.padding) for m in convs} == {((3, 3), (1, 1))}
    assert {m.negative_slope for m in D if isinstance(m, nn.LeakyReLU)} == {0.2}
    norms = [m.num_features for m in D if isinstance(m, nn.BatchNorm2d)]
    assert norms == [64, 128, 128, 256, 256, 512, 512]                    # not after the first
    dense = [(m.in_features, m.out_features) for m in D if isinstance(m, nn.Linear)]
    assert dense == [(512 * 6 * 6, 1024), (1024, 1)]


def test_phi_5_4_is_the_last_of_16_convolutions_of_vgg19():
    with torch.device("meta"):
        phi = vgg19()
        assert phi(torch.empty(1, 3, 96, 96)).shape == (1, 512, 6, 6)
    convs = [m.out_channels for m in phi if isinstance(m, nn.Conv2d)]
    assert convs == [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8
    assert isinstance(phi[-1], nn.ReLU)                                   # after the activation
    assert parameters(phi) == 20_024_384


def test_phi_2_2_and_phi_3_1_stop_where_they_should():
    with torch.device("meta"):
        assert vgg19(2, 2)(torch.empty(1, 3, 32, 32)).shape == (1, 128, 16, 16)
        names = [type(m).__name__ for m in vgg19(3, 1)]
    block = ["Conv2d", "ReLU"] * 2 + ["MaxPool2d"]
    assert names == [*block, *block, "Conv2d", "ReLU"]


def test_vgg_loss_by_hand_and_its_scale():
    real, made = torch.zeros(1, 2, 1, 2), torch.zeros(1, 2, 1, 2)
    made[0, :, 0, 0] = torch.tensor([3.0, 4.0])                           # 25 at one of two places
    assert vgg_loss(real, made, scale=1.0).item() == pytest.approx(12.5)
    assert vgg_loss(made, real).item() == pytest.approx(12.5 / 12.75**2)
    assert abs(1 / 12.75**2 - 0.006) < 2e-4                              # as the paper puts it


def test_adversarial_losses_by_hand():
    fake = torch.tensor([0.0, math.log(3.0)])                             # D says 0.5 and 0.75
    assert adversarial_loss(fake).item() == pytest.approx(math.log(2) + math.log(4 / 3))
    expected = 2 + 1e-3 * (math.log(2) + math.log(4 / 3))
    assert perceptual_loss(torch.tensor(2.0), fake).item() == pytest.approx(expected)
    assert perceptual_loss(torch.tensor(2.0), fake, 0.0).item() == 2
    real = torch.tensor([math.log(3.0)])
    d = -math.log(0.75) - (math.log(0.5) + math.log(0.25)) / 2
    assert discriminator_loss(real, fake).item() == pytest.approx(d)


def test_a_sure_discriminator_still_teaches_the_generator():
    fake = torch.tensor([-20.0], requires_grad=True)
    adversarial_loss(fake).backward()
    assert fake.grad.item() == pytest.approx(-1, abs=1e-6)                # log(1 - D) would give 0


def test_squared_error_prefers_the_blur_that_features_and_adversary_reject():
    stripes = torch.tensor([[1.0, -1.0], [1.0, -1.0]]).reshape(1, 1, 2, 2)
    others = torch.cat([stripes, -stripes])                               # both shrink to grey
    mse = {name: F.mse_loss(made.expand_as(others), others).item()
           for name, made in (("blur", torch.zeros(1, 1, 2, 2)), ("stripes", stripes))}
    assert mse["blur"] == pytest.approx(1)
    assert mse["stripes"] == pytest.approx(2)                             # and yet it is real
    edges = [vgg_loss(others.diff(dim=3).abs(), made.expand_as(others).diff(dim=3).abs()).item()
             for made in (torch.zeros(1, 1, 2, 2), stripes)]
    assert edges[0] > edges[1] == 0                                       # a feature: edge strength


@pytest.fixture(scope="module")
def enlarged() -> tuple[torch.Tensor, torch.Tensor]:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    mse = enlarge_digits(0.0)
    torch.manual_seed(0)
    return mse, enlarge_digits(0.03)


def test_the_adversary_makes_sharper_pictures_with_a_lower_psnr(enlarged, record_property):
    _, y = digits()
    mse, gan = enlarged
    record_property("sharpness, MSE", round(sharpness(mse), 2))
    record_property("sharpness, MSE + adversary", round(sharpness(gan), 2))
    record_property("sharpness, real", round(sharpness(y), 2))
    record_property("PSNR, MSE", round(psnr(y, mse), 1))
    record_property("PSNR, MSE + adversary", round(psnr(y, gan), 1))
    assert sharpness(mse) < 0.75 * sharpness(y)
    assert 1.12 * sharpness(mse) < sharpness(gan) < 1.1 * sharpness(y)
    assert psnr(y, gan) < psnr(y, mse) - 0.4
    assert psnr(y, mse) > 12


def test_the_adversary_still_answers_to_the_small_picture(enlarged):
    x, _ = digits()
    assert (F.avg_pool2d(enlarged[1], 4) - x).abs().mean() < 0.12


def test_psnr_by_hand():
    real = torch.zeros(4)
    assert psnr(real, real + 0.2) == pytest.approx(20, abs=1e-4)          # 10 log10(4 / 0.04)
    assert psnr(real, real + 0.1, span=1.0) == pytest.approx(20, abs=1e-4)


def test_sharpness_by_hand():
    ramp = torch.tensor([[0.0, 3.0], [1.0, 4.0], [0.0, 3.0]]).reshape(1, 1, 3, 2)
    assert sharpness(ramp) == pytest.approx(1 + 3)                        # down and across


def test_the_digits_and_their_means():
    x, y = digits()
    assert y.shape == (1797, 1, 8, 8)
    assert (y.min(), y.max()) == (-1, 1)
    torch.testing.assert_close(x[:, :, 1, 0], y[:, :, 4:, :4].mean((2, 3)))


def test_the_setting_is_the_one_that_the_page_tells():
    assert enlarge_digits.__defaults__ == (200, 64)
    assert vgg_loss.__defaults__ == (12.75,)
