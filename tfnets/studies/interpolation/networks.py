"""The two networks of one seed of study `interpolation`: trained, or taken over from other runs."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.errors import InputError
from tfnets.methods import autoencoders
from tfnets.methods.autoencoders.adopted import Adopted, obtained, restored_autoencoder
from tfnets.methods.gans import dcgan, saved
from tfnets.methods.gans.adopted import AdoptedGenerator, chosen_generator
from tfnets.models.autoencoders import Autoencoder
from tfnets.studies.interpolation.settings import Settings

_BATCH = 500


@dataclass(frozen=True)
class Networks:
    """The autoencoder, and the GAN: generator (latent vectors -> images) and its prior."""

    autoencoder: Autoencoder
    generator: keras.Model
    prior: latents.Prior

    def draw(self, vectors: np.ndarray) -> np.ndarray:
        """The GAN's images of latent vectors (n, dim), clipped to [0, 1]."""
        return np.clip(self.generator.predict(vectors, batch_size=_BATCH, verbose=0), 0, 1)

    def samples(self, count: int, seed: tuple[int, int]) -> np.ndarray:
        """The GAN's images of draws from its prior, (count, height, width, channels)."""
        return self.draw(self.prior(count, seed).numpy())


@dataclass(frozen=True)
class Origins:
    """Where the networks of a seed come from, by the study's settings."""

    settings: Settings
    seed: int

    @property
    def autoencoder(self) -> autoencoders.Training | Adopted:
        """What leaves the autoencoder in the run."""
        settings = self.settings
        return obtained(settings.recipe, settings.variant, self.seed, settings.autoencoder)

    @property
    def gan(self) -> dcgan.Training | AdoptedGenerator:
        """What leaves the generator and its prior in the run."""
        settings = self.settings
        if settings.gan:
            return AdoptedGenerator(settings, "gan", self.seed, settings.gan)
        return dcgan.Training(settings.plan, dcgan.VARIANTS[0], self.seed)

    def networks(self, run: Run) -> Networks:
        """Both networks from a run that has them."""
        return Networks(self.autoencoder.at(run).trained(), *saved.load(run, self.gan.part))

    def sources(self, run: Run) -> dict[str, dict[str, Any]]:
        """Where `autoencoder` and `gan` come from."""
        settings = self.settings
        epochs = {"autoencoder": settings.autoencoder_epochs, "gan": settings.gan_epochs}
        trained = {"autoencoder": settings.variant, "gan": self.gan.part}
        return {
            name: getattr(self, name).result(run)
            if getattr(settings, name)
            else {"trained": trained[name], "seed": self.seed, "epochs": epochs[name]}
            for name in trained
        }


def require_sources(run: Run, settings: Settings) -> None:
    """Looks into the given runs before anything takes time, unless all is taken over already.

    Raises:
        InputError: A run cannot be used (see `restored_autoencoder`, `chosen_generator`), learned
            from other images, or has fewer seeds than asked for.
    """
    origins = [Origins(settings, seed) for seed in run.seeds(settings.repeats)]
    looks = {
        "autoencoder": lambda seed: _restorable(settings, seed),
        "gan": lambda seed: chosen_generator(settings.gan, settings.dataset, seed).name,
    }
    for name, look in looks.items():
        source = getattr(settings, name)
        if not source or all(run.has_part(getattr(each, name).key) for each in origins):
            continue
        found = len({look(each.seed) for each in origins})
        if found < len(origins):
            raise InputError(
                f"The run {source} has {found} seed(s) of what {name} needs, but {len(origins)} "
                f"were asked for; set repeats={found}."
            )


def _restorable(settings: Settings, seed: int) -> int:
    source, dataset = settings.autoencoder, settings.dataset
    report = restored_autoencoder(source, settings.variant, seed, settings.latent)[1]
    if report["dataset"] != dataset:
        raise InputError(
            f"The autoencoder of {source} was trained on {report['dataset'] or 'unknown data'}, "
            f"not {dataset}; give another run, or set dataset."
        )
    return report["seed"]
