"""Recipes for maximisation: the report's own, and a strong one (study 2.1)."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import keras
import tensorflow as tf

from tfnets.errors import InputError, choices
from tfnets.inputs.parametrizations import Parametrization, Shape, fourier, pixels
from tfnets.inputs.priors import l2, total_variation
from tfnets.inputs.transformations import Transformation, jitter, rotate, scale

OPTIMIZERS: Mapping[str, Callable[[float], keras.optimizers.Optimizer]] = {
    "gradient_descent": keras.optimizers.SGD,
    "adam": keras.optimizers.Adam,
}
"""Optimisers by name, made from a learning rate; all work value by value."""

Prior = Callable[[tf.Tensor], tf.Tensor]
"""Images (n, height, width, channels) in [0, 1] -> penalties (n,)."""


@dataclass(frozen=True)
class Recipe:
    """How images are looked for.

    Attributes:
        parametrization: What the variable is.
        priors: Penalties on the image, added to the loss.
        transformations: Movements between image and network, drawn anew at each step. The result
            must be at least as large as the network's input; its middle is used.
        optimizer: A key of `OPTIMIZERS`.
        learning_rate: Its learning rate.
        steps: Number of steps.
        objective_scale: Factor of the objective in the loss.

    Raises:
        InputError: Unknown optimiser, or a number that is not above 0.
    """

    parametrization: Parametrization
    priors: tuple[Prior, ...] = ()
    transformations: tuple[Transformation, ...] = ()
    optimizer: str = "adam"
    learning_rate: float = 0.05
    steps: int = 512
    objective_scale: float = 1.0

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise InputError(
                f"There is no optimizer {self.optimizer!r}; {choices(self.optimizer, OPTIMIZERS)}."
            )
        if not (self.learning_rate > 0 and self.steps >= 1 and self.objective_scale > 0):
            raise InputError(
                f"A recipe cannot have learning rate {self.learning_rate}, {self.steps} steps and "
                f"objective scale {self.objective_scale}; give numbers above 0."
            )


REPORT_GREY = (104.007 + 116.669 + 122.679) / 3 / 255
"""Mean of the averages of B, G and R that AlexNet's images have had subtracted."""

ORIGIN = Recipe(
    parametrization=pixels(around=REPORT_GREY),
    priors=(l2(1.0, around=REPORT_GREY),),
    optimizer="gradient_descent",
    learning_rate=0.33,
    steps=1000,
    objective_scale=1000 / 255**2,
)
"""The report's recipe: gradient descent on the image, learning rate 0.33, 1,000 iterations.

Its image x has the values 0..255 minus their mean m, and its loss is -1000 f(x) + ||x||^2. Here
p = (x + m) / 255. A step of 0.33 on x is one of 0.33 / 255^2 on p with the same loss
-1000 f + 255^2 ||p - m / 255||^2, or of 0.33 with the loss divided by 255^2, which is this recipe.
"""


def strong(shape: Shape) -> Recipe:
    """Fourier coefficients, random movements, weak priors and Adam [Olah et al. 2017].

    Wide scaling and rotation make shapes that are recognised at every size, which a second network
    and people then see, too; the priors keep light and dark parts apart without fine grain.

    `shape` is that of the network's images. Jitter grows with the side; the priors are weighted by
    the number of values, as their sums are.
    """
    values = math.prod(shape)
    return Recipe(
        parametrization=fourier(decay=1.25, saturation=2.5),
        priors=(total_variation(200 / values), l2(50 / values, around=0.5)),
        transformations=(jitter(round(min(shape[:2]) / 9)), scale(0.5, 1.5), rotate(25)),
        optimizer="adam",
        learning_rate=0.07,
        steps=400,
    )


def gentle(shape: Shape) -> Recipe:
    """`strong` with small movements and without priors, for networks that it does not reach.

    Its numbers are made for networks of photographs. One of small or grey images may have logits
    that grow too slowly to outweigh the priors, and shapes that wide movements tear apart.
    """
    moves = (jitter(max(1, round(min(shape[:2]) / 28))), scale(0.9, 1.1), rotate(5))
    return replace(strong(shape), priors=(), transformations=moves)


STRONG = strong((224, 224, 3))
"""`strong` at the size that most ImageNet networks take."""
