"""The smallest L2 change that fools: Adam in tanh space, and a search for the trade-off c."""

import keras
import numpy as np
import tensorflow as tf

from tfnets.inputs.attacks import goals, levels
from tfnets.inputs.attacks.methods import CarliniWagner
from tfnets.inputs.attacks.program import Program, Seeds

_AXES = (1, 2, 3)
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8  # Kingma & Ba 2015
_BORDER = 1 - 1e-6  # black and white have no finite w
_NONE = 1e10  # no c has succeeded yet


class CarliniWagnerProgram(Program):
    """Minimises ||x - original||^2 + c max(kappa - margin, 0) for each of several c.

    The variable is w; `_image` holds what the network saw last.
    """

    def __init__(self, model: keras.Model, method: CarliniWagner) -> None:
        """Compiles nothing yet; the first step does."""
        self._method = method
        super().__init__(model)
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
        numbers = np.zeros(len(originals), np.float32)
        self._start.assign(start)
        self._restart()
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
        margin = self._sign * goals.margin(logits, self._labels)
        self._remember(margin)
        self._adam(gradient)
        self._count.assign_add(1)
        return self.odds(logits)

    def rounded(self, images: np.ndarray, originals: np.ndarray) -> np.ndarray:
        """Rounds to the nearest level; there is no ball to stay in."""
        del originals
        return levels.to_8bit_grid(images)

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
            margin = self._sign * goals.margin(logits, self._labels)
            distance = tf.reduce_sum((x - self._original) ** 2, axis=_AXES)
            loss = distance + self._c * tf.nn.relu(self._method.kappa - margin)
        self._image.assign(seen)
        return logits, tape.gradient(loss, self._w)

    def _remember(self, margin: tf.Tensor) -> None:
        """Keeps the nearest success, and before the first one what has the largest margin."""
        fools = tf.logical_and(margin > 0, margin >= self._method.kappa)
        self._reached.assign(tf.logical_or(self._reached, fools))
        lacking = tf.minimum(margin - self._method.kappa, 0.0)
        seen = tf.convert_to_tensor(self._image)
        distance = tf.sqrt(tf.reduce_sum((seen - self._original) ** 2, axis=_AXES))
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
