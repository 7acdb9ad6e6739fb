"""How the studies of GANs on latents make and train one: by recipe, perhaps with clusters."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from sklearn.cluster import KMeans

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.methods.gans.recipe import Recipe
from tfnets.models.latent_networks import LATENT
from tfnets.training.conditional import ConditionalGAN
from tfnets.training.gan import GAN
from tfnets.training.mismatches import wrong_labels
from tfnets.training.penalties import r1

Trainer = GAN | ConditionalGAN


class LatentSettings(Protocol):
    """What both studies can be set; see there."""

    dataset: str
    train_images: int
    autoencoder: str
    latent: int
    origin_latent: int
    noise: int
    autoencoder_epochs: int
    epochs: tuple[int, ...]
    origin_epochs: tuple[int, ...]
    batch_size: int
    learning_rate: float
    origin_learning_rate: float
    flatness: float
    average: float


def points(settings: LatentSettings, variant: str) -> tuple[int, ...]:
    """The points of measurement of a variant, in finished epochs."""
    return settings.origin_epochs if variant == "origin" else settings.epochs


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

    @classmethod
    def of_variant(cls, settings: LatentSettings, variant: str, classes: int = 0) -> Self:
        """How a study's variant is trained: as the report says, or improved."""
        common = {"epochs": max(points(settings, variant)), "classes": classes}
        if variant == "origin":
            rate = settings.origin_learning_rate
            plain = {"learning_rate": rate, "flatness": 0.0, "average": 0.0}
            return cls.of(settings, network="origin", **plain, **common)
        return cls.of(settings, network="improved", falls=True, **common)

    def trainer(self, size: int, seed: int, rows: int) -> Trainer:
        """Returns the compiled trainer for so many training latents (rows, size)."""
        generator, discriminator = LATENT[self.network]
        kind = ConditionalGAN if self.classes else GAN
        trainer = kind(
            generator(self.noise, size, seed, classes=self.classes),
            discriminator(size, seed, classes=self.classes),
            latents.Normal(self.noise),
            seed=seed,
        )
        self.compile(
            trainer,
            rows,
            penalty=r1(self.flatness) if self.flatness else None,
            average=self.average or None,
            mismatch=wrong_labels(self.classes) if self.classes else None,
        )
        return trainer


def clusters(
    run: Run, part: str, rows: np.ndarray, count: int, seed: int
) -> tuple[np.ndarray, list[float]]:
    """Sorts latents into clusters by k-means, once in a run.

    Args:
        run: The run, which keeps the clusters.
        part: Name of what they are for.
        rows: Latents (n, size).
        count: Clusters.
        seed: Seed of the first centres.

    Returns:
        Each row's cluster, int32 (n,), and each cluster's share of the rows.
    """

    def compute() -> dict[str, list[float]]:
        found = KMeans(count, n_init=1, random_state=seed).fit_predict(rows).astype(np.int32)
        run.save_array(f"clusters/{part}", found)
        return {"shares": (np.bincount(found, minlength=count) / len(found)).tolist()}

    shares = run.part(f"cluster-{part}", compute)["shares"]
    return run.load_array(f"clusters/{part}"), shares
