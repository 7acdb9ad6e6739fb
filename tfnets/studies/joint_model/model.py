"""The joint model of study 5.6: P(I, c, h) = P(h) P(I | h) P(c | I).

h is standard normal. The image I is a function of h, a generator's; where the generator was trained
on a uniform prior, the normal distribution function takes h there, coordinate by coordinate. The
class c is drawn from a classifier's probabilities.
"""

from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf
from scipy import stats

from tfnets import latents
from tfnets.inputs.descent import Descent
from tfnets.models.trained.logits import without_softmax

BATCH = 500

PENALTIES = {
    "nothing": lambda squares, dim: tf.zeros_like(squares),
    "density": lambda squares, dim: squares / 2,
    "length": lambda squares, dim: (
        squares / 2 - (dim - 1) / 2 * tf.math.log(squares / (dim - 1)) - (dim - 1) / 2
    ),
}
"""What is added to -log P(c | I), of |h|^2 and the size of h: nothing; -log P(h) up to a constant,
least at h = 0; or -log of the density of the length |h| (the chi distribution's), least and 0 at
the most probable length, the root of dim - 1."""


@dataclass(frozen=True)
class Sampled:
    """Draws of h (n, dim), images (n, height, width, channels) in [0, 1], and classes.

    `probabilities` are P(c | I), shape (n, classes), `labels` the drawn classes, int32 (n,).
    """

    h: np.ndarray = field(repr=False)
    images: np.ndarray = field(repr=False)
    probabilities: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Found:
    """What the search for wanted classes found: h and images as in `Sampled`.

    `history` is -log P(c | I) before each step, shape (steps, n).
    """

    h: np.ndarray = field(repr=False)
    images: np.ndarray = field(repr=False)
    history: np.ndarray = field(repr=False)


@dataclass(frozen=True, eq=False)
class JointModel:
    """A generator (n, dim) -> images, the prior that it was trained on, and a classifier.

    The classifier gives probabilities (n, classes).
    """

    generator: keras.Model
    prior: latents.Normal | latents.Uniform
    classifier: keras.Model

    @property
    def dim(self) -> int:
        """Size of h."""
        return self.prior.dim

    def draw(self, n: int, seed: int) -> np.ndarray:
        """Draws h, float32 (n, dim)."""
        return tf.random.stateless_normal((n, self.dim), (seed, 3)).numpy()

    def image(self, h: tf.Tensor) -> tf.Tensor:
        """I(h), shape (n, height, width, channels)."""
        if isinstance(self.prior, latents.Uniform):
            share = (1 + tf.math.erf(h / np.sqrt(2))) / 2
            h = self.prior.low + (self.prior.high - self.prior.low) * share
        return self.generator(h, training=False)

    def images(self, h: np.ndarray) -> np.ndarray:
        """I(h) of many h (n, dim), clipped to [0, 1]."""
        parts = [self.image(tf.constant(h[i : i + BATCH])) for i in range(0, len(h), BATCH)]
        return np.clip(np.concatenate(parts), 0, 1)

    def sample(self, n: int, seed: int) -> Sampled:
        """Draws h, then I, then c (ancestral sampling)."""
        h = self.draw(n, seed)
        images = self.images(h)
        probabilities = self.classifier.predict(images, batch_size=BATCH, verbose=0)
        cumulated = np.cumsum(probabilities.astype(np.float64), axis=1)
        draws = np.random.default_rng(seed).random((n, 1)) * cumulated[:, -1:]
        return Sampled(h, images, probabilities, (cumulated <= draws).sum(axis=1).astype(np.int32))

    def search(
        self, wanted: np.ndarray, penalty: str, *, steps: int, learning_rate: float, seed: int
    ) -> Found:
        """Descends -log P(c | I(h)) plus a penalty by h, from a draw of P(h), all at once.

        Args:
            wanted: Classes (n,).
            penalty: A key of `PENALTIES`.
            steps: Steps of Adam, whose step size falls to 0 along a half cosine.
            learning_rate: The first step size, in units of h.
            seed: Seed of the h that the searches begin at.
        """
        logits, _ = without_softmax(self.classifier)
        h = tf.Variable(self.draw(len(wanted), seed))
        labels = tf.constant(wanted, tf.int32)

        def terms(step: tf.Tensor) -> dict[str, tf.Tensor]:
            del step
            z = logits(self.image(h), training=False)
            miss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, z)
            squares = tf.reduce_sum(h**2, axis=1)
            return {"loss": miss + PENALTIES[penalty](squares, self.dim), "miss": miss}

        rate = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
        history = Descent(terms, [h], keras.optimizers.Adam(rate))(steps=steps)
        return Found(h.numpy(), self.images(h.numpy()), history["miss"])


def lengths(h: np.ndarray) -> dict[str, float]:
    """How typical h (n, dim) are of the prior, by their lengths.

    `mean`, `low` and `high` (the least and the greatest length), and `typical`, the share within
    the central 99 % of the lengths that the prior draws.
    """
    found = np.linalg.norm(h, axis=1)
    low, high = stats.chi(h.shape[1]).interval(0.99)
    typical = ((found >= low) & (found <= high)).mean()
    ends = {"mean": found.mean(), "low": found.min(), "high": found.max(), "typical": typical}
    return {name: float(value) for name, value in ends.items()}
