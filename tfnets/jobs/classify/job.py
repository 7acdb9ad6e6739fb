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
from functools import partial
from typing import final

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.datasets.labelled_folder import LabelledFolder, read_labelled_folder
from tfnets.errors import InputError
from tfnets.jobs.classify import page
from tfnets.jobs.classify.predictions import PREDICTIONS, shown, summary, write_predictions
from tfnets.jobs.classify.settings import SCALES as SCALES
from tfnets.jobs.classify.settings import Settings
from tfnets.jobs.classify.trust import trust
from tfnets.jobs.own_pictures import is_light, require_same
from tfnets.lab.engine import Lab
from tfnets.lab.fit import resumable_fit
from tfnets.lab.trial import Work
from tfnets.methods.labels.classifiers import SPREAD, train_classifier
from tfnets.methods.labels.learning import require_examples
from tfnets.methods.labels.representation import FEWEST, encode, train_encoder
from tfnets.methods.labels.space import Space
from tfnets.models import encoders

CLASSIFIER, CLASSES = "classifier", "classes.json"
ENCODER, PROBABILITIES = "encoder", "probabilities"


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Trains, answers, and says how far to trust the answers."""
    seen = run.part("pictures", lambda: _look(settings))
    classifying = Classifying(settings, ENCODER, run.config.seed, **seen)
    lab.run(run, [classifying])
    numbers = classifying.result(run)
    run.finish(numbers, page.write(run, numbers))


def read(settings: Settings, digest: str | None = None) -> LabelledFolder:
    """Reads the pictures and the labels of some of them, whose digest was that at the run's start.

    Raises:
        InputError: They cannot be read, are too few or too small, or have changed.
    """
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
    require_same(digest, data.digest, f"{settings.images} or their labels")
    return data


def _look(settings: Settings) -> dict[str, str]:
    data = read(settings)
    background = "light" if is_light(data.images, settings.background) else "dark"
    return {"background": background, "digest": data.digest}


@final
@dataclass(frozen=True)
class Classifying(Work):
    """The encoder, how far to trust what is spread over its graph, the classifier, its answers.

    The background is `dark` or `light`; the pictures of this digest are read from their folder.
    """

    background: str
    digest: str
    named = "{variant}"

    @property
    def key(self) -> str:
        """Name of the part with the numbers."""
        return "answers"

    def do(self) -> None:
        """Does the steps, each a part of the run."""
        run, settings, data = self.run, self.settings, read(self.settings, self.digest)
        # On a dark background.
        images = 1 - data.images if self.background == "light" else data.images
        run.part(f"train-{ENCODER}", lambda: self._train_encoder(images))
        encoder, classes = run.load_model(ENCODER), require_examples(data.images, data.labels)
        space = Space.of(images, partial(encode, encoder), settings.neighbours)
        known = data.labels, classes, settings.plan
        trusted = run.part("trust", lambda: trust(space, *known, self.seed))
        train = partial(self._train_classifier, data, images, encoder, space.spread(*known))
        run.part(f"train-{CLASSIFIER}", train)
        probabilities = run.load_array(PROBABILITIES)
        found = summary(data, probabilities, trusted) | {"background": self.background}
        run.part(self.key, lambda: found)

    def _train_encoder(self, images: np.ndarray) -> dict[str, int]:
        fit = partial(resumable_fit, self.run, ENCODER, self.seed)
        encoder = train_encoder(images, self.settings.plan, self.seed, fit)
        self.run.save_model(ENCODER, encoder)
        return {"parameters": encoder.count_params()}

    def _train_classifier(
        self, data: LabelledFolder, images: np.ndarray, encoder: keras.Model, shares: np.ndarray
    ) -> dict[str, int]:
        run, plan = self.run, self.settings.plan
        trained = train_classifier(SPREAD, encoder, images, data.labels, shares, plan, self.seed)
        classifier = turned_round(trained) if self.background == "light" else trained
        probabilities = encode(classifier, data.images)
        run.save_model(CLASSIFIER, classifier)
        run.save_json(CLASSES, {"classes": data.class_names, "image": data.images.shape[1:]})
        run.save_array(PROBABILITIES, probabilities)
        write_predictions(run.path / PREDICTIONS, data, probabilities)
        for name, surest in (("surest", True), ("least_sure", False)):
            pictures, sureness = shown(data, probabilities, surest=surest)
            run.save_array(f"samples/{name}", pictures)
            run.save_array(f"samples/{name}_sureness", sureness)
        return {"parameters": classifier.count_params()}


def turned_round(classifier: keras.Model) -> keras.Model:
    """A classifier of light pictures from one of their negatives."""
    image = keras.Input(classifier.input_shape[1:], name="image")
    negative = keras.layers.Rescaling(-1.0, offset=1.0, name="negative")(image)
    return keras.Model(image, classifier(negative), name="light_classifier")
