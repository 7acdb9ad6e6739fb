"""How the studies of CIFAR-10 classifiers train: plain SGD, curves by mini-batches."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, final

import keras
import numpy as np

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import steps_per_epoch
from tfnets.lab.engine import Lab
from tfnets.lab.fit import executed_steps, fit, steps_per_execution
from tfnets.lab.trial import Trial
from tfnets.methods.classifiers.recipe import Recipe
from tfnets.training.callbacks import LossCurve
from tfnets.training.evaluation import Evaluation, check_data
from tfnets.training.optimizers import SGD

Name = TypeVar("Name", bound=Hashable)
TRAIN_SHOWN = 10_000  # training images on which the final training accuracy is measured


@final
@dataclass(frozen=True)
class Training(Trial):
    """A classifier trained with loss curves; leaves `VARIANT-seedSEED.keras`.

    `network` is `(build, *arguments)`, giving logits: a function that can be pickled, and its
    arguments but for the last, the seed of the initial weights.
    """

    settings: Recipe
    network: tuple[Any, ...]
    shuffled: bool = False  # whether it sees pixels in the order of the seed's `permutation`

    @property
    def part(self) -> str:
        """Its name, and that of its model."""
        return f"{self.variant}-seed{self.seed}"

    def build(self) -> keras.Model:
        """Returns the network with its initial weights."""
        build, *arguments = self.network
        return build(*arguments, self.seed)

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains through a wrapper that is compiled, so that the saved network is not.

        Returns `parameters`, `test_loss`, `test_accuracy`, `train_loss`, `train_accuracy` and
        `curve` (see `LossCurve`).
        """
        recipe, data, network = self.settings, self._data(), self.build()
        epoch = steps_per_epoch(len(data.x_train), recipe.batch_size)
        few = slice(0, recipe.curve_images)
        evaluation = Evaluation(network, data.x_test[few], data.y_test[few])
        curve = LossCurve(recipe.curve_every, epoch, recipe.epochs, evaluation)
        trained = keras.Model(network.input, network.output)
        most = executed_steps(network, recipe.batch_size)
        trained.compile(
            SGD(recipe.learning_rate, momentum=recipe.momentum),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
            steps_per_execution=steps_per_execution(math.gcd(epoch, recipe.curve_every), most),
        )
        fit(
            self.run, self.part, trained, (data.x_train, data.y_train),
            batch_size=recipe.batch_size, epochs=recipe.epochs, seed=self.seed,
            callbacks=[curve, measuring], tracked=curve.state,
        )  # fmt: skip
        self.run.save_model(self.part, network)
        return _result(network, data) | {"curve": curve.points}

    def _data(self) -> datasets.ImageData:
        data = self.settings.data(self.store)
        if not self.shuffled:
            return data
        order = permutation(self.seed, math.prod(data.x_train.shape[1:3]))
        shown = {name: shuffle(getattr(data, name), order) for name in ("x_train", "x_test")}
        return replace(data, **shown)


def train(
    run: Run, lab: Lab, trials: Mapping[Name, Sequence[Training]]
) -> dict[Name, list[dict[str, Any]]]:
    """Trains networks, if all of them can be trained; returns what `Training.train` did of each.

    Finished ones are not trained again. Long ones first make the best use of several processes.

    Raises:
        InputError: The images or labels do not fit a network, there are fewer images than a batch
            has, there is no point of the curves, or a loss is no longer a finite number.
    """
    ordered = [trial for several in trials.values() for trial in several]
    for trial in ordered:
        data = trial.settings.data(lab.store)
        trial.settings.steps(len(data.x_train))
        check_data(trial.build(), data.x_train, data.y_train)
    lab.run(run, ordered)
    return {name: [trial.result(run) for trial in several] for name, several in trials.items()}


def permutation(seed: int, pixels: int) -> np.ndarray:
    """The order of the pixels that a seed stands for: entry j is the pixel that is shown at j."""
    return np.random.default_rng([seed, pixels]).permutation(pixels)


def shuffle(images: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Shows the pixels of images (n, height, width, channels) in the order of a `permutation`."""
    flat = images.reshape(len(images), -1, images.shape[-1])
    return flat[:, order].reshape(images.shape)


def _result(network: keras.Model, data: datasets.ImageData) -> dict[str, float]:
    shown = (data.x_train[:TRAIN_SHOWN], data.y_train[:TRAIN_SHOWN])
    sets = {"test": (data.x_test, data.y_test), "train": shown}
    return {"parameters": network.count_params()} | {
        f"{kind}_{name}": value
        for kind, arrays in sets.items()
        for name, value in Evaluation(network, *arrays)().items()
    }
