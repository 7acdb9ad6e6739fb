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

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import keras
import numpy as np
from tqdm.auto import tqdm

from tfnets import datasets, metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.draws import UNKNOWN
from tfnets.lab.fit import fit
from tfnets.methods.labels.classifiers import METHODS, SPREAD, train_classifier
from tfnets.methods.labels.plan import Plan
from tfnets.methods.labels.representation import encode, train_encoder
from tfnets.methods.labels.space import Encode, Space
from tfnets.studies.few_labels.settings import KINDS, SPACES, SPREADING

ENCODER = "contrastive_encoder"
CLASSIFIER = "label_efficient_classifier"
"""Name of the saved classifier: `SPREAD` on the first balanced draw."""

TIMING = "timing.json"
"""Processor seconds of each training; not among the metrics, which are the same in every run."""


@dataclass(frozen=True)
class LabelEfficient:
    """Every method on every draw; each draw is a part of the run.

    Attributes:
        run: The run folder.
        data: Training images, of which the draws are taken, and test images.
        plan: Settings of the methods.
        labels: Labelled images per draw.
        draws: Draws of each kind, at least 2.
        methods: Out of `NAMES`.
        latents: Encodes images for `spreading_latents`.
    """

    run: Run
    data: datasets.ImageData
    plan: Plan
    labels: int
    draws: int
    methods: tuple[str, ...]
    latents: Encode

    def numbers(self) -> dict[str, Any]:
        """Trains; returns mean, interval, draws and worst draw of each method by kind of draws."""
        self.run.part(f"train-{ENCODER}", self._train_encoder)
        turns = [(kind, place) for kind in KINDS for place in range(self.draws)]
        rows = {turn: self._part(*turn) for turn in tqdm(turns, desc="few labels", unit="draw")}
        return {kind: summary([rows[kind, place] for place in range(self.draws)]) for kind in KINDS}

    def _train_encoder(self) -> dict[str, int]:
        def resumable(model: keras.Model, arrays: Any, size: int, epochs: int) -> None:
            fit(self.run, ENCODER, model, arrays, batch_size=size, epochs=epochs, seed=self._seed)

        with self._timed(ENCODER):
            encoder = train_encoder(self.data.x_train, self.plan, self._seed, resumable)
        self.run.save_model(ENCODER, encoder)
        return {"parameters": encoder.count_params()}

    @cached_property
    def _encoder(self) -> keras.Model:
        return self.run.load_model(ENCODER)

    @cached_property
    def _spaces(self) -> dict[str, Space]:
        encoders = {"latents": self.latents, "contrastive": partial(encode, self._encoder)}
        images, neighbours = self.data.x_train, self.plan.neighbours
        return {
            space: Space.of(images, encoders[space], neighbours)
            for _, space in self._chosen(SPACES)
        }

    def _part(self, kind: str, place: int) -> dict[str, float]:
        """Test accuracy of every method on one draw."""
        return self.run.part(f"label_efficient-{kind}-{place}", lambda: self._learn(kind, place))

    def _learn(self, kind: str, place: int) -> dict[str, float]:
        labels, part = self._known(kind, place), f"{kind}-{place}"
        classes = len(self.data.class_names)
        shares, found = {}, {}
        for name, space in self._chosen(SPACES):
            with self._timed(f"{part}-{name}"):
                shares[name] = self._spaces[space].spread(labels, classes, self.plan)
            answers = self._spaces[space].answers(self.data.x_test, shares[name])
            found[name] = self._accuracy(answers)
        for name, _ in self._chosen(METHODS):
            with self._timed(f"{part}-{name}"):
                classifier = train_classifier(
                    name, self._encoder, self.data.x_train, labels, shares[SPREADING],
                    self.plan, self._seed + place,
                )  # fmt: skip
            found[name] = self._accuracy(encode(classifier, self.data.x_test))
            if (name, kind, place) == (SPREAD, "balanced", 0):
                self.run.save_model(CLASSIFIER, classifier)
        return found

    def _chosen(self, known: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Those of a registry that were asked for; `SPREADING` if another learns from it."""
        asked = set(self.methods) | ({SPREADING} if set(self.methods) & set(METHODS) else set())
        return [(name, value) for name, value in known.items() if name in asked]

    def _known(self, kind: str, place: int) -> np.ndarray:
        """The draw's labels (n,), `UNKNOWN` elsewhere."""
        truth = self.data.y_train
        draws = datasets.few_label_draws(truth, self.labels, self.draws, self._seed, KINDS[kind])
        labels = np.full(len(truth), UNKNOWN)
        labels[draws[place]] = truth[draws[place]]
        return labels

    def _accuracy(self, answers: np.ndarray) -> float:
        return float(np.mean(answers.argmax(axis=1) == self.data.y_test))

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        """Adds the processor seconds of a training to `TIMING`."""
        started = time.process_time()
        yield
        path = self.run.path / TIMING
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.run.save_json(TIMING, known | {name: round(time.process_time() - started, 1)})

    @property
    def _seed(self) -> int:
        return self.run.config.seed


def summary(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Mean, 95 % interval, all draws and the worst one of each method."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {
        name: metrics.mean_ci95(values).as_json() | {"draws": values, "worst": min(values)}
        for name, values in columns.items()
    }
