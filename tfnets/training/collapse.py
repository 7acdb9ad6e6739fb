"""A callback that watches whether a generator collapses."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from sklearn.neighbors import NearestNeighbors

LOGGER = logging.getLogger(__name__)

MINIMUM_SHARE = 0.1
"""A class is covered at this share of what an even sample would have of it."""


@dataclass(frozen=True)
class Alarm:
    """When a sample counts as collapsed.

    Attributes:
        modes: At fewer than this share of the classes covered, in [0, 1].
        spread: At less than this share of the real sample's spread, at least 0.
        after: Finished epochs before which nothing counts: an untrained generator is collapsed.
    """

    modes: float = 0.5
    spread: float = 0.1
    after: int = 1


class CollapseWatch(keras.callbacks.Callback):
    """Samples the generator every few epochs and says once when it has collapsed.

    The spread of a sample is the mean distance of its members to their nearest neighbours among
    the others: 0 where all are the same. All numbers are in variables, so that a training resumed
    with `checkpoint.fit(tracked=watch.state)` keeps them and does not warn twice.

    Example:
        watch = CollapseWatch(
            lambda: gan.sample(500, seed=0), labels, real=images[:500], classes=10, epochs=20
        )
        gan.fit(batches, epochs=20, callbacks=[watch])

    Attributes:
        state: Variables to be checkpointed.
    """

    COLUMNS = ("epoch", "modes", "spread", "gradient")

    def __init__(
        self,
        sample: Callable[[], np.ndarray],
        labels: Callable[[np.ndarray], np.ndarray],
        *,
        real: np.ndarray,
        classes: int,
        epochs: int,
        every: int = 1,
        name: str = "the generator",
        alarm: Alarm | None = None,
    ) -> None:
        """Takes where samples come from and who judges them.

        Args:
            sample: Returns generated images or points (n, ...), the same latents at each call.
            labels: A judge: samples -> labels (n,) in [0, classes).
            real: As many real ones, whose spread is the measure.
            classes: Number of classes or modes.
            epochs: Epochs of the whole training.
            every: Epochs between two looks.
            name: What is trained, for the warning.
            alarm: When to warn.

        Raises:
            ValueError: `every` or `classes` below 1, fewer than two real ones, or an `every`
                beyond `epochs`.
        """
        super().__init__()
        if not 1 <= every <= epochs or classes < 1 or len(real) < 2:
            raise ValueError(
                f"A watch needs 1 <= every <= epochs, one class and two real samples at least, "
                f"but has every {every}, epochs {epochs}, {classes} classes, {len(real)} samples."
            )
        self._sample, self._labels, self._classes = sample, labels, classes
        self._every, self._name, self._alarm = every, name, alarm or Alarm()
        self._real = nearest_spread(real)
        looks = epochs // every
        self.state = {
            "numbers": _zeros(looks, len(self.COLUMNS)),
            "histograms": _zeros(looks, classes),
            "warned": tf.Variable(0, dtype=tf.int64, trainable=False),
        }

    @property
    def numbers(self) -> dict[str, list[float]]:
        """What was seen so far, one list per column of `COLUMNS`."""
        seen = self._seen("numbers")
        return {name: seen[:, i].tolist() for i, name in enumerate(self.COLUMNS)}

    @property
    def histograms(self) -> list[list[float]]:
        """The shares of the classes at each look so far."""
        return self._seen("histograms").tolist()

    @property
    def warned(self) -> int | None:
        """The epoch of the warning, or None."""
        return int(self.state["warned"].numpy()) or None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Looks, if the epoch is one to look at; `epoch` counts from 0."""
        look, rest = divmod(epoch + 1, self._every)
        if rest:
            return
        sample = np.asarray(self._sample())
        counts = np.bincount(self._labels(sample), minlength=self._classes)
        modes = int((counts >= max(1, MINIMUM_SHARE * len(sample) / self._classes)).sum())
        gradient = float((logs or {}).get("generator_gradient", np.nan))
        row = (epoch + 1, modes, nearest_spread(sample), gradient)
        self.state["numbers"].scatter_nd_update([[look - 1]], [row])
        self.state["histograms"].scatter_nd_update([[look - 1]], [counts / len(sample)])
        if self.warned is None and self._collapsed(row):
            self.state["warned"].assign(epoch + 1)
            LOGGER.warning(
                f"{self._name} has collapsed in epoch {epoch + 1}: it covers {modes} of "
                f"{self._classes} classes, its samples lie {row[2]:.3g} apart (real ones "
                f"{self._real:.3g}), and the gradient that reaches it has the norm {gradient:.3g}."
            )

    def _collapsed(self, row: tuple[int, int, float, float]) -> bool:
        epoch, modes, spread, _ = row
        few = modes < self._alarm.modes * self._classes
        return epoch > self._alarm.after and (few or spread < self._alarm.spread * self._real)

    def _seen(self, name: str) -> np.ndarray:
        looked = self.state["numbers"].numpy()[:, 0] > 0
        return self.state[name].numpy()[looked]


def nearest_spread(sample: np.ndarray) -> float:
    """Mean Euclidean distance of each member of (n, ...), n >= 2, to the nearest other one."""
    rows = np.asarray(sample, np.float64).reshape(len(sample), -1)
    # Shifted, so that equal rows are at distance 0 and not at that of rounding.
    rows = rows - rows.mean(axis=0)
    distances, _ = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(rows).kneighbors()
    return float(distances.mean())


def _zeros(rows: int, columns: int) -> tf.Variable:
    return tf.Variable(tf.zeros((rows, columns), tf.float64), trainable=False)
