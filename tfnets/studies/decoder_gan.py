"""Study 3.3: a GAN whose generator is a trained autoencoder's decoder.

Question: does a generator learn faster when its weights come from a trained decoder?

Origin: the generator is the decoder of study 3.1, partly restored from the saved model. A generator
of one dense layer failed, the convolutional one worked. No number was given.

Here: the same generator from scratch (`scratch`), with every layer but the first restored
(`restored`), restored and frozen for the first epochs so that only the first layer learns
(`frozen`), and the one-dense-layer generator (`one_dense`); and the decoder of our deeper
autoencoder restored or from scratch (`deep_restored`, `deep_scratch`). The first dense layer is
not restored, because it was made for the encoder's latents and the prior is another: it goes back
to its initial values. Those are the values from which the autoencoder's own first layer started
(weights are a function of seed and name), and training leaves it close to them; `fresh` is
`restored` with initial values of another seed, to see how much that matters. Each over several
seeds; Frechet distance on the judge's features, precision, recall, density, coverage and modes at
three points of the training.

Command: `tfnets run decoder_gan --scale full` (about an hour on 2 cores).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfnets import datasets, latents
from tfnets.artifacts.run import Run
from tfnets.artifacts.weights import restore_weights
from tfnets.datasets.batches import steps_per_epoch
from tfnets.models.discriminators import image_discriminator
from tfnets.models.generators import decoder_generator
from tfnets.studies import autoencoder, gan_quality
from tfnets.studies.fitting import fit, steps_per_execution
from tfnets.studies.pages import decoder_gan as page
from tfnets.studies.points import Points
from tfnets.studies.settings import require_known, require_positive
from tfnets.training.gan import GAN
from tfnets.training.optimizers import Adam

VARIANTS = {
    "scratch": "origin",
    "restored": "origin",
    "fresh": "origin",
    "frozen": "origin",
    "one_dense": "one_dense",
    "deep_scratch": "deep",
    "deep_restored": "deep",
}
"""The decoder that each variant's generator copies."""

RESTORED = ("restored", "fresh", "frozen", "deep_restored")
"""The variants that start from a trained decoder."""

FRESH = 1000
"""What `fresh` adds to the seed of the generator's initial weights."""


@dataclass(frozen=True)
class Settings:
    """What can be changed with `--set`.

    Attributes:
        dataset: `mnist` or `fashion_mnist`.
        variants: Keys of `VARIANTS`.
        prior: `uniform` (the origin's U[-1,1]), `normal` or `mixture`.
        latent: Size of the latent vector.
        epochs: The three (or more) points of measurement, in finished epochs; the last ends it.
        frozen_epochs: Epochs for which `frozen` keeps the restored layers fixed.
        new_layers: Layers of the generator that are not restored (regular expressions).
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks (beta_1 0.5).
        repeats: Seeds per variant.
        samples: Generated images per measurement, and real ones beside them.
        train_images: Training images used (all: 60000).
        autoencoder_epochs: Epochs of the autoencoders that are restored from.
    """

    dataset: str = "mnist"
    variants: tuple[str, ...] = (
        "scratch",
        "restored",
        "frozen",
        "one_dense",
        "deep_restored",
        "fresh",
    )
    prior: str = "uniform"
    latent: int = 100
    epochs: tuple[int, ...] = (1, 3, 8)
    frozen_epochs: int = 1
    new_layers: tuple[str, ...] = ("decoder_dense1",)
    batch_size: int = 128
    learning_rate: float = 2e-4
    repeats: int = 3
    samples: int = 10_000
    train_images: int = 60_000
    autoencoder_epochs: int = 3

    def __post_init__(self) -> None:
        """Refuses values that no run could use."""
        require_known(self, "dataset", ("mnist", "fashion_mnist"))
        require_known(self, "variants", VARIANTS)
        require_known(self, "prior", latents.PRIORS)
        require_positive(self, "latent", "epochs", "frozen_epochs", "batch_size", "repeats")
        require_positive(self, "samples", "train_images", "autoencoder_epochs")


SCALES = {
    "tiny": Settings(
        variants=("fresh", "frozen"), latent=8, epochs=(1, 2), repeats=2, samples=64,
        train_images=256, batch_size=32, autoencoder_epochs=1,
    ),
    "quick": Settings(
        variants=("scratch", "restored", "frozen"), epochs=(1, 2, 4), repeats=2, samples=2_000,
        train_images=20_000, autoencoder_epochs=3,
    ),
    "full": Settings(),
}  # fmt: skip


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Trains every variant and seed, measures at each point, draws, reports."""
    _check_new_layers(settings)
    data = datasets.load(settings.dataset, data_dir).first(settings.train_images)
    quality = gan_quality.Quality(data, settings.samples)
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    points = {
        name: [
            Training(run, settings, name, seed).measured(data.x_train, quality) for seed in seeds
        ]
        for name in settings.variants
    }
    numbers = {name: gan_quality.summary(rows) for name, rows in points.items()}
    page.draw(run, settings, numbers)
    report = page.report(settings, points, numbers)
    run.finish(numbers | {"n": quality.samples}, report.as_json())


@dataclass(frozen=True)
class Training:
    """One variant with one seed: a part of the run."""

    run: Run
    settings: Settings
    variant: str
    seed: int

    @property
    def part(self) -> str:
        """Name of the part."""
        return f"{self.variant}-{self.seed}"

    def measured(self, images: np.ndarray, quality: gan_quality.Quality) -> list[dict[str, Any]]:
        """Trains to the end and returns the measurement at each point."""
        return self._points.trained(lambda: self._train(images, quality))[1]

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, self.settings.epochs)

    def _train(self, images: np.ndarray, quality: gan_quality.Quality) -> dict[str, Any]:
        settings, last = self.settings, max(self.settings.epochs)
        trainer = self._trainer()
        restored = self._restore(trainer.generator, images)
        optimizers = {
            f"{network}_optimizer": Adam(settings.learning_rate, beta_1=0.5)
            for network in ("generator", "discriminator")
        }
        trainer.compile(**optimizers)
        phases = [(last, True)]
        if self.variant == "frozen":
            phases.insert(0, (min(settings.frozen_epochs, last), False))
        for epochs, free in phases:
            for name in restored:
                trainer.generator.get_layer(name).trainable = free
            trainer.compile(
                **optimizers,
                steps_per_execution=steps_per_execution(
                    steps_per_epoch(len(images), settings.batch_size)
                ),
            )
            self._fit(trainer, images, epochs, quality)
        self.run.save_model(f"{self.part}_generator", trainer.generator)
        return {"steps": int(trainer.step.numpy()), "restored": restored}

    def _trainer(self) -> GAN:
        settings = self.settings
        start = self.seed + FRESH if self.variant == "fresh" else self.seed
        return GAN(
            decoder_generator(VARIANTS[self.variant], settings.latent, start),
            image_discriminator(self.seed),
            latents.PRIORS[settings.prior](settings.latent),
            seed=self.seed,
        )

    def _restore(self, generator: keras.Model, images: np.ndarray) -> list[str]:
        """Copies the trained decoder where the variant asks for it; returns the layers' names."""
        if self.variant not in RESTORED:
            return []
        settings = self.settings
        source = autoencoder.Settings(
            dataset=settings.dataset,
            latent=settings.latent,
            epochs=settings.autoencoder_epochs,
            batch_size=settings.batch_size,
        )
        trained = autoencoder.train(self.run, VARIANTS[self.variant], source, self.seed, images)
        report = restore_weights(generator, trained.decoder, skip=settings.new_layers)
        return sorted({row.target.rsplit("/", 1)[0] for row in report.loaded})

    def _fit(
        self, trainer: GAN, images: np.ndarray, epochs: int, quality: gan_quality.Quality
    ) -> None:
        measuring = self._points.measuring(lambda epoch: self._measure(trainer, epoch, quality))
        fit(
            self.run, self.part, trainer, (images,),
            batch_size=self.settings.batch_size, epochs=epochs, seed=self.seed,
            callbacks=[measuring],
        )  # fmt: skip

    def _measure(self, trainer: GAN, epoch: int, quality: gan_quality.Quality) -> dict[str, Any]:
        images = np.clip(trainer.sample(quality.samples, self.seed), 0, 1)
        self.run.save_array(f"samples/{self.part}-epoch{epoch}", images[: page.SHOWN])
        return quality(images) | {"epoch": epoch, "step": int(trainer.step.numpy())}


def _check_new_layers(settings: Settings) -> None:
    """Tries the restoring on untrained networks, before anything takes time.

    Raises:
        InputError: A pattern of `new_layers` names no layer.
    """
    for architecture in {VARIANTS[name] for name in settings.variants if name in RESTORED}:
        target, source = (decoder_generator(architecture, settings.latent, 0) for _ in range(2))
        restore_weights(target, source, skip=settings.new_layers, dry_run=True)
