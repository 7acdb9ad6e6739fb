"""Networks from image to image, and what judges them; all fully convolutional."""

import keras
from keras import layers

from tfnets.models.blocks import conv, conv_norm, relu, upconv_norm

STRIDE = 4
"""Height and width of a translator's images must be multiples of this."""


def translator(
    seed: int,
    channels: tuple[int, int] = (1, 1),
    width: int = 16,
    blocks: int = 3,
    *,
    name: str = "translator",
) -> keras.Model:
    """A generator from image to image (Johnson et al. 2016; Zhu et al. 2017), made small.

    Convolutions bring the image to a quarter of its height and width, residual blocks work there,
    and transposed convolutions bring it back. There is no way around the coarse plane; it has room
    for every pixel (16 * 4 * `width` values for 256 pixels). With three blocks or more the inner
    outputs depend on all of a 28 x 28 image, so that parts can be moved from one side to the other.
    All is batch-normalised but the output, a sigmoid.

    `channels` are those of the input and of the output, `width` those at full size (a quarter of
    the size has four times as many), `blocks` the residual blocks of two 3 x 3 convolutions.

    Returns:
        Model `(n, height, width, channels[0]) -> (n, height, width, channels[1])` in (0, 1), for
        any multiples of `STRIDE`.
    """
    image = keras.Input((None, None, channels[0]), name="image")
    x = conv_norm(image, width, 5, name="fine", seed=seed)
    x = conv_norm(x, 2 * width, 3, name="down1", seed=seed, strides=2)
    x = conv_norm(x, 4 * width, 3, name="down2", seed=seed, strides=2)
    for index in range(1, blocks + 1):
        # He et al. 2016: a normalised convolution of a normalised convolution of x is added to x.
        part = f"block{index}"
        y = conv_norm(x, 4 * width, 3, name=f"{part}_conv1", seed=seed)
        y = conv(y, 4 * width, 3, name=f"{part}_conv2", seed=seed, use_bias=False)
        y = layers.BatchNormalization(momentum=0.9, name=f"{part}_conv2_norm")(y)
        x = layers.Add(name=f"{part}_sum")([x, y])
    x = upconv_norm(x, 2 * width, 4, name="up1", seed=seed)
    x = upconv_norm(x, width, 4, name="up2", seed=seed)
    x = conv(x, channels[1], 5, name="made", seed=seed, activation="sigmoid")
    return keras.Model(image, x, name=name)


def patch_discriminator(
    seed: int,
    channels: int = 1,
    width: int = 16,
    *,
    source: int | None = None,
    name: str = "discriminator",
) -> keras.Model:
    """A discriminator that gives one logit per patch (Isola et al. 2017, section 3.2.2).

    Three 4 x 4 convolutions of stride 2 and one 3 x 3 with LeakyReLU, the second and the third
    batch-normalised. A logit sees 38 x 38 pixels: nearly the whole of a 28 x 28 image, which has 4
    x 4 logits.

    `channels` are the image's, `width` those of the first convolution; the next have twice and four
    times as many. `source` are the channels of a source that is judged together with the image;
    None for the image alone.

    Returns:
        Model `image -> (n, height', width', 1)` logits, or `[image, source] -> logits`: positive
        means "real".
    """
    image = inputs = x = keras.Input((None, None, channels), name="image")
    if source is not None:
        inputs = [image, keras.Input((None, None, source), name="source")]
        x = layers.Concatenate(name="critic_pair")(inputs)
    for index in (1, 2, 3):
        x = conv(x, 2 ** (index - 1) * width, 4, name=f"critic_conv{index}", seed=seed, strides=2)
        if index > 1:
            x = layers.BatchNormalization(momentum=0.9, name=f"critic_norm{index}")(x)
        x = relu(x, f"critic_relu{index}")
    return keras.Model(inputs, conv(x, 1, 3, name="critic_logit", seed=seed), name=name)
