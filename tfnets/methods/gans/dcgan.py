"""DCGANs, trained once per run, data set, network and seed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, final

import keras
import numpy as np

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.errors import InputError
from tfnets.lab.settings import Counts
from tfnets.methods.gans import quality, saved
from tfnets.methods.gans.recipe import Recipe
from tfnets.models import dcgan
from tfnets.training.gan import GAN

DIGITS, COLOUR = ("mnist", "fashion_mnist"), ("cifar10",)
"""Data sets of 28 grey and of 32 coloured pixels."""

VARIANTS = ("paper", "paper_without_norm")
"""The styles compared (keys of `dcgan.STYLES`)."""

SHOWN = 40
"""Images of the same latents in each saved frame."""


def require_pair(name: str, filters: Counts) -> None:
    """Refuses filters (see `Plan`) that are not two, or cannot be halved as a network does."""
    del name
    if len(filters) != 2:
        raise InputError(
            f"The filters are {filters}; give two numbers, the generator's and the discriminator's."
        )
    for number in filters:
        dcgan.Style(number)


@dataclass(frozen=True)
class Plan:
    """How a DCGAN is trained and measured.

    Attributes:
        dataset: One of `DIGITS` or `COLOUR`.
        latent: Size of the latent vector, drawn from N(0, 1).
        filters: Filters of generator and discriminator (see `models.dcgan.Style`).
        epochs: The points of measurement, in finished epochs; the last ends it.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks (beta_1 0.5).
        frames: Saved frames per epoch, at most one per compiled call.
        samples: Generated images per measurement, and real ones beside them.
        train_images: Training images used, at most.
    """

    dataset: str
    latent: int
    filters: tuple[int, ...]
    epochs: tuple[int, ...]
    batch_size: int = 50
    learning_rate: float = 1e-3
    frames: int = 4
    samples: int = 10_000
    train_images: int = 60_000

    @property
    def recipe(self) -> Recipe:
        """Passes, batches and rates."""
        return Recipe.of(self, epochs=max(self.epochs))


def untrained(
    styles: Iterable[dcgan.Style], prior: latents.Prior, shape: tuple[int, int, int], seed: int
) -> GAN:
    """A GAN of styles of both networks, for images of a shape (size, size, channels)."""
    size, _, channels = shape
    made, judged = (dcgan.networks(style, size=size, channels=channels) for style in styles)
    return GAN(made[0](prior.dim, seed), judged[1](seed), prior, seed=seed)


@final
class Training(quality.SampledGAN):
    """One of `VARIANTS` with one seed, as `saved.load` takes it; the run's first keeps frames."""

    settings: Plan
    named = "{settings.dataset}-{variant}-{seed}"

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains with weights, latents and order of this seed."""
        plan, recipe = self.settings, self.settings.recipe
        images = self.store.images(plan.dataset, plan.train_images).x_train
        trainer = self.trainer(images.shape[1:])
        recipe.compile(trainer, len(images))
        callbacks = [measuring]
        if self.seed == self.run.config.seed:
            steps = steps_per_epoch(len(images), plan.batch_size)
            callbacks.append(Frames(self.run, self.part, steps, plan.frames))
        recipe.fit(self, trainer, (images,), callbacks=callbacks)
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        return {
            "steps": int(trainer.step.numpy()),
            "generator_parameters": trainer.generator.count_params(),
            "discriminator_parameters": trainer.discriminator.count_params(),
        }

    def trainer(self, shape: tuple[int, int, int]) -> GAN:
        """Returns the untrained networks for images of a shape (size, size, channels)."""
        style, latent = dcgan.STYLES[self.variant], latents.Normal(self.settings.latent)
        styles = (replace(style, filters=filters) for filters in self.settings.filters)
        return untrained(styles, latent, shape, self.seed)


class Frames(keras.callbacks.Callback):
    """Saves images of the same latents several times per epoch, as `samples/PART-stepN.npy`."""

    def __init__(self, run: Run, part: str, steps: int, frames: int) -> None:
        """Takes where to, the steps of an epoch, and the frames per epoch."""
        super().__init__()
        self._run, self._part, self._steps, self._frames = run, part, steps, frames
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keeps the epoch's number, from 0."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Saves a frame where the last call has reached another part of the epoch."""
        done, before = batch + 1, batch + 1 - self.model.steps_per_execution
        if done * self._frames // self._steps > before * self._frames // self._steps:
            step = self._epoch * self._steps + done
            images = np.clip(self.model.sample(SHOWN, self._run.config.seed), 0, 1)
            self._run.save_array(f"samples/{self._part}-step{step}", images)
