"""What the long chains of study 6.5 are diagnosed by, and what is known of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tfnets.theory.gibbs import Conditional, disc_conditionals


@dataclass(frozen=True)
class Quantity:
    """What long chains are diagnosed by."""

    text: str  # name in figure and table
    conditionals: tuple[Conditional, Conditional]  # the sampler
    value: Callable[[np.ndarray], np.ndarray]  # draws (..., 2) -> numbers (...)
    factor: float | None  # what its autocorrelation is multiplied by per sweep, if that is known


def normal_conditionals(correlation: float) -> tuple[Conditional, Conditional]:
    """The full conditionals of two standard normal numbers with a correlation."""
    spread = np.sqrt(1 - correlation**2)

    def given(other: int) -> Conditional:
        return lambda state, rng: rng.normal(correlation * state[:, other], spread)

    return given(1), given(0)


def quantities(correlation: float) -> Mapping[str, Quantity]:
    """The quantities of the study by name."""
    right, wrong = disc_conditionals(), disc_conditionals(wrong=True)
    normal, named = normal_conditionals(correlation), f"normal numbers, correlation {correlation:g}"
    return {
        "x": Quantity("disc, x", right, _first, 0.0),
        "x_squared": Quantity("disc, x^2", right, _first_squared, 1 / 9),
        "wrong_x_squared": Quantity("the report's conditionals, x^2", wrong, _first_squared, None),
        "normal": Quantity(named, normal, _first, correlation**2),
    }


def _first(draws: np.ndarray) -> np.ndarray:
    return draws[..., 0]


def _first_squared(draws: np.ndarray) -> np.ndarray:
    return draws[..., 0] ** 2
