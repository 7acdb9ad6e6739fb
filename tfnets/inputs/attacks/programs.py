"""The attacks as programs: gradient descent, tanh space and search for c, and whole levels."""

import keras
import numpy as np
import tensorflow as tf

from tfnets.inputs.attacks import levels
from tfnets.inputs.attacks.methods import PGD, CarliniWagner, EightBit, Origin
from tfnets.inputs.attacks.program import AXES, TINY, Program, Seeds, margin, per_image

_INSIDE = 1 - 1e-6  # a radius that float32 sums cannot exceed
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8  # Kingma & Ba 2015
_BORDER = 1 - 1e-6  # black and white have no finite w
_NONE = 1e10  # no c has succeeded yet
_GAIN, _LARGEST = 0.1, 0.2  # of log k per step: for each unit of log-odds to spare, and at most


class OriginProgram(Program):
    """Gradient descent on -weight * p + ||image - original||^2, clipped to [0, 1]."""

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

    def _loss(self, p: tf.Tensor) -> tf.Tensor:
        change = (self._image - self._original) * levels.LEVELS
        return tf.reduce_sum(change**2, axis=AXES) - self._method.weight * p


class PGDProgram(Program):
    """Steps along the gradient's sign or direction and back into the ball and [0, 1]."""

    def __init__(self, model: keras.Model, method: PGD) -> None:
        super().__init__(model, method)
        self._low, self._high = self.images_variable(), self.images_variable()
        self._velocity = self.images_variable()

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
        if self._active.numpy().any():
            image = tf.convert_to_tensor(self._image)
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
            size = tf.reduce_sum(tf.abs(gradient), axis=AXES, keepdims=True)
            gradient = self._method.momentum * self._velocity + gradient / (size + TINY)
            self._velocity.assign(gradient)
        if self._method.norm == "linf":
            return tf.sign(gradient)
        return gradient / (_length(gradient) + TINY)

    def _projected(self, images: tf.Tensor) -> tf.Tensor:
        if self._method.norm == "linf":
            return tf.clip_by_value(images, self._low, self._high)
        change = images - self._original
        shorter = tf.minimum(1.0, self._method.epsilon * _INSIDE / (_length(change) + TINY))
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
    return tf.sqrt(tf.reduce_sum(values**2, axis=AXES, keepdims=True))


class CarliniWagnerProgram(Program):
    """Minimises ||x - original||^2 + c max(kappa - margin, 0) for each of several c.

    The variable is w; `_image` holds what the network saw last.
    """

    def __init__(self, model: keras.Model, method: CarliniWagner) -> None:
        super().__init__(model, method)
        self._w, self._mean, self._square = (self.images_variable() for _ in range(3))
        self._start = self.images_variable()
        self._c, self._low, self._high = (self.numbers_variable() for _ in range(3))
        self._reached = self.numbers_variable(tf.bool)
        self._count = tf.Variable(0, trainable=False)

    @property
    def steps(self) -> int:
        """Gradient steps of all searches."""
        return self._method.steps * self._method.searches

    def prepare(self, originals: np.ndarray, seeds: Seeds) -> np.ndarray:
        """Sets w to the originals and c to its first value."""
        del seeds
        start = np.arctanh((2 * originals.astype(np.float64) - 1) * _BORDER).astype(np.float32)
        self._start.assign(start)
        self._restart()
        numbers = np.zeros(len(originals), np.float32)
        self._c.assign(numbers + np.float32(self._method.c))
        self._low.assign(numbers)
        self._high.assign(numbers + np.float32(_NONE))
        self._reached.assign(numbers > 0)
        self._count.assign(0)
        return originals

    def step(self) -> tf.Tensor:
        """One Adam step; after `steps` of them, the next c."""
        if self._count > 0 and self._count % self._method.steps == 0:
            self._next_c()
            self._restart()
        logits, gradient = self._descent()
        self._remember(self._sign * margin(logits, self._labels))
        self._adam(gradient)
        self._count.assign_add(1)
        return self.odds(logits)

    def _restart(self) -> None:
        self._w.assign(self._start)
        self._mean.assign(tf.zeros_like(self._start))
        self._square.assign(tf.zeros_like(self._start))

    def _next_c(self) -> None:
        """Halves the interval around the smallest c that succeeds, or multiplies c by 10."""
        c, reached = self._c, self._reached
        self._high.assign(tf.where(reached, tf.minimum(self._high, c), self._high))
        self._low.assign(tf.where(reached, self._low, tf.maximum(self._low, c)))
        between = (self._low + self._high) / 2
        self._c.assign(tf.where(self._high < _NONE, between, 10 * c))
        self._reached.assign(tf.zeros_like(reached))

    def _descent(self) -> tuple[tf.Tensor, tf.Tensor]:
        """One gradient pass: logits, and the gradient of the loss with respect to w."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self._w)
            x = (tf.tanh(self._w) + 1) / 2
            seen = _through_8bit(x) if self._method.rounding else x
            logits = self.logits(seen)
            reached = self._sign * margin(logits, self._labels)
            distance = tf.reduce_sum((x - self._original) ** 2, axis=AXES)
            loss = distance + self._c * tf.nn.relu(self._method.kappa - reached)
        self._image.assign(seen)
        return logits, tape.gradient(loss, self._w)

    def _remember(self, reached: tf.Tensor) -> None:
        """Keeps the nearest success, and before the first one what has the largest margin."""
        fools = tf.logical_and(reached > 0, reached >= self._method.kappa)
        self._reached.assign(tf.logical_or(self._reached, fools))
        lacking = tf.minimum(reached - self._method.kappa, 0.0)
        seen = tf.convert_to_tensor(self._image)
        distance = tf.sqrt(tf.reduce_sum((seen - self._original) ** 2, axis=AXES))
        self.keep(seen, tf.where(fools, 1 / (_EPSILON + distance), lacking))

    def _adam(self, gradient: tf.Tensor) -> None:
        time = tf.cast(self._count % self._method.steps + 1, tf.float32)
        self._mean.assign(_BETA1 * self._mean + (1 - _BETA1) * gradient)
        self._square.assign(_BETA2 * self._square + (1 - _BETA2) * gradient**2)
        mean = self._mean / (1 - _BETA1**time)
        square = self._square / (1 - _BETA2**time)
        self._w.assign_sub(self._method.learning_rate * mean / (tf.sqrt(square) + _EPSILON))


def _through_8bit(x: tf.Tensor) -> tf.Tensor:
    """Rounds to 8 bits; the gradient passes as if it did not (Bengio et al. 2013)."""
    return x + tf.stop_gradient(tf.round(x * levels.LEVELS) / levels.LEVELS - x)


class EightBitProgram(Program):
    """Changes the k values that a decaying sum of gradients ranks highest, and lowers k."""

    def __init__(self, model: keras.Model, method: EightBit) -> None:
        super().__init__(model, method)
        self._mean = self.images_variable()
        self._size = self.numbers_variable()
        self._count = tf.Variable(0.0, trainable=False)

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
        size = tf.reduce_sum(tf.abs(gradient), axis=AXES, keepdims=True)
        self._count.assign_add(1.0)
        share = self._count**-self._method.decay
        self._mean.assign((1 - share) * self._mean + share * gradient / (size + TINY))
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
        return tf.math.count_nonzero(changed, axis=AXES, dtype=tf.float32)

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


PROGRAMS = {
    Origin: OriginProgram,
    PGD: PGDProgram,
    CarliniWagner: CarliniWagnerProgram,
    EightBit: EightBitProgram,
}
"""Kind of method -> its program."""
