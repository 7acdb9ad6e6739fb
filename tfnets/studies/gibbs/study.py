"""Study 6.5: Gibbs sampling on the unit disc.

Question: do draws from the full conditionals give uniform points on the unit disc, what do the
report's conditionals give, and how soon are draws independent?

Origin (answered): the unit disc is sampled by drawing x given y and y given x.

Correct: the report writes the interval [y^2 - 1, 1 - y^2] where [-sqrt(1 - y^2), sqrt(1 - y^2)]
belongs.

Here: many chains with the right and with the report's conditionals; after a burn-in the one draw of
each chain is independent of the others, and r^2 of uniform points is uniform on [0, 1], which
Kolmogorov and Smirnov's test decides, several seeds each. Then few long chains: R-hat, effective
sample size and autocorrelation, by ArviZ (Vehtari et al. 2021), beside what is known exactly. On
the disc E[x'^2 | y] = (1 - y^2) / 3, so x^2 has the autocorrelation 9^-k after k sweeps, and x
itself none. A pair of strongly correlated normal numbers, whose autocorrelation is rho^(2 k), is
the contrast. Nothing is fitted or chosen.

Command: `tfnets run gibbs --scale full` (about half a minute on one core).
"""

from dataclasses import asdict, dataclass
from typing import Any, final

import numpy as np
from scipy import stats

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Measurement
from tfnets.studies.gibbs import page
from tfnets.studies.gibbs.quantities import quantities
from tfnets.studies.gibbs.settings import SCALES, Settings
from tfnets.theory.diagnostics import diagnose
from tfnets.theory.gibbs import disc_conditionals, disc_test, gibbs

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Tests one draw of each of many chains, diagnoses long chains, draws, reports."""
    seed = run.config.seed
    tests = {name: ManyChains(settings, name, seed) for name in ("right", "wrong")}
    known = quantities(settings.correlation)
    chains = {name: LongChains(settings, name, seed) for name in known}
    lab.run(run, [*tests.values(), *chains.values()])
    kinds = {"tests": tests, "chains": chains}
    numbers = {kind: {n: one.result(run) for n, one in of.items()} for kind, of in kinds.items()}
    run.finish(numbers, page.write(run, settings, numbers))


@final
@dataclass(frozen=True)
class ManyChains(Measurement):
    """One draw of each of many chains, with the `right` or the `wrong` conditionals.

    It leaves the points of all seeds (n, 2).
    """

    settings: Settings
    named = "{variant}"

    def measure(self) -> dict[str, Any]:
        """Draws and tests."""
        settings, radii, angles, points = self.settings, [], [], []
        for seed in self.run.seeds(settings.repeats):
            drawn = gibbs(
                disc_conditionals(wrong=self.variant == "wrong"), np.zeros((settings.chains, 2)),
                sweeps=1, burn_in=settings.burn_in, seed=seed,
            )[:, 0]  # fmt: skip
            turns = np.arctan2(drawn[:, 1], drawn[:, 0]) / (2 * np.pi) + 0.5
            radii.append(disc_test(drawn))
            angles.append(float(stats.kstest(turns, "uniform").pvalue))
            points.append(drawn)
        together = np.concatenate(points)
        self.run.save_array(f"points-{self.variant}", together.astype(np.float32))
        inside = np.mean(np.sum(together**2, axis=1) < 0.25)
        return {"p_radius": radii, "p_angle": angles, "share_inside_half": float(inside)}


@final
@dataclass(frozen=True)
class LongChains(Measurement):
    """Few long chains, diagnosed by one quantity; its variant is a key of `quantities`."""

    settings: Settings
    named = "chains-{variant}"

    def measure(self) -> dict[str, list[Any]]:
        """Draws and diagnoses."""
        settings, quantity = self.settings, quantities(self.settings.correlation)[self.variant]
        rng = np.random.default_rng(self.seed)
        # Chains that start apart show by R-hat whether they have come together.
        start = rng.uniform(-0.7, 0.7, (settings.long_chains, 2))
        sweeps, rows = {"sweeps": settings.draws, "burn_in": settings.burn_in}, []
        for seed in self.run.seeds(settings.repeats):
            drawn = gibbs(quantity.conditionals, start, **sweeps, seed=seed)
            rows.append(asdict(diagnose(quantity.value(drawn), settings.lags)))
        return {name: [row[name] for row in rows] for name in rows[0]}
