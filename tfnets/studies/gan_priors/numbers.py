"""The numbers of study 3.2: means over seeds, and differences between priors."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tfnets.lab.seeds import estimate
from tfnets.methods.gans import quality
from tfnets.studies.gan_priors.settings import BASE

STEADINESS = ("discriminator_loss_steadiness", "generator_loss_steadiness")
LOSSES = (*STEADINESS, "discriminator_loss_mean", "generator_loss_mean")
COMPARED = ("frechet", "kid", "precision", "recall", "coverage", *STEADINESS)

Seeds = list[dict[str, Any]]
"""What the seeds of one prior gave: the numbers of `LOSSES`, and `points`."""


def summary(seeds: Seeds) -> dict[str, Any]:
    """Means over seeds: quality at each point, steadiness and mean of both losses."""
    reached = quality.summary([row["points"] for row in seeds])
    return reached | {name: estimate(values(seeds, name)) for name in LOSSES}


def differences(priors: Mapping[str, Seeds]) -> dict[str, dict[str, Any]]:
    """For each other prior, its numbers minus those of `BASE`, paired by seed."""
    return {
        prior: {name: estimate(difference(priors, name, prior, BASE)) for name in COMPARED}
        for prior in priors
        if prior != BASE
    }


def difference(priors: Mapping[str, Seeds], name: str, prior: str, other: str) -> np.ndarray:
    """One number of each seed (n,), a prior's minus another's."""
    return values(priors[prior], name) - values(priors[other], name)


def values(seeds: Seeds, name: str) -> np.ndarray:
    """One number of each seed (n,); of quality, at the last point."""
    return np.array([row[name] if name in row else row["points"][-1][name] for row in seeds])
