"""From a few labelled and many unlabelled images to a classifier, in one call."""

from dataclasses import dataclass
from functools import partial

import keras
import numpy as np

from tfnets.datasets.draws import UNKNOWN
from tfnets.errors import InputError
from tfnets.methods.labels.classifiers import SPREAD, train_classifier
from tfnets.methods.labels.plan import Plan
from tfnets.methods.labels.representation import Fit, encoded, train_encoder
from tfnets.methods.labels.space import Space


@dataclass(frozen=True)
class Learned:
    """What few labels led to."""

    classifier: keras.Model  # images (m, h, w, c) in [0, 1] -> probabilities (m, classes)
    encoder: keras.Model  # images -> features (m, features), learned without labels
    shares: np.ndarray  # what the spread labels say of the given images (n, classes)

    @property
    def answers(self) -> np.ndarray:
        """The most likely class of each given image, int (n,)."""
        return self.shares.argmax(axis=1)


def learn(
    images: np.ndarray,
    labels: np.ndarray,
    *,
    plan: Plan | None = None,
    seed: int = 0,
    fit: Fit | None = None,
) -> Learned:
    """Learns a classifier from few labels, without a look at any other.

    Contrastive learning of an encoder on all images (Chen et al. 2020), spreading of the labels
    over the graph of its features (Zhou et al. 2004), and a classifier that starts from the
    encoder and learns the spread labels on deformed images (Iscen et al. 2019). The deformations
    suit handwriting; for other images give a `Plan` with a `Strength` that leaves their classes.

    Args:
        images: (n, h, w, c) in [0, 1], labelled or not, of one size.
        labels: (n,) class numbers from 0 up without gaps, `UNKNOWN` (-1) where there is none.
        plan: Settings.
        seed: Seed of all that is drawn.
        fit: How the encoder is trained; None for at once.

    Raises:
        InputError: Not one label per image, fewer than two classes, a class without an example,
            or images that are too few or too small.
    """
    plan = plan or Plan()
    labels = np.asarray(labels)
    classes = require_examples(images, labels)
    encoder = train_encoder(images, plan, seed, fit)
    return learn_from(encoder, images, labels, classes, plan=plan, seed=seed)


def learn_from(
    encoder: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    classes: int,
    *,
    plan: Plan,
    seed: int,
) -> Learned:
    """The steps of `learn` after the encoder."""
    seen = partial(encoded, encoder, pixels=plan.pixels)
    space = Space.of(images, seen, plan.neighbours)
    shares = space.spread(labels, classes, plan)
    classifier = train_classifier(SPREAD, encoder, images, labels, shares, plan, seed)
    return Learned(classifier, encoder, shares)


def require_examples(images: np.ndarray, labels: np.ndarray) -> int:
    """Returns the number of classes, each of which has an example.

    Raises:
        InputError: Not one label per image, fewer than two classes, or one without an example.
    """
    if labels.shape != (len(images),) or not np.issubdtype(labels.dtype, np.integer):
        raise InputError(
            f"There are labels of shape {labels.shape} and type {labels.dtype} for {len(images)} "
            f"images; give one whole number per image, {UNKNOWN} where the class is not known."
        )
    known = np.unique(labels[labels != UNKNOWN])
    classes = int(known.max(initial=-1)) + 1
    if classes < 2 or known.min(initial=0) < 0:
        raise InputError(
            f"The known labels are {known.tolist()}; give examples of at least two classes, "
            "numbered from 0."
        )
    if missing := sorted(set(range(classes)) - set(known.tolist())):
        raise InputError(
            f"Class {missing[0]} has no labelled example; label at least one image of each class."
        )
    return classes
