"""The end of study 4.1: the best classifier that a few labels and all unlabelled images give.

One encoder is trained without labels by contrastive learning and serves every draw. Then, per draw
of labelled images: labels spread over the graph of its features (`spreading`), and classifiers
that start from it and learn from the spread labels (`pseudo_labels`), from their own sure answers
(`confident`, FixMatch) or from virtual adversarial changes (`virtual_adversarial`); beside them,
spreading over latents of an autoencoder. Test images are asked about once, by the finished
classifiers.

How the settings were chosen: with 50 labels of one draw that is not among the study's (seed 1000),
by the agreement of what two halves of them lead to on the training images
(`tfnets.methods.labels.halves`). So were temperature and updates of the encoder, alpha and the use
of class masses; for classifiers, deformations half as strong as the encoder's (of two), no sure
answers beside the spread labels, and for the virtual adversarial ones length, weights and fixed
normalisation (of twelve: two halves agreed on 0.76 to 0.85 where normalisation went by the batch or
by running statistics, on 0.91 to 0.99 where it was fixed). How far images are deformed was chosen
by looking at deformed ones; the rest was set. No other label was looked at, with one exception:
that the first virtual adversarial classifiers were bad was seen by test accuracies of eight draws.
"""

import functools
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import keras
import numpy as np

from tfnets import datasets
from tfnets.datasets.draws import UNKNOWN
from tfnets.lab.fit import fit
from tfnets.lab.trial import DataStore, Measurement, Trial
from tfnets.methods import autoencoders
from tfnets.methods.labels.classifiers import METHODS, SPREAD, train_classifier
from tfnets.methods.labels.representation import encode, train_encoder
from tfnets.methods.labels.space import Space
from tfnets.studies.few_labels.settings import KINDS, SPACES, SPREADING, Settings

ENCODER = "contrastive_encoder"
CLASSIFIER = "label_efficient_classifier"
"""Name of the saved classifier: `SPREAD` on the first balanced draw."""


@final
@dataclass(frozen=True)
class Contrastive(Trial):
    """The encoder that is trained without labels."""

    settings: Settings

    @property
    def part(self) -> str:
        """Its name, without a seed."""
        return self.variant

    def train(self, measuring: keras.callbacks.Callback) -> dict[str, Any]:
        """Trains it."""
        settings, seconds = self.settings, {}
        images = self.store.images(settings.dataset, settings.train_images).x_train

        kept = partial(fit, self.run, self.part, seed=self.seed, callbacks=[measuring])

        def resumable(model: keras.Model, arrays: Any, size: int, epochs: int) -> None:
            kept(model, arrays, batch_size=size, epochs=epochs)

        with _timed(seconds, self.part):
            encoder = train_encoder(images, settings.plan, self.seed, resumable)
        self.run.part(f"seconds-{self.part}", lambda: seconds)
        self.run.save_model(self.part, encoder)
        return {"parameters": encoder.count_params()}

    def trained(self) -> keras.Model:
        """Returns it from the run folder."""
        return self.run.load_model(self.part)


@functools.lru_cache(maxsize=len(SPACES))
def space(store: DataStore, encoder: Contrastive | autoencoders.Training, neighbours: int) -> Space:
    """Joins all training images to so many neighbours, once per process and trained encoder."""
    settings, model = encoder.settings, encoder.trained()
    images = store.images(settings.dataset, settings.train_images).x_train
    contrastive = isinstance(encoder, Contrastive)
    return Space.of(images, partial(encode, model) if contrastive else model.encode, neighbours)


@final
@dataclass(frozen=True)
class Draw(Measurement):
    """Every method on one draw of labelled images; their latents are the masked autoencoder's.

    Its variant is a key of `KINDS`, its place the number of the draw, from 0.
    """

    settings: Settings
    place: int
    named = "{variant}-{place}"
    mark = "label_efficient-"

    @property
    def needs(self) -> tuple[Contrastive | autoencoders.Training, ...]:
        """The encoders of the graphs."""
        return tuple(self._encoder(name) for _, name in self._chosen(SPACES))

    def measure(self) -> dict[str, float]:
        """Trains, and asks about the test images."""
        settings, plan = self.settings, self.settings.plan
        data = self.store.images(settings.dataset, settings.train_images, settings.test_images)
        labels, classes = self._known(data.y_train), len(data.class_names)
        shares, answers, seconds = {}, {}, {}
        for name, kind in self._chosen(SPACES):
            with _timed(seconds, f"{self.part}-{name}"):
                graph = space(self.store, self._encoder(kind).at(self.run), plan.neighbours)
                shares[name] = graph.spread(labels, classes, plan)
            answers[name] = graph.answers(data.x_test, shares[name])
        for name, _ in self._chosen(METHODS):
            with _timed(seconds, f"{self.part}-{name}"):
                classifier = train_classifier(
                    name, self.run.load_model(ENCODER), data.x_train, labels, shares[SPREADING],
                    plan, self.seed + self.place,
                )  # fmt: skip
            answers[name] = encode(classifier, data.x_test)
            if (name, self.variant, self.place) == (SPREAD, "balanced", 0):
                self.run.save_model(CLASSIFIER, classifier)
        self.run.part(f"seconds-{self.part}", lambda: seconds)
        right = {name: found.argmax(axis=1) == data.y_test for name, found in answers.items()}
        return {name: float(np.mean(each)) for name, each in right.items()}

    def _encoder(self, kind: str) -> Contrastive | autoencoders.Training:
        settings = self.settings
        if kind == "contrastive":
            return Contrastive(settings, ENCODER, self.seed)
        name = "masked" if "masked" in settings.encoders else settings.encoders[0]
        return autoencoders.Training(settings.autoencoder, name, self.seed)

    def _chosen(self, known: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Those of a registry that were asked for; `SPREADING` if another learns from it."""
        asked = set(self.settings.methods)
        asked |= {SPREADING} if asked & set(METHODS) else set()
        return [(name, value) for name, value in known.items() if name in asked]

    def _known(self, truth: np.ndarray) -> np.ndarray:
        """The draw's labels (n,), `UNKNOWN` elsewhere."""
        how = self.settings.labels, self.settings.efficient_draws, self.seed, KINDS[self.variant]
        drawn = datasets.few_label_draws(truth, *how)[self.place]
        labels = np.full(len(truth), UNKNOWN)
        labels[drawn] = truth[drawn]
        return labels


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Adds the processor seconds of what is done inside."""
    started = time.process_time()
    yield
    seconds[name] = round(time.process_time() - started, 1)
