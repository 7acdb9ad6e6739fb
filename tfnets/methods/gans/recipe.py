"""How the studies of GANs train: two Adams, fixed order, resumable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.fit import fit, steps_per_execution
from tfnets.lab.trial import Work
from tfnets.training.optimizers import Adam


@dataclass(frozen=True)
class Recipe:
    """Passes, batches and rates of a training with two optimisers.

    Attributes:
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Adam's learning rate of both networks.
        beta_1: Adam's momentum of both.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    beta_1: float = 0.5

    def optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """Returns new optimisers, by the names that `compile` of a GAN takes."""
        return {
            f"{network}_optimizer": Adam(self.learning_rate, beta_1=self.beta_1)
            for network in ("generator", "discriminator")
        }

    def compile(self, trainer: keras.Model, images: int, **values: Any) -> None:
        """Compiles a trainer for so many training images.

        Args:
            trainer: A `GAN` or a trainer with the same optimisers.
            images: How many images an epoch has.
            **values: What else its `compile` takes: loss, penalty, average, ...; optimisers and
                `steps_per_execution` of one's own replace these.
        """
        steps = steps_per_execution(steps_per_epoch(images, self.batch_size))
        trainer.compile(**(self.optimizers() | {"steps_per_execution": steps} | values))

    def fit(
        self,
        trial: Work,
        trainer: keras.Model,
        arrays: Sequence[np.ndarray],
        *,
        epochs: int | None = None,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        tracked: Mapping[str, tf.Variable] | None = None,
    ) -> None:
        """Trains in the trial's run folder with its seed, from the last finished epoch.

        Args:
            trial: Whose run, part and seed.
            trainer: What is trained, compiled.
            arrays: Arrays of equal length: images, perhaps labels.
            epochs: Up to which epoch; None for all.
            callbacks: Further callbacks.
            tracked: Variables that are saved and restored with the trainer.
        """
        fit(
            trial.run, trial.part, trainer, arrays, batch_size=self.batch_size,
            epochs=self.epochs if epochs is None else epochs, seed=trial.seed,
            callbacks=callbacks, tracked=tracked,
        )  # fmt: skip
