"""What the long chains of study 6.5 are diagnosed by, and what is known of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tfnets.theory.gibbs import Conditional, disc_conditionals


@dataclass(frozen=True)
class Quantity:
    """What long chains are diagnosed by.

    Attributes:
        text: Name in figure and table.
        conditionals: The sampler.
        value: Draws (..., 2) -> numbers (...).
        factor: What its autocorrelation is multiplied by per sweep, if that is known.
    """

    text: str
    conditionals: tuple[Conditional, Conditional]
    value: Callable[[np.ndarray], np.ndarray]
    factor: float | None


def normal_conditionals(correlation: float) -> tuple[Conditional, Conditional]:
    """The full conditionals of two standard normal numbers with a correlation."""
    spread = np.sqrt(1 - correlation**2)

    def given(other: int) -> Conditional:
        return lambda state, rng: rng.normal(correlation * state[:, other], spread)

    return given(1), given(0)


def quantities(correlation: float) -> Mapping[str, Quantity]:
    """The quantities of the study by name."""

    def first(draws: np.ndarray) -> np.ndarray:
        return draws[..., 0]

    right, wrong = disc_conditionals(), disc_conditionals(wrong=True)
    return {
        "x": Quantity("disc, x", right, first, 0.0),
        "x_squared": Quantity("disc, x^2", right, lambda draws: first(draws) ** 2, 1 / 9),
        "wrong_x_squared": Quantity(
            "the report's conditionals, x^2", wrong, lambda draws: first(draws) ** 2, None
        ),
        "normal": Quantity(
            f"normal numbers, correlation {correlation:g}",
            normal_conditionals(correlation), first, correlation**2,
        ),
    }  # fmt: skip
