"""The trainings of study `few_labels`: heads on every draw, and encoders fine-tuned with them."""

import functools
from dataclasses import dataclass
from typing import final

import keras
import numpy as np

from tfnets import datasets
from tfnets.lab.trial import DataStore, Measurement
from tfnets.methods import autoencoders
from tfnets.models.heads import finetuned_head, parallel_heads
from tfnets.studies.few_labels.settings import KINDS, PIXELS, Settings
from tfnets.training.parallel import parallel_accuracy, train_in_turn, train_parallel

Column = tuple[np.ndarray, np.ndarray]  # inputs of training and of test images, (n, features) each


@functools.lru_cache(maxsize=len(autoencoders.VARIANTS))
def latents(store: DataStore, trained: autoencoders.Training, test_images: int) -> Column:
    """Encodes all images, once per process and trained autoencoder."""
    recipe, model = trained.settings, trained.trained()
    data = store.images(recipe.dataset, recipe.train_images, test_images)
    return model.encode(data.x_train), model.encode(data.x_test)


@dataclass(frozen=True)
class OnDraws(Measurement):
    """What is trained on every draw of labelled images.

    Its variant says what heads learn from: `PIXELS`, or the latents of an encoder.
    """

    settings: Settings
    kind: str  # a key of `KINDS`

    @property
    def needs(self) -> tuple[autoencoders.Training, ...]:
        """The autoencoder."""
        if self.variant == PIXELS:
            return ()
        return (autoencoders.Training(self.settings.autoencoder, self.variant, self.seed),)

    @property
    def data(self) -> datasets.ImageData:
        """Training images, of which the draws are taken, and test images."""
        settings = self.settings
        return self.store.images(settings.dataset, settings.train_images, settings.test_images)

    @property
    def inputs(self) -> Column:
        """What heads learn from."""
        if self.variant == PIXELS:
            return tuple(x.reshape(len(x), -1) for x in (self.data.x_train, self.data.x_test))
        return latents(self.store, self.needs[0].at(self.run), self.settings.test_images)

    def draws(self, labels: int) -> np.ndarray:
        """Indices (draws, labels) of the labelled training images."""
        return datasets.few_label_draws(
            self.data.y_train, labels, self.settings.draws, self.seed, KINDS[self.kind]
        )

    def heads(self, head: str, draws: np.ndarray) -> tuple[keras.Model, list[float]]:
        """Trains a head on each of the draws (draws, labels) in one batched program; accuracies."""
        settings, data, (train, test) = self.settings, self.data, self.inputs
        model = parallel_heads(head, len(draws), train.shape[1], self.seed)
        train_parallel(
            model, train[draws.T], data.y_train[draws.T], steps=settings.steps,
            learning_rate=settings.learning_rate,
        )  # fmt: skip
        return model, parallel_accuracy(model, test, data.y_test).tolist()


@final
@dataclass(frozen=True)
class Heads(OnDraws):
    """One kind of head with so many labels."""

    head: str  # a key of `HEADS`
    labels: int  # labelled images per draw

    @property
    def part(self) -> str:
        """Its name."""
        return f"{self.kind}-{self.labels}-{self.head}-{self.variant}"

    def measure(self) -> dict[str, list[float]]:
        """Trains, and asks about the test images."""
        return {"accuracy": self.heads(self.head, self.draws(self.labels))[1]}


@final
@dataclass(frozen=True)
class FineTuning(OnDraws):
    """Encoder and head together, one draw after the other, from each draw's trained head."""

    @property
    def part(self) -> str:
        """Its name; that of the study's first encoder with balanced draws is the shortest."""
        if (self.variant, self.kind) == (self.settings.encoders[0], "balanced"):
            return "finetuned"
        return f"finetuned-{self.kind}-{self.variant}"

    def measure(self) -> dict[str, list[float]]:
        """Trains; returns the accuracies with the encoder `frozen`, then `finetuned`."""
        settings, data, draws = self.settings, self.data, self.draws(self.settings.labels)
        encoder = self.needs[0].at(self.run).trained().encoder
        heads, frozen = self.heads(settings.curve_head, draws)
        whole = finetuned_head(encoder, parallel_heads(settings.curve_head, 1, settings.latent, 0))
        own = ([value[i : i + 1] for value in heads.get_weights()] for i in range(len(draws)))
        starts = (
            ([*encoder.get_weights(), *head], data.x_train[draw], data.y_train[draw][:, None])
            for head, draw in zip(own, draws, strict=True)
        )
        rate = settings.finetune_rate
        turns = train_in_turn(whole, starts, steps=settings.finetune_steps, learning_rate=rate)
        return {"frozen": frozen, "finetuned": [self._accuracy(whole) for _ in turns]}

    def _accuracy(self, model: keras.Model) -> float:
        guesses = model.predict(self.data.x_test, batch_size=1000, verbose=0)[:, 0].argmax(axis=1)
        return float((guesses == self.data.y_test).mean())
