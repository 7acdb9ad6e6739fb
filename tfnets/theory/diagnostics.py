"""How far Markov chains are from independent draws, by ArviZ (Vehtari et al. 2021).

Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021, "Rank-normalization, folding, and
localization: an improved R-hat", Bayesian Analysis 16, 667-718): the R-hat of rank-normalised split
chains, and effective sample sizes with Geyer's (1992) initial monotone sequence.
"""

from dataclasses import dataclass

import numpy as np

from tfnets.errors import InputError


@dataclass(frozen=True)
class Diagnosis:
    """Numbers of one quantity over all chains.

    Attributes:
        chains: Number of chains.
        draws: Draws per chain.
        r_hat: Rank-normalised split R-hat; near 1 if the chains agree, above 1.01 they do not yet.
        ess_bulk: Effective sample size of the ranks.
        ess_mean: Effective sample size of the mean: as many independent draws would estimate it as
            well. Above the number of draws where draws alternate.
        autocorrelation: Of lags 0, 1, ..., averaged over the chains.
    """

    chains: int
    draws: int
    r_hat: float
    ess_bulk: float
    ess_mean: float
    autocorrelation: tuple[float, ...]


def diagnose(values: np.ndarray, lags: int = 20) -> Diagnosis:
    """Diagnoses one quantity of at least 2 chains of 4 draws, `values` (chains, draws).

    The autocorrelation has at most as many lags as there are.

    Raises:
        InputError: Another shape, values that are not finite, or all equal.
    """
    from arviz_stats.base import array_stats

    values = np.asarray(values, np.float64)
    if values.ndim != 2 or values.shape[0] < 2 or values.shape[1] < 4:
        raise InputError(
            f"The chains have the shape {values.shape}; give (chains, draws) with at least 2 "
            "chains of 4 draws."
        )
    if not np.isfinite(values).all() or np.ptp(values) == 0:
        raise InputError(
            "The chains hold values that are not finite, or one value only; mend them."
        )
    axes = {"chain_axis": 0, "draw_axis": 1}
    return Diagnosis(
        chains=values.shape[0],
        draws=values.shape[1],
        r_hat=float(array_stats.rhat(values, **axes)),
        ess_bulk=float(array_stats.ess(values, method="bulk", **axes)),
        ess_mean=float(array_stats.ess(values, method="mean", **axes)),
        autocorrelation=_autocorrelation(values, lags),
    )


def _autocorrelation(values: np.ndarray, lags: int) -> tuple[float, ...]:
    """Averaged covariances over averaged variances, about the mean of all chains.

    A chain's own mean would take part of the correlation away where chains are short.
    """
    apart = values - values.mean()
    draws = values.shape[1]
    covariances = [
        float(np.mean(apart[:, : draws - lag] * apart[:, lag:]))
        for lag in range(min(lags, draws - 1) + 1)
    ]
    return tuple(one / covariances[0] for one in covariances)
