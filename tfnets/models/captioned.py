"""Networks for 28 x 28 digits that are asked for in words (study 3.8; Reed et al. 2016).

    generator = caption_generator(64, words=44, length=16, seed=0)        # [z, tokens] -> image
    discriminator = caption_discriminator(words=44, length=16, seed=0)    # [image, tokens] -> logit

Tokens are int32 (n, length): 0 for no word, else 1 to `words`, the words of the vocabulary. Both
networks have a text encoder of their own: the embeddings of all words are added up, so that the
order of the words does not count, and a dense layer mixes them. Only stock layers and `keras.ops`
are used, so that a saved generator loads without this package.
"""

import keras
from keras import KerasTensor, layers

from tfnets.models.blocks import conv, dense, initializer, norm_relu, relu, require_positive, upconv

SHAPE = (28, 28, 1)
SLOPE = 0.2
"""Slope of LeakyReLU below zero."""
TEXT = 64
"""Size of an embedded caption."""


def caption_generator(
    latent: int, *, words: int, length: int, seed: int, width: int = 32
) -> keras.Model:
    """Latent vector beside the caption, dense to 7 x 7, two transposed convolutions; LeakyReLU.

    `width` are the channels at 14 x 14 pixels; at 7 x 7 there are twice as many.

    Returns:
        Model `[(n, latent), (n, length)] -> (n, 28, 28, 1)` in (0, 1), named `generator`.

    Raises:
        InputError: A number below 1.
    """
    require_positive(latent=latent, words=words, length=length, width=width)
    z, tokens = keras.Input((latent,), name="z"), _tokens(length)
    text = caption_vector(tokens, words, name="generator_text", seed=seed)
    x = layers.Concatenate(name="generator_both")([z, text])
    x = dense(x, 49 * 2 * width, name="generator_dense", seed=seed, use_bias=False)
    x = norm_relu(x, "generator_dense", slope=SLOPE)
    x = layers.Reshape((7, 7, 2 * width), name="generator_plane")(x)
    x = upconv(x, width, 4, name="generator_upconv", seed=seed, use_bias=False)
    x = norm_relu(x, "generator_upconv", slope=SLOPE)
    x = conv(x, 4, 3, name="generator_blocks", seed=seed, activation="sigmoid")
    return keras.Model([z, tokens], _unfolded(x, "generator_image"), name="generator")


def caption_discriminator(*, words: int, length: int, seed: int, width: int = 32) -> keras.Model:
    """Is the image real, and does the caption fit it? Two terms of one logit.

    The image's features give a logit of their own, to which the inner product of features and
    caption is added (Miyato & Koyama 2018). `width` are the filters of the first convolution; the
    second has twice as many, the features four times.

    Returns:
        Model `[(n, 28, 28, 1), (n, length)] -> (n, 1)` logits, positive for "real and fitting";
        named `discriminator`.

    Raises:
        InputError: A number below 1.
    """
    require_positive(words=words, length=length, width=width)
    image, tokens = keras.Input(SHAPE, name="image"), _tokens(length)
    x = _folded(image, "critic_blocks")
    for index, (filters, strides) in enumerate(((width, 1), (2 * width, 2)), start=1):
        x = conv(x, filters, 3, name=f"critic_conv{index}", seed=seed, strides=strides)
        x = relu(x, f"critic_relu{index}", SLOPE)
    x = layers.Flatten(name="critic_flatten")(x)
    x = dense(x, 4 * width, name="critic_features", seed=seed)
    x = relu(x, "critic_relu3", SLOPE)
    text = caption_vector(tokens, words, name="critic_text", seed=seed)
    text = dense(text, 4 * width, name="critic_text_features", seed=seed)
    fits = layers.Dot(axes=1, name="critic_fits")([x, text])
    logit = layers.Add(name="critic_both")([dense(x, 1, name="critic_logit", seed=seed), fits])
    return keras.Model([image, tokens], logit, name="discriminator")


def caption_vector(tokens: KerasTensor, words: int, *, name: str, seed: int) -> KerasTensor:
    """Embeds captions (n, length) as vectors (n, `TEXT`); layers are called `<name>_...`."""
    start = initializer(seed, f"{name}_words", keras.initializers.RandomNormal)
    embed = layers.Embedding(words + 1, TEXT, embeddings_initializer=start, name=f"{name}_words")
    there = keras.ops.cast(keras.ops.not_equal(tokens, 0), "float32")
    added = layers.Dot(axes=1, name=f"{name}_sum")([there, embed(tokens)])
    x = dense(added, TEXT, name=f"{name}_dense", seed=seed)
    return relu(x, f"{name}_relu", SLOPE)


CAPTIONED = {"conv": (caption_generator, caption_discriminator)}
"""Name -> generator and discriminator, which both take `words`, `length` and `seed`."""


def _tokens(length: int) -> KerasTensor:
    return keras.Input((length,), dtype="int32", name="tokens")


def _folded(x: KerasTensor, name: str) -> KerasTensor:
    """Blocks of 2 x 2 pixels as channels: (n, h, w, 1) -> (n, h / 2, w / 2, 4)."""
    height, width = x.shape[1] // 2, x.shape[2] // 2
    x = layers.Reshape((height, 2, width, 2), name=f"{name}_split")(x)
    x = layers.Permute((1, 3, 2, 4), name=f"{name}_order")(x)
    return layers.Reshape((height, width, 4), name=name)(x)


def _unfolded(x: KerasTensor, name: str) -> KerasTensor:
    """The way back: (n, h, w, 4) -> (n, 2 h, 2 w, 1)."""
    height, width = x.shape[1:3]
    x = layers.Reshape((height, width, 2, 2), name=f"{name}_split")(x)
    x = layers.Permute((1, 3, 2, 4), name=f"{name}_order")(x)
    return layers.Reshape((2 * height, 2 * width, 1), name=name)(x)
