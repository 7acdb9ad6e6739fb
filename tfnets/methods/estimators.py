"""Few labels and anomalies as scikit-learn's estimators: `clone`, pipelines and searches work.

    from tfnets import AnomalyDetector, FewLabelClassifier

    FewLabelClassifier().fit(images, labels).predict(others)        # labels: -1 where unknown
    AnomalyDetector().fit(normal_images).predict(others)            # 1 normal, -1 odd

Both take images (n, height, width, channels) in [0, 1], rows (n, pixels) that `image_shape` makes
images of, and rows (n, features) of anything.
"""

import math
from dataclasses import fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, OutlierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from tfnets import metrics
from tfnets.datasets.draws import UNKNOWN
from tfnets.errors import InputError
from tfnets.methods.anomalies import Recipe, Scorer, split
from tfnets.methods.labels.learning import learn, require_examples
from tfnets.methods.labels.plan import Plan
from tfnets.methods.labels.representation import encode, fit_at_once
from tfnets.methods.labels.space import Space

FEWEST = 5
"""Examples without which nothing can be held out."""
FAR = 10.0
"""Height over rows, in their largest distance from the middle, of the point they are seen from."""


class _Given(BaseEstimator):
    """Reads what both take; `shape_` is that of an example in `fit`."""

    image_shape: tuple[int, ...] | None

    def _read(self, given: ArrayLike, *labels: ArrayLike, fewest: int = 0) -> Any:
        """Returns rows in float64 or images in float32, with the labels if there are any.

        With `fewest` examples it is `fit`'s, and what is read later has to be of the same shape.
        """
        if not fewest:
            check_is_fitted(self)
        rules = {"allow_nd": True, "ensure_min_samples": fewest or 1, "reset": bool(fewest)}
        read = validate_data(self, given, *labels, **rules)
        values, *rest = read if labels else (read,)
        if values.ndim == 2 and self.image_shape is not None:
            values = self._images(values)
        if values.ndim not in (2, 4):
            raise InputError(
                f"The examples have shape {values.shape}; give rows (n, features) or images "
                "(n, height, width, channels)."
            )
        if fewest:
            self.shape_ = values.shape[1:]
        elif values.shape[1:] != self.shape_:
            raise InputError(
                f"The examples have shape {values.shape[1:]}, but those of fit had {self.shape_}; "
                "give examples of one shape."
            )
        if values.ndim == 4 and not (values.min() >= 0 and values.max() <= 1):
            raise InputError(
                f"The images have values from {values.min():g} to {values.max():g}; give values "
                "in [0, 1], for instance divided by 255."
            )
        values = values.astype(np.float64 if values.ndim == 2 else np.float32)
        return (values, *rest) if labels else values

    def _images(self, rows: np.ndarray) -> np.ndarray:
        shape = tuple(self.image_shape) + (1,) * (len(self.image_shape) == 2)
        if len(shape) != 3 or math.prod(shape) != rows.shape[1]:
            raise InputError(
                f"The image_shape is {self.image_shape}, but rows have {rows.shape[1]} pixels; "
                "give (height, width) or (height, width, channels) with that product."
            )
        return rows.reshape(-1, *shape)

    def _seed(self) -> int:
        """A whole number as it is; else one that scikit-learn draws."""
        if isinstance(self.random_state, int):
            return self.random_state
        return int(check_random_state(self.random_state).randint(2**31 - 1))


class FewLabelClassifier(ClassifierMixin, _Given):
    """A classifier from few labels and many examples without one, `y = -1`.

    Images are learned as `tfnets.methods.labels.learning.learn` does it. Nothing is known that
    leaves the class of a row of features, so no network can learn from rows: the labels spread
    over the graph of nearest rows (Zhou et al. 2004), and new rows ask their neighbours. What
    `predict` gets needs not have been in `fit`.

    Args:
        plan: The settings. None for `Plan.sized`, whose deformations suit handwriting that fills
            the images, light on dark; for light backgrounds give `1 - images`.
        image_shape: (height, width) or (height, width, channels) of the images that rows hold.
        random_state: Seed of all that is drawn; the same gives the same classifier.

    Attributes:
        classes_: The labels, sorted.
        transduction_: The label of each example of `fit` (n,), those that were given as they were
            spread, too.
        classifier_: Of images, the Keras model: images -> probabilities in the order of `classes_`.
    """

    def __init__(
        self,
        plan: Plan | None = None,
        *,
        image_shape: tuple[int, ...] | None = None,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.plan = plan
        self.image_shape = image_shape
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learns from examples (n, ...) and labels (n,), -1 where a label is not known.

        Raises:
            InputError: Fewer than two classes, images that are too few or too small, values out of
                [0, 1], or another shape.
        """
        examples, y = self._read(X, y, fewest=2)
        known = y != UNKNOWN
        check_classification_targets(y[known])
        self.classes_, numbers = np.unique(y[known], return_inverse=True)
        labels = np.full(len(y), UNKNOWN)
        labels[known] = numbers
        classes = require_examples(examples, labels)
        if examples.ndim == 4:
            plan, seed = self.plan or Plan.sized(min(self.shape_[:2])), self._seed()
            learned = learn(examples, labels, plan=plan, seed=seed, fit=fit_at_once(seed, ""))
            self.classifier_, shares = learned.classifier, learned.shares
        else:
            plan = self.plan or Plan()
            self._middle = examples.mean(axis=0)
            farthest = np.linalg.norm(examples - self._middle, axis=1).max()
            self._height = FAR * farthest or 1.0
            neighbours = min(plan.neighbours, len(examples) - 1)
            self._space = Space.of(self._lifted(examples), np.asarray, neighbours)
            self._shares = shares = self._space.spread(labels, classes, plan)
        self.transduction_ = self.classes_[shares.argmax(axis=1)]
        return self

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Probabilities (n, classes) of examples (n, ...), in the order of `classes_`."""
        examples = self._read(X)
        if examples.ndim == 4:
            return encode(self.classifier_, examples)
        return self._space.answers(self._lifted(examples), self._shares)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The most probable labels (n,) of examples (n, ...)."""
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    def score(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """The share of right answers among the examples (n, ...) whose label (n,) is known.

        Raises:
            InputError: No label is known.
        """
        known = np.flatnonzero(np.asarray(y) != UNKNOWN)
        if not len(known):
            raise InputError("No label is known to score against; give one that is not -1.")
        weight = None if sample_weight is None else np.asarray(sample_weight)[known]
        return super().score(np.asarray(X)[known], np.asarray(y)[known], weight)

    def _lifted(self, rows: np.ndarray) -> np.ndarray:
        """Rows as directions from a point far over their middle, which tell near from far."""
        centred = rows - self._middle
        return np.column_stack([centred, np.full(len(rows), self._height)])


class AnomalyDetector(OutlierMixin, _Given):
    """Finds what is unlike all normal examples, as `tfnets anomaly` does.

    An autoencoder learns from four fifths of the normal examples; the score is that of
    `tfnets.methods.anomalies.Scorer`. The others are held out and say how odd normal ones are: a
    new normal example is called odd with probability `level`, or 1 / (1 + held out) if that is
    more. Features of rows are scaled to their range in `fit` first.

    Args:
        level: The p value up to which an example is odd, in (0, 1).
        latent: Size of the latent vector; this and the next four as in `Recipe`.
        hidden: Units of the hidden layers.
        updates: Steps of training.
        batch_size: Examples per step.
        learning_rate: Adam's first learning rate.
        image_shape: (height, width) or (height, width, channels) of the images that rows hold.
        random_state: Seed of all that is drawn; the same gives the same detector.

    Attributes:
        held_out_: `score_samples` of the held-out examples.
        offset_: The score below which an example is odd.
        scorer_: The `Scorer`.
    """

    def __init__(
        self,
        *,
        level: float = 0.05,
        latent: int = Recipe.latent,
        hidden: int = Recipe.hidden,
        updates: int = Recipe.updates,
        batch_size: int = Recipe.batch_size,
        learning_rate: float = Recipe.learning_rate,
        image_shape: tuple[int, ...] | None = None,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.level = level
        self.latent = latent
        self.hidden = hidden
        self.updates = updates
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.image_shape = image_shape
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learns from normal examples (n, ...), n at least `FEWEST`; `y` is not looked at.

        Raises:
            InputError: Too few examples, values out of [0, 1], another shape, or a setting that
                cannot be used.
        """
        examples = self._read(X, fewest=FEWEST)
        if not 0 < self.level < 1:
            raise InputError(f"The level is {self.level}; give a number between 0 and 1.")
        if examples.ndim == 2:
            self._low, self._range = examples.min(axis=0), np.ptp(examples, axis=0)
        seed = self._seed()
        known, held_out = split(self._scaled(examples), seed)
        recipe = Recipe(**{field.name: getattr(self, field.name) for field in fields(Recipe)})
        self.scorer_ = Scorer.fitted(recipe.train(known, seed, fit_at_once(seed, "")), known)
        self.held_out_ = self._score(held_out)
        allowed = int(self.level * (1 + len(held_out)) + 1e-9)
        self.offset_ = np.sort(self.held_out_)[max(allowed, 1) - 1]
        return self

    def score_samples(self, X: ArrayLike) -> np.ndarray:
        """Scores (n,) of examples (n, ...); the lower, the odder."""
        return self._score(self._scaled(self._read(X)))

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """`score_samples` less `offset_`: below 0 for odd examples."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike) -> np.ndarray:
        """1 for normal examples and -1 for odd ones, int (n,)."""
        return np.where(self.decision_function(X) >= 0, 1, -1)

    def p_values(self, X: ArrayLike) -> np.ndarray:
        """Share of normal examples that are as odd (`tfnets.metrics.conformal_p`), (n,)."""
        return metrics.conformal_p(-self.score_samples(X), -self.held_out_)

    def _scaled(self, examples: np.ndarray) -> np.ndarray:
        """Images as they are; rows with features in [0, 1] in `fit`, as images of one row."""
        if examples.ndim == 4:
            return examples
        span = np.where(self._range > 0, self._range, 1)
        return ((examples - self._low) / span).astype(np.float32)[:, None, :, None]

    def _score(self, images: np.ndarray) -> np.ndarray:
        return -self.scorer_.scores(images)["sum"]
