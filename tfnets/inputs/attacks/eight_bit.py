"""The fewest changed values of an 8-bit picture that fool: conditional gradients on the levels."""

import keras
import numpy as np
import tensorflow as tf

from tfnets.inputs.attacks import levels
from tfnets.inputs.attacks.methods import EightBit
from tfnets.inputs.attacks.program import Program, Seeds, odds_of, per_image

_AXES = (1, 2, 3)
_TINY = 1e-30
_GAIN, _LARGEST = 0.1, 0.2  # of log k per step: for each unit of log-odds to spare, and at most


class EightBitProgram(Program):
    """Changes the k values that a decaying sum of gradients ranks highest, and lowers k."""

    def __init__(self, model: keras.Model, method: EightBit) -> None:
        """Compiles nothing yet; the first step does."""
        self._method = method
        self._enough = odds_of(method.probability)
        super().__init__(model)
        self._mean = self.images_variable()
        self._size = self.numbers_variable()
        self._count = tf.Variable(0.0, trainable=False)

    @property
    def steps(self) -> int:
        """Gradient steps."""
        return self._method.steps

    def prepare(self, originals: np.ndarray, seeds: Seeds) -> np.ndarray:
        """Begins with the originals, no gradient, and everything to be changed."""
        del seeds
        self._mean.assign(np.zeros_like(originals))
        self._size.assign(np.full(len(originals), self._most, np.float32))
        self._count.assign(0.0)
        return originals

    def step(self) -> tf.Tensor:
        """Looks at the picture, adds its gradient to the sum, chooses the next picture."""
        odds, gradient = self.ascent()
        self._remember(odds)
        self._resize(odds)
        size = tf.reduce_sum(tf.abs(gradient), axis=_AXES, keepdims=True)
        self._count.assign_add(1.0)
        share = self._count**-self._method.decay
        self._mean.assign((1 - share) * self._mean + share * gradient / (size + _TINY))
        self._image.assign(self._original + self._chosen())
        return odds

    def finish(self) -> np.ndarray:
        """Judges the picture after the last step, too."""
        self._remember(self.odds(self.predict(tf.convert_to_tensor(self._image))))
        return super().finish()

    def rounded(self, images: np.ndarray, originals: np.ndarray) -> np.ndarray:
        """The pictures are 8-bit ones but for float32's rounding."""
        return levels.round_in_linf(images, originals, self._method.levels / levels.LEVELS)

    @property
    def _most(self) -> int:
        height, width, channels = self._shape
        return height * width * (1 if self._method.pixels else channels)

    def _changes(self) -> tf.Tensor:
        changed = tf.not_equal(self._image, self._original)
        if self._method.pixels:
            changed = tf.reduce_any(changed, axis=3, keepdims=True)
        return tf.math.count_nonzero(changed, axis=_AXES, dtype=tf.float32)

    def _remember(self, odds: tf.Tensor) -> None:
        """Keeps what fools with the fewest changes, and before that what comes nearest."""
        lacking = odds - self._enough
        score = tf.where(lacking >= 0, 1 / (1 + self._changes()), tf.minimum(lacking, 0.0))
        self.keep(tf.convert_to_tensor(self._image), score)

    def _resize(self, odds: tf.Tensor) -> None:
        """Lowers k where the picture fools, by more the surer it does; else raises it."""
        ratio = tf.exp(-tf.clip_by_value(_GAIN * (odds - self._enough), -_LARGEST, _LARGEST))
        used = tf.where(odds >= self._enough, self._changes(), self._size)
        self._size.assign(tf.clip_by_value(tf.minimum(self._size, used) * ratio, 1.0, self._most))

    def _chosen(self) -> tf.Tensor:
        """The change (n, ...) of the k values, or pixels, where the sum promises most."""
        step = self._method.levels / levels.LEVELS
        moved = tf.clip_by_value(self._original + step * tf.sign(self._mean), 0.0, 1.0)
        change = moved - self._original
        promise = tf.abs(self._mean * change)
        if self._method.pixels:
            promise = tf.reduce_sum(promise, axis=3, keepdims=True)
        ranked = tf.sort(tf.reshape(promise, (-1, self._most)), direction="DESCENDING")
        last = tf.gather(ranked, tf.cast(self._size, tf.int32) - 1, batch_dims=1)
        chosen = tf.logical_and(promise >= per_image(last), promise > 0)
        return tf.where(chosen, change, 0.0)
