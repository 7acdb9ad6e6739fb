"""A classifier that a study trains itself, to judge images by that no known judge is of."""

from abc import abstractmethod
from typing import Any

import keras

from tfnets.datasets import ImageData
from tfnets.lab.fit import annealed_fit
from tfnets.lab.trial import Measurement, Trial
from tfnets.models.classifiers import judge

RATE = 2e-3
BATCH = 64


class OwnJudge(Trial):
    """A network of `models.classifiers.judge`, trained without augmentation on a study's images.

    Its part is called by its own name; it leaves `PART.keras`, images -> probabilities.
    """

    key = Measurement.key

    @property
    @abstractmethod
    def epochs(self) -> int:
        """Passes over the images."""

    @abstractmethod
    def examples(self) -> ImageData:
        """Returns the images; it learns from those for training."""

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains with weights and order of this seed."""
        data = self.examples()
        network = judge(self.seed, data.x_train.shape[1:], len(data.class_names))
        annealed_fit(
            self.run, self.part, network, (data.x_train, data.y_train),
            loss="sparse_categorical_crossentropy", learning_rate=RATE, batch_size=BATCH,
            epochs=self.epochs, seed=self.seed, callbacks=[measuring],
        )  # fmt: skip
        self.run.save_model(self.part, network)
        return {"parameters": network.count_params()}

    def trained(self) -> keras.Model:
        """Returns the trained network from the run folder."""
        return self.run.load_model(self.part)
