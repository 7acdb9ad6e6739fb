"""What all attacks share: an image that is a variable, and one compiled loop over its steps."""

import abc
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tfnets.inputs.attacks import levels
from tfnets.inputs.attacks.methods import Method
from tfnets.inputs.covering.calls import calls_of, run

Seeds = Sequence[tuple[int, int]]
AXES = (1, 2, 3)
TINY = 1e-30  # keeps a gradient of 0 from dividing by 0


class Program(abc.ABC):
    """An attack on one network, compiled once for any number of images.

    The image is a `tf.Variable`; the network's weights are constants, taken when the program is
    made. Every step is one gradient pass, whose logits also say how far the attack has come: a step
    reports on the image that it begins with, and remembers the best image so far.
    """

    def __init__(self, model: keras.Model, method: Method) -> None:
        """Makes the variables that every attack has; `start` gives them their values."""
        self._method = method
        self._enough = odds_of(getattr(method, "probability", 1.0))
        self._shape = tuple(model.input_shape[1:])
        self._calls = calls_of(model, self._shape)
        self._image = self.images_variable()
        self._original = self.images_variable()
        self._best = self.images_variable()
        self._best_score = self.numbers_variable()
        self._active = self.numbers_variable(tf.bool)
        self._labels = self.numbers_variable(tf.int32)
        self._sign = tf.Variable(1.0, trainable=False)
        self._advance = tf.function(self._loop, autograph=True, jit_compile=False)
        images = tf.TensorSpec((None, *self._shape))
        self.predict = tf.function(self.logits, input_signature=[images], jit_compile=False)

    def images_variable(self) -> tf.Variable:
        """Makes a variable (n, height, width, channels) for any n."""
        return tf.Variable(tf.zeros((1, *self._shape)), shape=(None, *self._shape), trainable=False)

    def numbers_variable(self, dtype: tf.DType = tf.float32) -> tf.Variable:
        """Makes a variable (n,) for any n."""
        return tf.Variable(tf.zeros((1,), dtype), shape=(None,), trainable=False)

    @property
    def steps(self) -> int:
        """Gradient steps of a whole attack."""
        return self._method.steps

    def prepare(self, originals: np.ndarray, seeds: Seeds) -> np.ndarray:
        """Sets the attack's own variables; returns the images (n, ...) to begin with."""
        del seeds
        return originals

    @abc.abstractmethod
    def step(self) -> tf.Tensor:
        """Takes one step; returns the signed log-odds (n,) of the images it began with."""

    def rounded(self, images: np.ndarray, originals: np.ndarray) -> np.ndarray:
        """Rounds images to 8 bits as the attack's constraint allows, if it has one."""
        del originals
        return levels.to_8bit_grid(images)

    def finish(self) -> np.ndarray:
        """Looks at the last image, too, and returns the best ones (n, ...), not rounded."""
        return self._best.numpy()

    def start(self, originals: np.ndarray, labels: np.ndarray, sign: float, seeds: Seeds) -> None:
        """Begins a new attack on images (n, height, width, channels) float32 on the 8-bit grid.

        Args:
            originals: The images.
            labels: Classes (n,) int32.
            sign: 1 if the labels are targets, -1 if they are the classes to get away from.
            seeds: What each image's random numbers are a function of.
        """
        n = len(originals)
        self._original.assign(originals)
        self._labels.assign(labels)
        self._sign.assign(sign)
        self._best.assign(originals)
        self._best_score.assign(np.full(n, -np.inf, np.float32))
        self._active.assign(np.ones(n, bool))
        self._image.assign(self.prepare(originals, seeds))

    def advance(self, steps: int) -> np.ndarray:
        """Takes up to `steps` steps, fewer if no image needs more.

        Returns:
            p(target), or 1 - p(source), of the images before each step: (steps taken, n).
        """
        active = self._active.numpy()
        if not active.any():
            return np.zeros((0, len(active)), np.float32)
        return self._advance(tf.constant(steps)).numpy()

    def current(self) -> np.ndarray:
        """The images (n, ...) that the next step begins with, rounded to 8 bits."""
        return levels.to_8bit_grid(np.clip(self._image.numpy(), 0, 1))

    def _loop(self, steps: tf.Tensor) -> tf.Tensor:
        rows = tf.TensorArray(tf.float32, size=0, dynamic_size=True, element_shape=(None,))
        count = tf.constant(0)
        while count < steps and tf.reduce_any(self._active):
            rows = rows.write(count, tf.sigmoid(self.step()))
            count += 1
        return rows.stack()

    def logits(self, images: tf.Tensor) -> tf.Tensor:
        """The network's logits (n, classes) of images."""
        values = run(self._calls.calls, {self._calls.image: images})
        return tf.cast(values[self._calls.logits], tf.float32)

    def odds(self, logits: tf.Tensor) -> tf.Tensor:
        """Log-odds (n,) of the goal: those of the targets, or minus those of the sources."""
        return self._sign * log_odds(logits, self._labels)

    def ascent(self) -> tuple[tf.Tensor, tf.Tensor]:
        """One gradient pass at the image: the goal's log-odds (n,) and their gradient."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self._image)
            odds = self.odds(self.logits(tf.convert_to_tensor(self._image)))
        return odds, tape.gradient(odds, self._image)

    def keep(self, images: tf.Tensor, score: tf.Tensor) -> None:
        """Remembers images whose score (n,) is higher than that of their best so far."""
        better = score > self._best_score
        self._best.assign(tf.where(per_image(better), images, self._best))
        self._best_score.assign(tf.where(better, score, self._best_score))


def per_image(values: tf.Tensor) -> tf.Tensor:
    """Shapes one number per image (n,) so that it meets every value of its image: (n, 1, 1, 1)."""
    return values[:, None, None, None]


def odds_of(probability: float) -> float:
    """log(p / (1 - p)) in float64; infinite for p = 1."""
    with np.errstate(divide="ignore"):
        return float(np.log(probability) - np.log1p(-probability))


def log_odds(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """log(p / (1 - p)) (n,) of each image's label (n,) under the softmax of logits (n, classes).

    Its gradient does not fade near p = 1: it points where that of log(p) points, 1 / (1 - p) times
    as long.
    """
    chosen, others = _split(logits, labels)
    return chosen - tf.reduce_logsumexp(others, axis=1)


def margin(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Each image's logit of its label minus its largest other logit, (n,)."""
    chosen, others = _split(logits, labels)
    return chosen - tf.reduce_max(others, axis=1)


def _split(logits: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    is_label = tf.one_hot(labels, tf.shape(logits)[1], on_value=True, off_value=False)
    return tf.gather(logits, labels, batch_dims=1), tf.where(is_label, -np.inf, logits)
