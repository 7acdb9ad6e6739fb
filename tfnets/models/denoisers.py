"""A convolutional network that restores images of any size."""

import keras
from keras import KerasTensor, layers

from tfnets.models.blocks import conv, upconv

STRIDE = 4
"""Height and width of the images must be multiples of this."""

REACH = 24
"""Pixels around a pixel that can change its restoration, rounded up to a multiple of `STRIDE`."""


def small_unet(width: int, seed: int, given: int = 1, wanted: int = 1) -> keras.Model:
    """A U-Net of three scales (Ronneberger et al. 2015): spoilt image -> image.

    It takes (n, height, width, given), any multiples of `STRIDE`, and gives `wanted` channels of
    the same size; `width` are the channels at the finest scale, each coarser one has twice as many.
    Details pass by at their own scale, and only what spans many pixels goes through the coarse
    ones. The output is linear and may leave [0, 1] a little, to be clipped; behind a sigmoid,
    training on digits is often caught at all black, where the gradient is nearly 0.
    """
    image = keras.Input((None, None, given), name="image")
    fine = _pair(image, width, "fine", seed)
    middle = layers.MaxPooling2D(name="fine_pool")(fine)
    middle = _pair(middle, 2 * width, "middle", seed)
    coarse = layers.MaxPooling2D(name="middle_pool")(middle)
    coarse = _pair(coarse, 4 * width, "coarse", seed)
    x = _joined(coarse, middle, 2 * width, "middle", seed)
    x = _joined(x, fine, width, "fine", seed)
    x = conv(x, wanted, 3, name="restored", seed=seed)
    return keras.Model(image, x, name="denoiser")


def _pair(x: KerasTensor, filters: int, name: str, seed: int) -> KerasTensor:
    for index in (1, 2):
        x = conv(x, filters, 3, name=f"{name}_conv{index}", seed=seed, activation="relu")
    return x


def _joined(
    coarse: KerasTensor, fine: KerasTensor, filters: int, name: str, seed: int
) -> KerasTensor:
    """Brings the coarser plane to the finer one's size and mixes the two."""
    up = upconv(coarse, filters, 2, name=f"{name}_up", seed=seed, padding="valid")
    x = layers.Concatenate(name=f"{name}_join")([up, fine])
    return conv(x, filters, 3, name=f"{name}_mix", seed=seed, activation="relu")
