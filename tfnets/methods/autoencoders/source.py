"""Where the studies of GANs on latents get their autoencoder: trained here, or another run's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.artifacts.weights import restore_weights
from tfnets.methods.autoencoders.adopted import PARTS, adopted, restored_autoencoder
from tfnets.methods.autoencoders.training import VARIANTS, Recipe, train
from tfnets.methods.gans.latent import Settings
from tfnets.models import autoencoders
from tfnets.models.autoencoders import Autoencoder


@dataclass(frozen=True)
class Source:
    """The autoencoder whose latents a GAN learns.

    Attributes:
        variant: A key of `training.VARIANTS`.
        size: Size of its latents.
        epochs: Epochs of one that is trained here.
        run: Folder of a finished run to take it from; empty to train it here.
    """

    variant: str
    size: int
    epochs: int
    run: str = ""

    @classmethod
    def of(cls, settings: Settings, variant: str) -> Self:
        """The autoencoder of a study's variant: the origin's, or our deeper one."""
        name, size = "deep", settings.latent
        if variant == "origin":
            name, size = "origin", settings.origin_latent
        return cls(name, size, settings.autoencoder_epochs, settings.autoencoder)

    def require(self, run: Run) -> None:
        """Tries the restoring before anything takes time, unless `run` has done it already.

        Raises:
            InputError: The folder is no run with that autoencoder, or its latents are of another
                size.
        """
        seed = run.config.seed
        if self.run and not run.has_part(f"restore-{self.variant}-{seed}"):
            restored_autoencoder(self.run, self.variant, seed, self.size)

    def get(self, run: Run, seed: int, images: np.ndarray) -> tuple[Autoencoder, dict[str, Any]]:
        """Builds the networks anew and restores the weights of the trained ones into them.

        Args:
            run: The run that gets `VARIANT-SEED_encoder.keras` and `..._decoder.keras`.
            seed: Seed of the autoencoder.
            images: Training images (n, 28, 28, 1) in [0, 1] for one that is trained here.

        Returns:
            The autoencoder, and what was restored: see `restored_autoencoder`; `layers` by part,
            and `numbers`, are there in any case.
        """
        if self.run:
            return adopted(run, Path(self.run), self.variant, seed, self.size)
        recipe = Recipe(latent=self.size, epochs=self.epochs)
        trained = train(run, self.variant, recipe, seed, images)
        built = autoencoders.build(VARIANTS[self.variant], self.size, seed)
        reports = [restore_weights(*pair) for pair in zip(built, trained, strict=True)]
        layers = [list(dict.fromkeys(_layer(row.target) for row in r.loaded)) for r in reports]
        return built, {
            "variant": self.variant,
            "seed": seed,
            "latent": self.size,
            "layers": dict(zip(PARTS, layers, strict=True)),
            "numbers": sum(report.numbers for report in reports),
        }


def _layer(path: str) -> str:
    return path.rsplit("/", 1)[0]


def restored_note(variant: str, restored: dict[str, Any]) -> str:
    """A sentence on where a variant's autoencoder comes from, and what was restored of it."""
    layers = "; ".join(f"{part}: {', '.join(names)}" for part, names in restored["layers"].items())
    where = f"run {restored['run']}" if "run" in restored else "this run"
    return (
        f"{variant}: restored by name from the autoencoder {restored['variant']} (seed "
        f"{restored['seed']}, {restored['latent']} latents) of {where}: {restored['numbers']:,} "
        f"numbers in the layers of the {layers}."
    )
