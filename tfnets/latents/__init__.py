"""Latent priors: values that draw `(n, dim)` latent vectors from a seed.

    prior = GaussianMixture(100)
    z = prior(16, (0, 1))
    save(prior, "generator_prior.json")

Each is callable as `prior(n, seed)`. The draw is a pure function of the seed, so a training step
that hands down (seed, step) needs no random state of its own and repeats to the bit.
"""

from tfnets.latents.prior import Encoded, GaussianMixture, Normal, Prior, Seed, Uniform
from tfnets.latents.saving import load, save

PRIORS = {"uniform": Uniform, "normal": Normal, "mixture": GaussianMixture}
"""The priors that need a latent size and nothing else, by the name that settings use."""

__all__ = ["PRIORS", "Encoded", "GaussianMixture", "Normal", "Prior", "Seed", "Uniform"]
__all__ += ["load", "save"]
