"""Study 6.5: Gibbs sampling on the unit disc.

Question: do draws from the full conditionals give uniform points on the unit disc, what do the
report's conditionals give, and how soon are draws independent?

Origin: the report samples the disc by drawing x given y and y given x, but writes the interval
[y^2 - 1, 1 - y^2] where [-sqrt(1 - y^2), sqrt(1 - y^2)] belongs. No number was given.

Here: many chains with the right and with the report's conditionals; after a burn-in the one draw of
each chain is independent of the others, and r^2 of uniform points is uniform on [0, 1], which
Kolmogorov and Smirnov's test decides, several seeds each. Then few long chains: R-hat, effective
sample size and autocorrelation, by ArviZ (Vehtari et al. 2021), beside what is known exactly. On
the disc E[x'^2 | y] = (1 - y^2) / 3, so x^2 has the autocorrelation 9^-k after k sweeps, and x
itself none. A pair of strongly correlated normal numbers, whose autocorrelation is rho^(2 k), is
the contrast. Nothing is fitted or chosen.

Command: `tfnets run gibbs --scale full` (about half a minute on one core).
"""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from scipy import stats

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.studies.gibbs import page
from tfnets.studies.gibbs.settings import SCALES, Quantity, Settings
from tfnets.theory.diagnostics import diagnose
from tfnets.theory.gibbs import Conditional, disc_conditionals, disc_test, gibbs

__all__ = ["SCALES", "Settings", "run"]


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


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Tests one draw of each of many chains, diagnoses long chains, draws, reports."""
    del lab.data_dir
    tests = {
        name: run.part(name, partial(_tested, run, settings, name, wrong))
        for name, wrong in (("right", False), ("wrong", True))
    }
    known = quantities(settings.correlation)
    chains = {
        name: run.part(f"chains-{name}", partial(_diagnosed, quantity, settings, run.config.seed))
        for name, quantity in known.items()
    }
    page.draw(run, known, chains)
    numbers = {"tests": tests, "chains": chains}
    run.finish(numbers, page.report(settings, tests, known, chains).as_json())


def _tested(run: Run, settings: Settings, name: str, wrong: bool) -> dict[str, Any]:
    """Tests r^2 and the angle with several seeds, and keeps the points of all of them."""
    radii, angles, points = [], [], []
    for seed in range(run.config.seed, run.config.seed + settings.repeats):
        drawn = gibbs(
            disc_conditionals(wrong=wrong), np.zeros((settings.chains, 2)),
            sweeps=1, burn_in=settings.burn_in, seed=seed,
        )[:, 0]  # fmt: skip
        turns = np.arctan2(drawn[:, 1], drawn[:, 0]) / (2 * np.pi) + 0.5
        radii.append(disc_test(drawn))
        angles.append(float(stats.kstest(turns, "uniform").pvalue))
        points.append(drawn)
    together = np.concatenate(points)
    run.save_array(f"points-{name}", together.astype(np.float32))
    inside = np.mean(np.sum(together**2, axis=1) < 0.25)
    return {"p_radius": radii, "p_angle": angles, "share_inside_half": float(inside)}


def _diagnosed(quantity: Quantity, settings: Settings, seed: int) -> dict[str, list[Any]]:
    """The diagnoses of long chains, one per seed, as lists."""
    rng = np.random.default_rng(seed)
    # Chains that start apart show by R-hat whether they have come together.
    start = rng.uniform(-0.7, 0.7, (settings.long_chains, 2))
    rows = []
    for number in range(seed, seed + settings.repeats):
        drawn = gibbs(
            quantity.conditionals, start, sweeps=settings.draws, burn_in=settings.burn_in,
            seed=number,
        )  # fmt: skip
        rows.append(asdict(diagnose(quantity.value(drawn), settings.lags)))
    return {name: [row[name] for row in rows] for name in rows[0]}
