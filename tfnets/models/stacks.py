"""Fully connected networks as tensor -> tensor, shared by toy and dense image networks."""

from dataclasses import dataclass

import keras
from keras import KerasTensor, layers

from tfnets.models.blocks import dense, initializer
from tfnets.models.minibatch_discrimination import MinibatchDiscrimination


@dataclass(frozen=True)
class Minibatch:
    """Sizes of a `MinibatchDiscrimination`.

    Attributes:
        kernels: Numbers that are appended to each example's features.
        dims: Dimensions in which each of them compares.
    """

    kernels: int = 8
    dims: int = 4


@dataclass(frozen=True)
class Stack:
    """Hidden layers: dense, each with its activation.

    Attributes:
        units: Units of each layer.
        activation: Keras name of the activation; LeakyReLU ("leaky_relu") has slope 0.2.
        spectral: Whether every kernel has spectral norm 1 (Miyato et al. 2018).
        spread: The initial biases are uniform in [-spread, spread]. On points in the plane the
            kinks of a layer then lie all over it; with biases of 0 they all pass through the
            origin.
    """

    units: tuple[int, ...]
    activation: str = "leaky_relu"
    spectral: bool = False
    spread: float = 0.0

    def __call__(self, x: KerasTensor, prefix: str, seed: int) -> KerasTensor:
        """Applies layers `<prefix>_dense<i>` and `<prefix>_act<i>`, kernels by He's rule."""
        for index, units in enumerate(self.units, start=1):
            name = f"{prefix}_dense{index}"
            settings = {
                "kernel_initializer": initializer(seed, name, keras.initializers.HeUniform),
                "bias_initializer": _biases(seed, f"{name}_bias", self.spread),
            }
            x = dense(x, units, name=name, seed=seed, spectral=self.spectral, **settings)
            x = layers.Activation(self.activation, name=f"{prefix}_act{index}")(x)
        return x


DENSE_STACK = Stack((256, 256))
"""Hidden layers of the dense-only image networks."""


def critic(x: KerasTensor, stack: Stack, minibatch: Minibatch | None, seed: int) -> KerasTensor:
    """Hidden layers, minibatch discrimination if asked for, and one logit: (n, d) -> (n, 1)."""
    x = stack(x, "critic", seed)
    if minibatch is not None:
        name = "critic_minibatch"
        kernel, sizes = initializer(seed, name), (minibatch.kernels, minibatch.dims)
        x = MinibatchDiscrimination(*sizes, kernel_initializer=kernel, name=name)(x)
    return dense(x, 1, name="critic_logit", seed=seed, spectral=stack.spectral)


def _biases(seed: int, name: str, spread: float) -> keras.initializers.Initializer:
    return initializer(
        seed, name, lambda seed: keras.initializers.RandomUniform(-spread, spread, seed=seed)
    )
