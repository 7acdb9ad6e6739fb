"""Gradient steps on the image itself: the report's loss, and projected gradient descent."""

import keras
import numpy as np
import tensorflow as tf

from tfnets.inputs.attacks import levels
from tfnets.inputs.attacks.methods import PGD, Origin
from tfnets.inputs.attacks.program import Program, Seeds, odds_of, per_image

_AXES = (1, 2, 3)
_TINY = 1e-30  # keeps a gradient of 0 from dividing by 0
_INSIDE = 1 - 1e-6  # a radius that float32 sums cannot exceed


class OriginProgram(Program):
    """Gradient descent on -weight * p + ||image - original||^2, clipped to [0, 1]."""

    def __init__(self, model: keras.Model, method: Origin) -> None:
        """Compiles nothing yet; the first step does."""
        self._method = method
        super().__init__(model)

    @property
    def steps(self) -> int:
        """Gradient steps."""
        return self._method.steps

    def prepare(self, originals: np.ndarray, seeds: Seeds) -> np.ndarray:
        """Begins with the originals."""
        del seeds
        return originals

    def step(self) -> tf.Tensor:
        """One descent step; the best image is the one of the lowest loss."""
        method = self._method
        odds, gradient = self.ascent()
        p = tf.sigmoid(odds)
        self.keep(tf.convert_to_tensor(self._image), -self._loss(p))
        # dp/dx = p (1 - p) d log-odds / dx; levels.LEVELS^2 turns 0..255 into 0..1 (see `Origin`).
        towards = per_image(p * (1 - p)) * gradient * (method.weight / levels.LEVELS**2)
        change = self._image - self._original
        moved = self._image + method.learning_rate * (towards - 2 * change)
        self._image.assign(tf.clip_by_value(moved, 0.0, 1.0))
        return odds

    def finish(self) -> np.ndarray:
        """Judges the image after the last step, too."""
        image = tf.convert_to_tensor(self._image)
        self.keep(image, -self._loss(tf.sigmoid(self.odds(self.predict(image)))))
        return super().finish()

    def rounded(self, images: np.ndarray, originals: np.ndarray) -> np.ndarray:
        """Rounds to the nearest level; the loss has no bound that could be broken."""
        del originals
        return levels.to_8bit_grid(images)

    def _loss(self, p: tf.Tensor) -> tf.Tensor:
        change = (self._image - self._original) * levels.LEVELS
        return tf.reduce_sum(change**2, axis=_AXES) - self._method.weight * p


class PGDProgram(Program):
    """Steps along the gradient's sign or direction and back into the ball and [0, 1]."""

    def __init__(self, model: keras.Model, method: PGD) -> None:
        """Compiles nothing yet; the first step does."""
        self._method = method
        self._enough = odds_of(method.probability)
        super().__init__(model)
        self._low, self._high = self.images_variable(), self.images_variable()
        self._velocity = self.images_variable()

    @property
    def steps(self) -> int:
        """Gradient steps."""
        return self._method.steps

    def prepare(self, originals: np.ndarray, seeds: Seeds) -> np.ndarray:
        """Sets the bounds; begins with the originals or at random points of their balls."""
        method = self._method
        radius = method.epsilon if method.norm == "linf" else 1.0
        low, high = levels.box(originals, radius)
        self._low.assign(low)
        self._high.assign(high)
        self._velocity.assign(np.zeros_like(originals))
        if not method.random_start:
            return originals
        starts = originals + np.stack([self._random(key) for key in seeds])
        return np.clip(starts, low, high)

    def step(self) -> tf.Tensor:
        """One projected step; images that are done stay."""
        odds, gradient = self.ascent()
        self.keep(tf.convert_to_tensor(self._image), odds)
        self._active.assign(self._best_score < self._enough)
        moved = self._projected(self._image + self._method.step_size * self._direction(gradient))
        self._image.assign(tf.where(per_image(self._active), moved, self._image))
        return odds

    def finish(self) -> np.ndarray:
        """Judges the image after the last step, too; exactly inside the ball."""
        image = tf.convert_to_tensor(self._image)
        if self._active.numpy().any():
            self.keep(image, self.odds(self.predict(image)))
        best = super().finish()
        if self._method.norm == "linf":
            return best
        return levels.into_l2_ball(best, self._original.numpy(), self._method.epsilon)

    def rounded(self, images: np.ndarray, originals: np.ndarray) -> np.ndarray:
        """Rounds to 8 bits inside the ball."""
        inside = levels.round_in_linf if self._method.norm == "linf" else levels.round_in_l2
        return inside(images, originals, self._method.epsilon)

    def _direction(self, gradient: tf.Tensor) -> tf.Tensor:
        if self._method.momentum:
            size = tf.reduce_sum(tf.abs(gradient), axis=_AXES, keepdims=True)
            gradient = self._method.momentum * self._velocity + gradient / (size + _TINY)
            self._velocity.assign(gradient)
        if self._method.norm == "linf":
            return tf.sign(gradient)
        return gradient / (_length(gradient) + _TINY)

    def _projected(self, images: tf.Tensor) -> tf.Tensor:
        if self._method.norm == "linf":
            return tf.clip_by_value(images, self._low, self._high)
        change = images - self._original
        shorter = tf.minimum(1.0, self._method.epsilon * _INSIDE / (_length(change) + _TINY))
        # The original lies in [0, 1], so clipping cannot lengthen the change.
        return tf.clip_by_value(self._original + shorter * change, 0.0, 1.0)

    def _random(self, key: tuple[int, int]) -> np.ndarray:
        """A uniformly random point of the ball around 0, a function of the key."""
        rng, epsilon = np.random.default_rng(key), self._method.epsilon
        if self._method.norm == "linf":
            return rng.uniform(-epsilon, epsilon, self._shape).astype(np.float32)
        point = rng.standard_normal(self._shape)
        radius = epsilon * rng.random() ** (1 / point.size)
        return (point * (radius / np.linalg.norm(point))).astype(np.float32)


def _length(values: tf.Tensor) -> tf.Tensor:
    return tf.sqrt(tf.reduce_sum(values**2, axis=_AXES, keepdims=True))
