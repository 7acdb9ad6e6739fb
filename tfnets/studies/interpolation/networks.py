"""The two networks of one seed of study `interpolation`: trained, or taken over from other runs."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.datasets import ImageData
from tfnets.methods.autoencoders import training
from tfnets.methods.autoencoders.adopted import adopted
from tfnets.methods.gans import saved
from tfnets.methods.gans.adopted import adopted_generator
from tfnets.methods.gans.dcgan import VARIANTS, Recipe, Training
from tfnets.methods.gans.quality import Quality
from tfnets.models.autoencoders import Autoencoder
from tfnets.studies.interpolation.settings import Settings

_BATCH = 500


@dataclass(frozen=True)
class Networks:
    """Both networks.

    Attributes:
        autoencoder: The autoencoder.
        generator: The GAN's, latent vectors -> images.
        prior: What the generator's latent vectors were drawn from.
    """

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
    """Where the networks of a seed come from.

    Attributes:
        run: The run folder, which keeps the networks.
        settings: The study's.
        seed: Seed of both networks.
    """

    run: Run
    settings: Settings
    seed: int

    def networks(
        self, data: ImageData, quality: Quality
    ) -> tuple[Networks, dict[str, Any], dict[str, Any]]:
        """Trains or takes over; each is a part of the run.

        Args:
            data: Training images.
            quality: How the GAN's samples are measured.

        Returns:
            The networks, the numbers of the GAN's samples, and for `autoencoder` and `gan` where
            they come from.
        """
        encoded, encoded_from = self._autoencoder(data)
        generator, prior, drawn_from, drawn = self._gan(data, quality)
        sources = {"autoencoder": encoded_from, "gan": drawn_from}
        return Networks(encoded, generator, prior), drawn, sources

    def _autoencoder(self, data: ImageData) -> tuple[Autoencoder, dict[str, Any]]:
        settings, seed = self.settings, self.seed
        if settings.autoencoder:
            return adopted(self.run, settings.autoencoder, settings.variant, seed, settings.latent)
        source = training.Recipe(latent=settings.latent, epochs=settings.autoencoder_epochs)
        model = training.train(self.run, settings.variant, source, seed, data.x_train)
        return model, {"trained": settings.variant, "seed": seed, "epochs": source.epochs}

    def _gan(
        self, data: ImageData, quality: Quality
    ) -> tuple[keras.Model, latents.Prior, dict[str, Any], dict[str, Any]]:
        """The generator, its prior, where they come from, and the numbers of its samples."""
        settings, seed = self.settings, self.seed
        if settings.gan:
            return self._adopted(quality)
        training = self._training()
        drawn = training.measured(data.x_train, quality)[-1]
        source = {"trained": training.part, "seed": seed, "epochs": settings.gan_epochs}
        return *saved.load(self.run, training.part), source, drawn

    def _adopted(
        self, quality: Quality
    ) -> tuple[keras.Model, latents.Prior, dict[str, Any], dict[str, Any]]:
        settings, seed = self.settings, self.seed
        model, prior, report = adopted_generator(self.run, settings.gan, settings.dataset, seed)

        def measure() -> dict[str, Any]:
            z = prior(quality.samples, (seed, 2)).numpy()
            return quality(np.clip(model.predict(z, batch_size=_BATCH, verbose=0), 0, 1))

        return model, prior, report, self.run.part(f"quality-{seed}", measure)

    def _training(self) -> Training:
        settings = self.settings
        recipe = Recipe(
            latent=settings.latent,
            filters=settings.gan_filters,
            epochs=(settings.gan_epochs,),
            frames=1,
        )
        return Training(self.run, recipe, settings.dataset, VARIANTS[0], self.seed)
