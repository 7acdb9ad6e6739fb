"""How a GAN of latents is made and trained: by recipe, perhaps with clusters."""

import functools
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from sklearn.cluster import KMeans

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.lab.trial import Trial, Work
from tfnets.methods.gans.recipe import Recipe
from tfnets.methods.gans.saved import SavedGenerator
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.latent_networks import LATENT, drawing
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.gan import GAN
from tfnets.training.mismatches import wrong_labels
from tfnets.training.penalties import r1

Trainer = GAN | ConditionalGAN


@dataclass(frozen=True, kw_only=True)
class LatentRecipe(Recipe):
    """How a GAN of latents is trained.

    Attributes:
        network: A key of `LATENT`.
        noise: Size of z, drawn from N(0, 1).
        flatness: Weight of the penalty on the discriminator's slope (`r1`); 0 for none.
        average: Decay of the generator's running mean, from which is drawn; 0 for the last weights.
        classes: Number of classes that are asked for; 0 for none. Real latents with wrong labels
            are then shown as a third kind of input.
    """

    network: str
    noise: int
    flatness: float = 0.0
    average: float = 0.0
    classes: int = 0

    def trainer(self, size: int, seed: int, rows: int) -> Trainer:
        """Returns the compiled trainer for so many training latents (rows, size)."""
        generator, discriminator = LATENT[self.network]
        kind, classes = ConditionalGAN if self.classes else GAN, self.classes
        networks = (
            generator(self.noise, size, seed, classes=classes),
            discriminator(size, seed, classes=classes),
        )
        trainer = kind(*networks, latents.Normal(self.noise), seed=seed)
        mismatch = wrong_labels(classes) if classes else None
        penalty = r1(self.flatness) if self.flatness else None
        average = self.average or None
        self.compile(trainer, rows, penalty=penalty, average=average, mismatch=mismatch)
        return trainer


def clusters(
    run: Run, part: str, rows: np.ndarray, count: int, seed: int
) -> tuple[np.ndarray, list[float]]:
    """Sorts latents `rows` (n, size) into `count` clusters by k-means, once in a run.

    The run keeps them as those of the part; the seed is that of the first centres.

    Returns:
        Each row's cluster, int32 (n,), and each cluster's share of the rows.
    """

    def compute() -> dict[str, list[float]]:
        found = KMeans(count, n_init=1, random_state=seed).fit_predict(rows).astype(np.int32)
        run.save_array(f"clusters/{part}", found)
        return {"shares": (np.bincount(found, minlength=count) / len(found)).tolist()}

    shares = run.part(f"cluster-{part}", compute)["shares"]
    return run.load_array(f"clusters/{part}"), shares


class LatentTraining(Trial):
    """One variant of `LatentSettings`; it leaves the whole network from z to the image."""

    named = "{variant}_gan-{seed}"

    @property
    def points(self) -> tuple[int, ...]:
        """Epochs after which samples are measured."""
        return self.settings.points(self.variant)

    @property
    def needs(self) -> tuple[Work, ...]:
        """The autoencoder."""
        return (self.settings.source(self.variant).trial(self.seed),)

    @functools.cached_property
    def autoencoder(self) -> tuple[Autoencoder, dict[str, Any]]:
        """The autoencoder, and what was restored of it."""
        return self.settings.source(self.variant).get(self.run, self.seed)

    def whole(self, generator: keras.Model) -> SavedGenerator:
        """The network from z, and what `generator` takes beside it, to the picture."""
        prior = latents.Normal(generator.inputs[0].shape[1])
        return SavedGenerator(self.part, drawing(generator, self.autoencoder[0].decoder), prior)
