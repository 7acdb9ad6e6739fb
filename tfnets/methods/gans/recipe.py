"""How the studies of GANs train: two Adams, fixed order, resumable."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import keras
import numpy as np

from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.fit import cosine_adam, fit, steps_per_execution
from tfnets.lab.trial import Work
from tfnets.training.loss_trace import LossTrace
from tfnets.training.optimizers import Adam

LOSSES = ("discriminator_loss", "generator_loss")
"""What a trainer of two networks logs."""


@dataclass(frozen=True)
class Recipe:
    """Passes, batches and rates of a training with two optimisers.

    Attributes:
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks.
        beta_1: Adam's momentum of both.
        falls: Whether the learning rates fall to 0 along a half cosine.
        execution: Steps per compiled call, at most.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    beta_1: float = 0.5
    falls: bool = False
    execution: int = 50

    @classmethod
    def of(cls, settings: object, **values: Any) -> Self:
        """Makes a recipe of a study's settings that are called as its fields; `values` go first."""
        names = [field.name for field in dataclasses.fields(cls)]
        found = {name: getattr(settings, name) for name in names if hasattr(settings, name)}
        return cls(**(found | values))

    def optimizers(self, images: int | None = None) -> dict[str, keras.optimizers.Optimizer]:
        """Returns new optimisers as `compile` of a GAN takes them, for epochs of so many images."""
        return {f"{name}_optimizer": self._adam(images) for name in ("generator", "discriminator")}

    def compile(self, trainer: keras.Model, images: int, **values: Any) -> None:
        """Compiles a trainer with the optimisers of a `GAN` for epochs of so many images.

        `values` are what else its `compile` takes: loss, penalty, average, ...; optimisers and
        `steps_per_execution` of one's own replace these.
        """
        steps = steps_per_execution(steps_per_epoch(images, self.batch_size), self.execution)
        trainer.compile(**(self.optimizers(images) | {"steps_per_execution": steps} | values))

    def trace(self, trainer: keras.Model, images: int) -> LossTrace:
        """A callback that follows both losses; `fit` takes its `state` as `tracked`."""
        steps = steps_per_epoch(images, self.batch_size)
        return LossTrace(LOSSES, trainer.steps_per_execution, steps, self.epochs)

    def fit(
        self,
        trial: Work,
        trainer: keras.Model,
        arrays: Sequence[np.ndarray],
        *,
        epochs: int | None = None,
        **options: Any,
    ) -> None:
        """Trains in the trial's run folder with its part and seed, from the last finished epoch.

        `arrays` of equal length are images, perhaps labels; `epochs` up to which epoch, None for
        all; `options` are `transform`, `callbacks` and `tracked` of `lab.fit.fit`.
        """
        fit(
            trial.run, trial.part, trainer, arrays, batch_size=self.batch_size,
            epochs=self.epochs if epochs is None else epochs, seed=trial.seed, **options,
        )  # fmt: skip

    def traced_fit(
        self,
        trial: Work,
        trainer: keras.Model,
        arrays: Sequence[np.ndarray],
        *callbacks: keras.callbacks.Callback,
    ) -> np.ndarray:
        """Trains as `fit` does; keeps and returns steps and both losses (3, n), `losses/PART`."""
        trace = self.trace(trainer, len(arrays[0]))
        self.fit(trial, trainer, arrays, callbacks=[*callbacks, trace], tracked=trace.state)
        curves = np.array([trace.steps, *trace.curves.values()])
        trial.run.save_array(f"losses/{trial.part}", curves)
        return curves

    def _adam(self, images: int | None) -> keras.optimizers.Optimizer:
        if not self.falls:
            return Adam(self.learning_rate, beta_1=self.beta_1)
        steps = self.epochs * steps_per_epoch(images, self.batch_size)
        return cosine_adam(self.learning_rate, steps, self.beta_1)
