"""Multiply-accumulate operations of a training step, counted from the network."""

from collections.abc import Sequence

import keras

from tfnets.tracing.cost import cost


def layer_macs(model: keras.Model) -> list[int]:
    """Multiply-accumulates of each layer with a kernel, forward, for one example.

    See `tfnets.tracing.cost`; activations, pooling, normalisation and biases count nothing.
    """
    counted = [row.multiplications for row in cost(model).rows]
    return [number for number in counted if number]


def training_macs(macs: Sequence[int]) -> int:
    """Forward, gradient by weights and gradient by inputs, this last not for the first layer."""
    return 3 * sum(macs) - macs[0]


def gan_macs(generator: Sequence[int], discriminator: Sequence[int]) -> int:
    """One discriminator update on real and fake input and one generator update.

    The generator runs forward for both, with new latents, and backward for its own. The
    discriminator runs forward three times; backward to its weights for real and for fake, and
    backward to its input, the first layer included, for the generator.
    """
    of_generator = sum(generator) + training_macs(generator)
    of_discriminator = 2 * training_macs(discriminator) + 2 * sum(discriminator)
    return of_generator + of_discriminator


def step_macs(networks: Sequence[keras.Model], batch_size: int) -> int:
    """Multiply-accumulates of one training step of a model, or of a generator and discriminator."""
    counted = [layer_macs(network) for network in networks]
    return batch_size * (training_macs(*counted) if len(counted) == 1 else gan_macs(*counted))
