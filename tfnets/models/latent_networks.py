"""Networks of a GAN whose images are the latents of an autoencoder (studies 4.2 and 4.4).

Generators map `z` to latents, discriminators map latents to a logit; with `classes` both take a
label beside that:

    generator, discriminator = LATENT["origin"]
    generator(64, 64, seed), discriminator(64, seed)
    generator(64, 64, seed, classes=10), discriminator(64, seed, classes=10)

- `origin`: the report's layers. Its discriminator ends in a sigmoid; here that is in the loss.
- `improved`: ours, three equally wide layers of LeakyReLU each.

With classes, the label's one-hot vector is joined to the first layer's input. `choosing` turns a
generator that is asked for a class into one that chooses it by itself; `drawing` joins a generator
and a decoder to one network z -> image.

`latent` is the size of z, `size` that of an autoencoder's latents (the report's are 64 and 64),
`classes` the number of classes, 0 for none; a size below 1 is refused with an `InputError`. A
generator, named so, is a model `(n, latent) -> (n, size)`, with classes
`[(n, latent), (n,)] -> (n, size)`; a discriminator, named so, `(n, size) -> (n, 1)` logits, with
classes `[(n, size), (n,)] -> (n, 1)`.
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import KerasTensor, layers
from scipy.stats import norm

from tfnets.errors import InputError
from tfnets.models.blocks import dense, latent_input
from tfnets.models.labels import label_input
from tfnets.models.stacks import Stack

ORIGIN_GENERATOR = ((256, "relu"), (512, "relu"), (512, "tanh"), (256, "sigmoid"))
"""Units and activation of the hidden layers of the report's generator."""

ORIGIN_DISCRIMINATOR = ((64, "relu"), (128, "relu"), (256, "relu"))
"""The same of its discriminator."""

HIDDEN = Stack((256, 256, 256))
"""Hidden layers of both `improved` networks."""


def origin_generator(latent: int, size: int, seed: int, classes: int = 0) -> keras.Model:
    """The report's generator: 256 and 512 ReLU, 512 tanh, 256 sigmoid, linear."""
    inputs, x = _inputs("z", latent, classes)
    return _generator(inputs, _layers(x, ORIGIN_GENERATOR, "generator", seed), size, seed)


def origin_discriminator(size: int, seed: int, classes: int = 0) -> keras.Model:
    """The report's discriminator: 64, 128 and 256 ReLU, one logit."""
    inputs, x = _inputs("latents", size, classes)
    return _discriminator(inputs, _layers(x, ORIGIN_DISCRIMINATOR, "critic", seed), seed)


def improved_generator(
    latent: int, size: int, seed: int, classes: int = 0, hidden: Stack = HIDDEN
) -> keras.Model:
    """Our generator: hidden layers of LeakyReLU, linear."""
    inputs, x = _inputs("z", latent, classes)
    return _generator(inputs, hidden(x, "generator", seed), size, seed)


def improved_discriminator(
    size: int, seed: int, classes: int = 0, hidden: Stack = HIDDEN
) -> keras.Model:
    """Our discriminator: hidden layers of LeakyReLU, one logit."""
    inputs, x = _inputs("latents", size, classes)
    return _discriminator(inputs, hidden(x, "critic", seed), seed)


Builders = tuple[Callable[..., keras.Model], Callable[..., keras.Model]]

LATENT: dict[str, Builders] = {
    "origin": (origin_generator, origin_discriminator),
    "improved": (improved_generator, improved_discriminator),
}
"""Name -> generator `(latent, size, seed, classes)` and discriminator `(size, seed, classes)`."""


def choosing(generator: keras.Model, shares: Sequence[float]) -> keras.Model:
    """A generator that takes one more value of z in place of a class, and chooses the class by it.

    Where that value is drawn from N(0, 1), class i comes with the probability `shares[i]`: the
    normal distribution is cut into as many intervals. The generator `[(n, latent), (n,)] ->
    (n, size)` shares its weights.

    Returns:
        Model `(n, latent + 1) -> (n, size)`, named `generator`.

    Raises:
        InputError: The shares are not probabilities above 0 with sum 1.
    """
    shares = np.asarray(shares, np.float64)
    if not ((shares > 0).all() and np.isclose(shares.sum(), 1)):
        raise InputError(f"The shares of the classes are {shares}; give numbers above 0 of sum 1.")
    latent = generator.inputs[0].shape[1]
    z = keras.Input((latent + 1,), name="z")
    noise, last = keras.ops.split(z, [latent], axis=1)
    cuts = norm.ppf(np.cumsum(shares)[:-1]).tolist()
    chosen = layers.Discretization(cuts, name="choice")(last)
    label = keras.ops.squeeze(chosen, axis=1)
    return keras.Model(z, generator([noise, label]), name="generator")


def drawing(generator: keras.Model, decoder: keras.Model) -> keras.Model:
    """Joins a generator of latents and a decoder to a generator of images; weights are shared.

    The model has the generator's inputs and the decoder's output, and is named `drawing`.

    Raises:
        InputError: The decoder takes latents of another size.
    """
    made, taken = generator.output_shape[1:], decoder.input_shape[1:]
    if made != taken:
        raise InputError(
            f"The generator makes latents of shape {made}, the decoder takes {taken}; give the "
            "decoder that it was trained for."
        )
    return keras.Model(generator.input, decoder(generator.output), name="drawing")


def _inputs(name: str, size: int, classes: int) -> tuple[KerasTensor | list, KerasTensor]:
    """The model's inputs, and the vectors that its first layer sees."""
    vectors = latent_input(size, name)
    if not classes:
        return vectors, vectors
    label, one_hot = label_input(classes)
    return [vectors, label], layers.Concatenate(name=f"{name}_label")([vectors, one_hot])


def _layers(
    x: KerasTensor, sizes: tuple[tuple[int, str], ...], prefix: str, seed: int
) -> KerasTensor:
    for index, (units, activation) in enumerate(sizes, start=1):
        x = dense(x, units, name=f"{prefix}_dense{index}", seed=seed, activation=activation)
    return x


def _generator(inputs: KerasTensor | list, x: KerasTensor, size: int, seed: int) -> keras.Model:
    return keras.Model(inputs, dense(x, size, name="generator_latent", seed=seed), name="generator")


def _discriminator(inputs: KerasTensor | list, x: KerasTensor, seed: int) -> keras.Model:
    return keras.Model(inputs, dense(x, 1, name="critic_logit", seed=seed), name="discriminator")
