"""Gibbs sampling: draws of a joint distribution from its full conditionals (study 6.5).

A sweep replaces each coordinate in turn by a draw from its distribution given all others (Geman and
Geman 1984, IEEE TPAMI 6, 721-741). Many chains run side by side, as the rows of one array.

    chains = gibbs(disc_conditionals(), np.zeros((1000, 2)), sweeps=200, burn_in=50, seed=0)
    diagnose(chains[..., 0])

On the unit disc x given y is uniform on [-sqrt(1 - y^2), sqrt(1 - y^2)], and y given x likewise.
The report writes the interval [y^2 - 1, 1 - y^2] instead (`disc_conditionals(wrong=True)`): that
lies inside, so the draws stay in the disc and look plausible, but they are not uniform on it.
`tfnets.theory.diagnostics` says how far chains are from independent draws.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from tfnets.errors import InputError
from tfnets.theory.diagnostics import Diagnosis, diagnose

__all__ = ["Conditional", "Diagnosis", "diagnose", "disc_conditionals", "disc_test", "gibbs"]

Conditional = Callable[[np.ndarray, np.random.Generator], np.ndarray]
"""(state (chains, dim), generator) -> new values (chains,) of one coordinate. The coordinate's own
column of the state must not matter."""


def gibbs(
    conditionals: Sequence[Conditional],
    start: np.ndarray,
    *,
    sweeps: int,
    seed: int,
    burn_in: int = 0,
    thin: int = 1,
) -> np.ndarray:
    """Runs many chains at once: float64 states (chains, sweeps, dim) after each that is kept.

    The chains begin in `start` (chains, dim). A sweep draws from one conditional per coordinate, in
    this order; `burn_in` sweeps are thrown away first, and then one in `thin` is kept.

    Raises:
        InputError: A start of another shape, numbers of sweeps out of range, or a conditional that
            gives other than one finite number per chain.
    """
    state = np.array(start, np.float64)
    if state.ndim != 2 or state.shape[1] != len(conditionals) or not state.size:
        raise InputError(
            f"The start has the shape {state.shape} for {len(conditionals)} conditional(s); give "
            "(chains, dim) with one conditional per column."
        )
    if sweeps < 1 or burn_in < 0 or thin < 1:
        raise InputError(
            f"There are {sweeps} sweeps after {burn_in}, thinned by {thin}; give at least 1, 0 and "
            "1."
        )
    rng = np.random.default_rng(seed)
    for _ in range(burn_in):
        _sweep(conditionals, state, rng)
    kept = np.empty((len(state), sweeps, state.shape[1]))
    for number in range(sweeps):
        for _ in range(thin):
            _sweep(conditionals, state, rng)
        kept[:, number] = state
    return kept


def _sweep(
    conditionals: Sequence[Conditional], state: np.ndarray, rng: np.random.Generator
) -> None:
    for column, conditional in enumerate(conditionals):
        drawn = np.asarray(conditional(state, rng), np.float64)
        if drawn.shape != (len(state),) or not np.isfinite(drawn).all():
            raise InputError(
                f"The conditional of coordinate {column} gave values of shape {drawn.shape} for "
                f"{len(state)} chains; give one finite number per chain."
            )
        state[:, column] = drawn


def disc_conditionals(*, wrong: bool = False) -> tuple[Conditional, Conditional]:
    """The full conditionals of the uniform distribution on the unit disc: x given y, y given x.

    `wrong` gives the report's instead, uniform on [y^2 - 1, 1 - y^2].
    """
    power = 1.0 if wrong else 0.5

    def given(other: int) -> Conditional:
        def conditional(state: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            reach = np.maximum(1 - state[:, other] ** 2, 0) ** power
            return rng.uniform(-reach, reach)

        return conditional

    return given(1), given(0)


def disc_test(points: np.ndarray) -> float:
    """Tests whether independent points are uniform on the disc: r^2 is then uniform on [0, 1].

    Draws of one chain depend on each other; give one per chain, or thin. Returns the p value of
    Kolmogorov and Smirnov's test.

    Raises:
        InputError: Another shape than (n, 2).
    """
    points = np.asarray(points, float)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise InputError(f"The points have the shape {points.shape}; give (n, 2).")
    return float(stats.kstest(np.sum(points**2, axis=1), "uniform").pvalue)
