"""A classifier that a study trains itself, to judge images by that no known judge is of."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from tfnets.lab.fit import annealed_fit
from tfnets.lab.trial import Trial
from tfnets.models.classifiers import judge

RATE = 2e-3
BATCH = 64


@dataclass(frozen=True)
class JudgeTraining(Trial):
    """A network of `models.classifiers.judge`, trained without augmentation on a study's images.

    Its variant is its part's name; it leaves `PART.keras`, images -> probabilities (n, classes).

    Attributes:
        epochs: Passes over the images.
        classes: Number of classes.
    """

    epochs: int
    classes: int

    @property
    def part(self) -> str:
        """The variant; a study has one of the name."""
        return self.variant

    @property
    def key(self) -> str:
        """The same."""
        return self.variant

    @abstractmethod
    def examples(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns images (n, height, width, channels) in [0, 1] and their labels (n,)."""

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains with weights and order of this seed."""
        images, labels = self.examples()
        network = judge(self.seed, images.shape[1:], self.classes)
        annealed_fit(
            self.run, self.part, network, (images, labels), loss="sparse_categorical_crossentropy",
            learning_rate=RATE, batch_size=BATCH, epochs=self.epochs, seed=self.seed,
            callbacks=[measuring],
        )  # fmt: skip
        self.run.save_model(self.part, network)
        return {"parameters": network.count_params()}

    def trained(self) -> keras.Model:
        """Returns the trained network from the run folder."""
        return self.run.load_model(self.part)
