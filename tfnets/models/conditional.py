"""Conditional networks for 28 x 28 digits (study 3.4).

Generators take `[z, label]`, `latent` values and a class, and give an image; they are models
`[(n, latent), (n,)] -> (n, 28, 28, 1)` in (0, 1), named `generator`, and refuse a latent size below
1 with an `InputError`. Discriminators, named `discriminator`, take `[image, label]` and give a
logit (n, 1). `seed` is that of the initial weights; `width` are the channels at 14 x 14 pixels, at
7 x 7 there are twice as many.

    generator, discriminator = CONDITIONAL["complex"]
    generator(100, seed), discriminator(seed)

- `paper`: the dense networks of Mirza & Osindero (2014) with their sizes. The paper's dropout is
  left out: within some thousand updates it did not learn with it.
- `simple`: two convolutions each; ReLU and batch normalisation in the generator, ReLU in the
  discriminator, which gets the label as planes beside the image.
- `complex`: wider, LeakyReLU everywhere, batch normalisation of momentum 0.8 in the generator (the
  other's is 0.99); the discriminator compares features of the image with the label.

In the origin only the generators of the last two differ. No discriminator normalises over the
batch: its answer depends on the one image and label alone.
"""

from collections.abc import Callable

import keras
from keras import KerasTensor, layers

from tfnets.models.blocks import conv, dense, initializer, latent_input, norm_relu, relu, upconv
from tfnets.models.labels import label_input, label_planes
from tfnets.models.maxout import Maxout

CLASSES = 10
SHAPE = (28, 28, 1)
SLOPE = 0.2
"""Slope of LeakyReLU below zero."""


def paper_generator(latent: int, seed: int) -> keras.Model:
    """Dense: z to 200, label to 1000, joint 1200, all ReLU; 784 sigmoid (Mirza & Osindero).

    The paper's latent vectors have 100 values.
    """
    z, (label, one_hot) = latent_input(latent), label_input(CLASSES)
    from_z = dense(z, 200, name="generator_z", seed=seed, activation="relu")
    from_label = dense(one_hot, 1000, name="generator_label", seed=seed, activation="relu")
    x = layers.Concatenate(name="generator_both")([from_z, from_label])
    x = dense(x, 1200, name="generator_joint", seed=seed, activation="relu")
    x = dense(x, 784, name="generator_pixels", seed=seed, activation="sigmoid")
    image = layers.Reshape(SHAPE, name="generator_image")(x)
    return keras.Model([z, label], image, name="generator")


def paper_discriminator(seed: int) -> keras.Model:
    """Maxout: image 240 units of 5 pieces, label 50 of 5, joint 240 of 4, then one logit."""
    image, (label, one_hot) = keras.Input(SHAPE, name="image"), label_input(CLASSES)
    pixels = layers.Flatten(name="critic_pixels")(image)
    from_image = _maxout(pixels, 240, 5, name="critic_image", seed=seed)
    from_label = _maxout(one_hot, 50, 5, name="critic_label", seed=seed)
    x = layers.Concatenate(name="critic_both")([from_image, from_label])
    x = _maxout(x, 240, 4, name="critic_joint", seed=seed)
    return _critic(image, label, x, seed)


def simple_generator(latent: int, seed: int, width: int = 16) -> keras.Model:
    """Dense to 7 x 7, two transposed 4x4 convolutions; batch normalisation and ReLU."""
    return _convolutional_generator(latent, seed, width, slope=0.0, momentum=0.99)


def simple_discriminator(seed: int, width: int = 16) -> keras.Model:
    """Image and label planes, two 5x5 convolutions of stride 2 with ReLU, one logit."""
    image, (label, one_hot) = keras.Input(SHAPE, name="image"), label_input(CLASSES)
    x = layers.Concatenate(name="critic_both")([image, label_planes(one_hot, *SHAPE[:2])])
    for index, filters in enumerate((width, 2 * width), start=1):
        name = f"critic_conv{index}"
        x = conv(x, filters, 5, name=name, seed=seed, strides=2, activation="relu")
    return _critic(image, label, layers.Flatten(name="critic_flatten")(x), seed)


def complex_generator(latent: int, seed: int, width: int = 32) -> keras.Model:
    """The same with LeakyReLU, and batch normalisation of momentum 0.8."""
    return _convolutional_generator(latent, seed, width, slope=SLOPE, momentum=0.8)


def complex_discriminator(seed: int, width: int = 24) -> keras.Model:
    """Is the image a digit, and is it this one? Two terms of one logit.

    Two 4x4 convolutions of stride 2 and a dense layer make features of the image alone. They give a
    logit of their own, to which their inner product with the label's vector is added (Miyato &
    Koyama 2018). The features are four times as many as the first convolution's filters.
    """
    image, (label, one_hot) = keras.Input(SHAPE, name="image"), label_input(CLASSES)
    x = image
    for index, filters in enumerate((width, 2 * width), start=1):
        x = conv(x, filters, 4, name=f"critic_conv{index}", seed=seed, strides=2)
        x = relu(x, f"critic_relu{index}", SLOPE)
    x = layers.Flatten(name="critic_flatten")(x)
    x = dense(x, 4 * width, name="critic_features", seed=seed)
    x = relu(x, "critic_relu3", SLOPE)
    wanted = dense(one_hot, 4 * width, name="critic_label", seed=seed)
    fits = layers.Dot(axes=1, name="critic_fits")([x, wanted])
    return _critic(image, label, x, seed, fits)


Builders = tuple[Callable[[int, int], keras.Model], Callable[[int], keras.Model]]

CONDITIONAL: dict[str, Builders] = {
    "paper": (paper_generator, paper_discriminator),
    "simple": (simple_generator, simple_discriminator),
    "complex": (complex_generator, complex_discriminator),
}
"""Name -> generator `(latent, seed)` and discriminator `(seed)`."""


def _critic(
    image: KerasTensor,
    label: KerasTensor,
    features: KerasTensor,
    seed: int,
    further: KerasTensor | None = None,
) -> keras.Model:
    """The discriminator whose logit is affine in the features, plus a further term (n, 1)."""
    logit = dense(features, 1, name="critic_logit", seed=seed)
    if further is not None:
        logit = layers.Add(name="critic_both")([logit, further])
    return keras.Model([image, label], logit, name="discriminator")


def _maxout(x: KerasTensor, units: int, pieces: int, *, name: str, seed: int) -> KerasTensor:
    return Maxout(units, pieces, kernel_initializer=initializer(seed, name), name=name)(x)


def _convolutional_generator(
    latent: int, seed: int, width: int, **activation: float
) -> keras.Model:
    """Dense to 7 x 7, two transposed convolutions; `activation` as in `norm_relu`."""
    z, (label, one_hot) = latent_input(latent), label_input(CLASSES)
    x = layers.Concatenate(name="generator_both")([z, one_hot])
    x = dense(x, 49 * 2 * width, name="generator_dense", seed=seed, use_bias=False)
    x = norm_relu(x, "generator_dense", **activation)
    x = layers.Reshape((7, 7, 2 * width), name="generator_plane")(x)
    x = upconv(x, width, 4, name="generator_upconv1", seed=seed, use_bias=False)
    x = norm_relu(x, "generator_upconv1", **activation)
    x = upconv(x, 1, 4, name="generator_upconv2", seed=seed, activation="sigmoid")
    return keras.Model([z, label], x, name="generator")
