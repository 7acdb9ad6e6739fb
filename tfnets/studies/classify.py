"""Classifies a person's own pictures, of which a few are labelled.

Question: what does each picture show, given labels of a few, and how far can the answers be
trusted?

Method: that of `tfnets.labels.learn`. An encoder is trained on all pictures without labels, the
labels are spread over the graph of its features, and a classifier that starts from the encoder
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

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnets.artifacts import checkpoint
from tfnets.artifacts.run import Run
from tfnets.datasets.batches import batches, steps_per_epoch
from tfnets.datasets.labelled_folder import LabelledFolder, read_labelled_folder
from tfnets.errors import InputError
from tfnets.labels.classifiers import SPREAD, train_classifier
from tfnets.labels.learning import require_examples
from tfnets.labels.plan import Plan
from tfnets.labels.representation import FEWEST, encode, train_encoder
from tfnets.labels.space import Space
from tfnets.models import encoders
from tfnets.studies.label_trust import trust
from tfnets.studies.pages import classify as page
from tfnets.studies.predictions import PREDICTIONS, summary, write_predictions
from tfnets.studies.settings import require_known
from tfnets.training.callbacks import Progress
from tfnets.training.deformations import Strength

CLASSIFIER, CLASSES = "classifier", "classes.json"
ENCODER, PROBABILITIES = "encoder", "probabilities"
BACKGROUNDS = ("auto", "dark", "light")
SAVED_STEPS = 50
"""Updates at least between two saved states of training: folders may be small."""

_PLAN, _STRENGTH = Plan(), Strength()


@dataclass(frozen=True)
class Settings:
    """Settings of the job; those of the method are `tfnets.labels.Plan`'s.

    Attributes:
        images: Folder of the pictures.
        labels: CSV with the columns file and label.
        background: `dark`, `light`, or `auto` to go by the pictures' edges.
        updates: Updates of the encoder.
        batch_size: Pictures per update of it.
        neighbours: Of each picture in the graph.
        alpha: Share of an answer that comes from the neighbours in spreading.
        steps: Updates of the classifier.
        degrees: Strongest rotation.
        stretch: Logarithm of the strongest factor of height and width.
        shear: Strongest sideways move per unit of height.
        shift: Farthest move in pixels.
        bend: Standard deviation of the smooth field in pixels.
        stroke: Largest share of a stroke that is one pixel thinner or thicker.
    """

    images: str = ""
    labels: str = ""
    background: str = "auto"
    updates: int = _PLAN.updates
    batch_size: int = _PLAN.batch_size
    neighbours: int = _PLAN.neighbours
    alpha: float = _PLAN.alpha
    steps: int = _PLAN.steps
    degrees: float = _STRENGTH.degrees
    stretch: float = _STRENGTH.stretch
    shear: float = _STRENGTH.shear
    shift: float = _STRENGTH.shift
    bend: float = _STRENGTH.bend
    stroke: float = _STRENGTH.stroke

    def __post_init__(self) -> None:
        """Refuses values that could not be used."""
        require_known(self, "background", BACKGROUNDS)
        _ = self.plan

    @property
    def plan(self) -> Plan:
        """The settings of the method."""
        strength = Strength(
            degrees=self.degrees, stretch=self.stretch, shear=self.shear, shift=self.shift,
            bend=self.bend, stroke=self.stroke,
        )  # fmt: skip
        return Plan(
            strength=strength, updates=self.updates, batch_size=self.batch_size,
            neighbours=self.neighbours, alpha=self.alpha, steps=self.steps,
        )  # fmt: skip


SCALES = {
    "tiny": Settings(updates=30, steps=5),
    "quick": Settings(updates=700, steps=150),
    "full": Settings(),
}


def run(run: Run, settings: Settings, data_dir: Path | str | None) -> None:
    """Reads the pictures, trains, answers, and says how far to trust the answers."""
    del data_dir
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
        fit = partial(resumable_fit, self.run, self.run.config.seed)
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


def light_edges(images: np.ndarray) -> bool:
    """Whether the pixels along the edges of images (n, h, w, c) are light by their median."""
    edges = [images[:, [0, -1]].ravel(), images[:, :, [0, -1]].ravel()]
    return bool(np.median(np.concatenate(edges)) > 0.5)


def turned_round(classifier: keras.Model) -> keras.Model:
    """A classifier of light pictures from one of their negatives."""
    image = keras.Input(classifier.input_shape[1:], name="image")
    negative = keras.layers.Rescaling(-1.0, offset=1.0, name="negative")(image)
    return keras.Model(image, classifier(negative), name="light_classifier")


def resumable_fit(
    run: Run, seed: int, model: keras.Model, arrays: Sequence[np.ndarray], size: int, epochs: int
) -> None:
    """Trains as `tfnets.labels.representation.Fit` says, saving its state every so many epochs.

    The number of epochs is rounded up to a multiple of those between two states; learning rates
    have come to 0 by then.
    """
    steps = steps_per_epoch(len(arrays[0]), size)
    passes = max(1, min(epochs, SAVED_STEPS // steps))
    rounds = -(-epochs // passes)

    def data(first: int) -> tf.data.Dataset:
        return batches(arrays, batch_size=size, seed=seed, first_epoch=first * passes)

    checkpoint.fit(
        run, ENCODER, model, data, epochs=rounds, steps_per_epoch=passes * steps,
        callbacks=[Progress(ENCODER, rounds, passes * steps)],
    )  # fmt: skip
