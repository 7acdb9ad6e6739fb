"""Classifies a person's own pictures, of which a few are labelled.

Question: what does each picture show, given labels of a few, and how far can the answers be
trusted?

Method: that of `tfnets.methods.labels.learn`. An encoder is trained on all pictures without labels,
the labels are spread over the graph of its features, and a classifier that starts from the encoder
learns the spread labels on deformed pictures. The labels alone tell how far to trust it: a part of
them is hidden and found again from the others.

The deformations suit handwriting: turning, stretching, shearing, moving, bending, thinner and
thicker strokes, in pixels of small pictures. Where one of them would change what a picture shows,
set its strength to 0: `--set stroke=0 bend=0`. They bring in the colour of a dark background;
pictures on a light one are turned round before (`background`), and the saved classifier takes them
as they are.

Writes predictions.csv (every picture), classifier.keras (pictures in [0, 1] -> probabilities),
classes.json (what they are the probabilities of) and probabilities.npy.

Command: tfnets classify --images DIR --labels CSV --out RUN
"""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets.labelled_folder import LabelledFolder, read_labelled_folder
from tfnets.errors import InputError
from tfnets.jobs.classify import page
from tfnets.jobs.classify.predictions import PREDICTIONS, summary, write_predictions
from tfnets.jobs.classify.settings import SCALES, Settings
from tfnets.jobs.classify.trust import trust
from tfnets.jobs.own_pictures import light_edges
from tfnets.lab.engine import Lab
from tfnets.lab.fit import resumable_fit
from tfnets.methods.labels.classifiers import SPREAD, train_classifier
from tfnets.methods.labels.learning import require_examples
from tfnets.methods.labels.representation import FEWEST, encode, train_encoder
from tfnets.methods.labels.space import Space
from tfnets.models import encoders

__all__ = ["SCALES", "Settings", "run"]


CLASSIFIER, CLASSES = "classifier", "classes.json"
ENCODER, PROBABILITIES = "encoder", "probabilities"


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Reads the pictures, trains, answers, and says how far to trust the answers."""
    del lab.data_dir
    data = _read(settings)
    job = _Classifying(run, settings, data)
    numbers = job.numbers()
    probabilities = run.load_array(PROBABILITIES)
    page.draw(run, data, numbers, probabilities)
    run.finish(numbers, page.report(data, numbers).as_json())


def _read(settings: Settings) -> LabelledFolder:
    if not (settings.images and settings.labels):
        raise InputError(
            "No pictures or no labels were given; start with "
            "`tfnets classify --images DIR --labels CSV`."
        )
    data = read_labelled_folder(settings.images, settings.labels)
    fewest = max(FEWEST, settings.neighbours + 1)
    if len(data.files) < fewest:
        raise InputError(
            f"{settings.images} holds {len(data.files)} pictures; give at least {fewest}, because "
            "the ones without a label are learned from, too."
        )
    encoders.contrastive_encoder(data.images.shape[1:])  # Refuses images that are too small.
    return data


@dataclass(frozen=True)
class _Classifying:
    """The steps, each a part of the run."""

    run: Run
    settings: Settings
    data: LabelledFolder

    def numbers(self) -> dict[str, Any]:
        seen = self.run.part("pictures", self._look)
        if seen["digest"] != self.data.digest:
            raise InputError(
                f"The pictures in {self.settings.images} or their labels have changed since the "
                "run was started; start a new run with another --out."
            )
        self.run.part(f"train-{ENCODER}", self._train_encoder)
        trusted = self.run.part("trust", self._trust)
        self.run.part(f"train-{CLASSIFIER}", self._train_classifier)
        probabilities = self.run.load_array(PROBABILITIES)
        return summary(self.data, probabilities, trusted) | {"background": seen["background"]}

    def _look(self) -> dict[str, str]:
        background = self.settings.background
        if background == "auto":
            background = "light" if light_edges(self.data.images) else "dark"
        return {"background": background, "digest": self.data.digest}

    @cached_property
    def _light(self) -> bool:
        return self.run.part("pictures", self._look)["background"] == "light"

    @cached_property
    def _images(self) -> np.ndarray:
        """The pictures on a dark background."""
        return 1 - self.data.images if self._light else self.data.images

    @cached_property
    def _space(self) -> Space:
        encoder = self.run.load_model(ENCODER)
        return Space.of(self._images, partial(encode, encoder), self.settings.neighbours)

    @property
    def _classes(self) -> int:
        return require_examples(self.data.images, self.data.labels)

    def _train_encoder(self) -> dict[str, int]:
        fit = partial(resumable_fit, self.run, ENCODER, self.run.config.seed)
        encoder = train_encoder(self._images, self.settings.plan, self.run.config.seed, fit)
        self.run.save_model(ENCODER, encoder)
        return {"parameters": encoder.count_params()}

    def _trust(self) -> dict[str, Any]:
        labels, plan = self.data.labels, self.settings.plan
        return trust(self._space, labels, self._classes, plan, self.run.config.seed)

    def _train_classifier(self) -> dict[str, int]:
        labels, plan, seed = self.data.labels, self.settings.plan, self.run.config.seed
        shares = self._space.spread(labels, self._classes, plan)
        encoder = self.run.load_model(ENCODER)
        trained = train_classifier(SPREAD, encoder, self._images, labels, shares, plan, seed)
        classifier = turned_round(trained) if self._light else trained
        probabilities = encode(classifier, self.data.images)
        self.run.save_model(CLASSIFIER, classifier)
        shown = {"classes": self.data.class_names, "image": self.data.images.shape[1:]}
        self.run.save_json(CLASSES, shown)
        self.run.save_array(PROBABILITIES, probabilities)
        write_predictions(self.run.path / PREDICTIONS, self.data, probabilities)
        return {"parameters": classifier.count_params()}


def turned_round(classifier: keras.Model) -> keras.Model:
    """A classifier of light pictures from one of their negatives."""
    image = keras.Input(classifier.input_shape[1:], name="image")
    negative = keras.layers.Rescaling(-1.0, offset=1.0, name="negative")(image)
    return keras.Model(image, classifier(negative), name="light_classifier")
