"""What can be set in the study `gibbs`, and its scales."""

from dataclasses import dataclass

from tfnets.errors import InputError
from tfnets.lab import settings as lab
from tfnets.lab.settings import count, setting


@dataclass(frozen=True, kw_only=True)
class Settings(lab.Settings):
    """What can be changed with `--set`."""

    chains: int = count(10_000, "Chains per test, each giving one draw.")
    burn_in: int = count(50, "Sweeps before that draw.")
    repeats: int = lab.repeats(20, "Seeds of the tests, and of the long chains.")
    long_chains: int = setting(8, "Chains that are diagnosed.")
    draws: int = setting(5_000, "Draws of each of those.")
    lags: int = count(30, "Largest lag of the autocorrelation.")
    correlation: float = setting(
        0.95, "Correlation of the pair of normal numbers, between -1 and 1."
    )

    def require(self) -> None:
        """Refuses chains that cannot be diagnosed, and a correlation of 1."""
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
