"""The trainings of study `few_labels`: heads on every draw, and encoders fine-tuned with them."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from tqdm.auto import tqdm

from tfnets import datasets
from tfnets.artifacts.run import Run
from tfnets.models.autoencoders import Autoencoder
from tfnets.models.heads import finetuned_head, parallel_heads
from tfnets.studies.few_labels.settings import KINDS, PIXELS, Settings
from tfnets.training.parallel import parallel_accuracy, train_in_turn, train_parallel

Column = tuple[np.ndarray, np.ndarray]
"""Inputs of training and of test images, (n, features) each."""

Accuracies = dict[str, np.ndarray]
"""Test accuracy of each draw (draws,), by name."""


@dataclass(frozen=True)
class Trials:
    """Trains on every draw; each (kind, head, number of labels, column) is a part.

    Attributes:
        run: The run folder.
        settings: The study's.
        data: Training images, of which the draws are taken, and test images.
        models: The trained autoencoders by variant, the first one first.
        inputs: What heads learn from: `PIXELS` and one column per autoencoder.
    """

    run: Run
    settings: Settings
    data: datasets.ImageData
    models: dict[str, Autoencoder]
    inputs: dict[str, Column]

    @classmethod
    def of(
        cls,
        run: Run,
        settings: Settings,
        data: datasets.ImageData,
        models: dict[str, Autoencoder],
    ) -> "Trials":
        """Encodes all images once."""
        both = (data.x_train, data.x_test)
        inputs = {PIXELS: tuple(images.reshape(len(images), -1) for images in both)}
        inputs |= {
            name: tuple(model.encode(images) for images in both) for name, model in models.items()
        }
        return cls(run, settings, data, models, inputs)

    def columns(self, kind: str, head: str, labels: int) -> Accuracies:
        """Accuracies per column: `PIXELS` and one per encoder."""
        draws = self._draws(kind, labels)
        return {
            column: self._part(
                f"{kind}-{labels}-{head}-{column}",
                lambda column=column: self._accuracy(draws, head, *self.inputs[column]),
            )
            for column in self.inputs
        }

    def finetuned(self, encoder: str, kind: str) -> Accuracies:
        """Accuracies with an encoder `frozen`, then `finetuned`, the same draws for both."""
        first = (encoder, kind) == (self.settings.encoders[0], "balanced")
        both = self.run.part(
            "finetuned" if first else f"finetuned-{kind}-{encoder}",
            lambda: self._finetune(encoder, self._draws(kind, self.settings.labels)),
        )
        return {name: np.array(values) for name, values in both.items()}

    def _draws(self, kind: str, labels: int) -> np.ndarray:
        return datasets.few_label_draws(
            self.data.y_train, labels, self.settings.draws, self._seed, KINDS[kind]
        )

    def _part(self, name: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        result = self.run.part(name, lambda: {"accuracy": compute().tolist()})
        return np.array(result["accuracy"])

    def _accuracy(
        self, draws: np.ndarray, head: str, train: np.ndarray, test: np.ndarray
    ) -> np.ndarray:
        model = parallel_heads(head, len(draws), train.shape[1], self._seed)
        self._train(model, train[draws.T], self.data.y_train[draws.T])
        return parallel_accuracy(model, test, self.data.y_test)

    def _train(self, model: keras.Model, inputs: np.ndarray, labels: np.ndarray) -> None:
        settings = self.settings
        train_parallel(
            model, inputs, labels, steps=settings.steps, learning_rate=settings.learning_rate
        )

    def _finetune(self, name: str, draws: np.ndarray) -> dict[str, list[float]]:
        """Encoder and head together, one draw after the other, from each draw's trained head."""
        settings, data = self.settings, self.data
        encoder, (train, test) = self.models[name].encoder, self.inputs[name]
        heads = parallel_heads(settings.curve_head, len(draws), settings.latent, self._seed)
        self._train(heads, train[draws.T], data.y_train[draws.T])
        whole = finetuned_head(encoder, parallel_heads(settings.curve_head, 1, settings.latent, 0))
        starts = (
            (
                [*encoder.get_weights(), *(value[i : i + 1] for value in heads.get_weights())],
                data.x_train[draw],
                data.y_train[draw][:, None],
            )
            for i, draw in enumerate(tqdm(draws, desc=f"fine-tuning {name}", unit="draw"))
        )
        turns = train_in_turn(
            whole, starts, steps=settings.finetune_steps, learning_rate=settings.finetune_rate
        )
        return {
            "frozen": parallel_accuracy(heads, test, data.y_test).tolist(),
            "finetuned": [self._accuracy_on_images(whole) for _ in turns],
        }

    def _accuracy_on_images(self, model: keras.Model) -> float:
        guesses = model.predict(self.data.x_test, batch_size=1000, verbose=0)[:, 0].argmax(axis=1)
        return float((guesses == self.data.y_test).mean())

    @property
    def _seed(self) -> int:
        return self.run.config.seed
