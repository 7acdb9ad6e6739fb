"""DCGANs, trained once per run, data set, network and seed."""

from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from tfnets import latents
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.fit import fit, steps_per_execution
from tfnets.lab.points import Points
from tfnets.methods.gans import quality as gan_quality
from tfnets.methods.gans import saved
from tfnets.models import dcgan
from tfnets.training.gan import GAN
from tfnets.training.optimizers import Adam

DIGITS, COLOUR = ("mnist", "fashion_mnist"), ("cifar10",)
"""Data sets of 28 grey and of 32 coloured pixels."""

VARIANTS = ("paper", "paper_without_norm")
"""The styles compared (keys of `dcgan.STYLES`)."""

SHOWN = 40
"""Images of the same latents in each saved frame."""


@dataclass(frozen=True)
class Recipe:
    """How a DCGAN is trained.

    Attributes:
        latent: Size of the latent vector, drawn from N(0, 1).
        filters: Filters of generator and discriminator (see `models.dcgan.Style`).
        epochs: The points of measurement, in finished epochs; the last ends it.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks (beta_1 0.5).
        frames: Saved frames per epoch, at most one per compiled call.
    """

    latent: int
    filters: tuple[int, ...]
    epochs: tuple[int, ...]
    batch_size: int = 50
    learning_rate: float = 1e-3
    frames: int = 4


@dataclass(frozen=True)
class Training:
    """One network on one data set with one seed: a part of the run."""

    run: Run
    recipe: Recipe
    dataset: str
    variant: str
    seed: int

    @property
    def part(self) -> str:
        """Name of the part."""
        return f"{self.dataset}-{self.variant}-{self.seed}"

    @property
    def epochs(self) -> tuple[int, ...]:
        """The points of measurement."""
        return self.recipe.epochs

    def measured(self, images: np.ndarray, quality: gan_quality.Quality) -> list[dict[str, Any]]:
        """Trains to the end and returns the measurement at each point."""
        return self._points.trained(lambda: self._train(images, quality))[1]

    @property
    def _points(self) -> Points:
        return Points(self.run, self.part, self.epochs)

    def _train(self, images: np.ndarray, quality: gan_quality.Quality) -> dict[str, Any]:
        recipe, last = self.recipe, max(self.epochs)
        trainer = self._trainer(images.shape[1:])
        steps = steps_per_epoch(len(images), recipe.batch_size)
        trainer.compile(
            generator_optimizer=Adam(recipe.learning_rate, beta_1=0.5),
            discriminator_optimizer=Adam(recipe.learning_rate, beta_1=0.5),
            steps_per_execution=steps_per_execution(steps),
        )

        measuring = self._points.measuring(lambda epoch: self._measure(trainer, epoch, quality))

        callbacks = [measuring]
        if self.seed == self.run.config.seed:
            callbacks.append(Frames(self.run, self.part, steps, recipe.frames))
        fit(
            self.run, self.part, trainer, (images,),
            batch_size=recipe.batch_size, epochs=last, seed=self.seed, callbacks=callbacks,
        )  # fmt: skip
        saved.save(self.run, self.part, trainer.sampler, trainer.latent)
        return {
            "steps": int(trainer.step.numpy()),
            "generator_parameters": trainer.generator.count_params(),
            "discriminator_parameters": trainer.discriminator.count_params(),
        }

    def _trainer(self, shape: tuple[int, int, int]) -> GAN:
        size, _, channels = shape
        make, judge = (
            dcgan.networks(
                replace(dcgan.STYLES[self.variant], filters=filters), size=size, channels=channels
            )
            for filters in self.recipe.filters
        )
        latent = latents.Normal(self.recipe.latent)
        return GAN(make[0](latent.dim, self.seed), judge[1](self.seed), latent, seed=self.seed)

    def _measure(self, trainer: GAN, epoch: int, quality: gan_quality.Quality) -> dict[str, Any]:
        images = np.clip(trainer.sample(quality.samples, self.seed), 0, 1)
        return quality(images) | {"epoch": epoch, "step": int(trainer.step.numpy())}


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
