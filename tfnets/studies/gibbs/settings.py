"""What can be set in the study `gibbs`, and its scales."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tfnets.errors import InputError
from tfnets.lab.settings import require_positive
from tfnets.theory.gibbs import Conditional


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        chains: Chains per test, each giving one draw.
        burn_in: Sweeps before that draw.
        repeats: Seeds of the tests, and of the long chains.
        long_chains: Chains that are diagnosed.
        draws: Draws of each of those.
        lags: Largest lag of the autocorrelation.
        correlation: Correlation of the pair of normal numbers, between -1 and 1.
    """

    chains: int = 10_000
    burn_in: int = 50
    repeats: int = 20
    long_chains: int = 8
    draws: int = 5_000
    lags: int = 30
    correlation: float = 0.95

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_positive(self, "chains", "burn_in", "repeats", "lags")
        if self.long_chains < 2 or self.draws < 100 or not -1 < self.correlation < 1:
            raise InputError(
                f"There are {self.long_chains} long chains of {self.draws} draws and a correlation "
                f"of {self.correlation}; give at least 2, at least 100, and one between -1 and 1."
            )


SCALES = {
    "tiny": Settings(chains=1_000, burn_in=10, repeats=2, long_chains=4, draws=200, lags=5),
    "quick": Settings(repeats=5),
    "full": Settings(),
}


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
