"""A generator of digits as a SavedModel: `(digit, seed) -> image`, with TensorFlow alone.

For example

    serve = tf.saved_model.load("saved/digits").signatures["serving_default"]
    images = serve(digit=tf.constant([7] * 16), seed=tf.constant([0, 1]))["image"]

draws sixteen sevens.
"""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfnets.artifacts.checked_export import (
    ExportReport,
    Trial,
    one_sentence,
    require_place,
    write_checked,
)
from tfnets.errors import InputError

Prior = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]

_SEED = np.array([0, 1], np.int32)
_TAKES = [tf.TensorSpec((None,), tf.int32, "digit"), tf.TensorSpec((2,), tf.int32, "seed")]


class DigitGenerator(tf.Module):
    """Draws digits: the prior, the generator and what it is asked for each digit, as one function.

    The module holds the generator's variables and not the Keras model, so that nothing of Keras is
    in a SavedModel of it. `digits` is how many digits there are.
    """

    def __init__(self, generator: keras.Model, prior: Prior, asked: np.ndarray) -> None:
        """Takes the parts as `export_digits` does."""
        super().__init__()
        self.digits = len(asked)
        self.variables_of_generator = [weight.value for weight in generator.variables]
        # In closures: a Keras model in an attribute would go into the SavedModel.
        self._draw = lambda z, rows: generator([z, rows], training=False)
        self._prior, self._asked = prior, np.asarray(asked, np.int32)

    @tf.function(input_signature=_TAKES, autograph=False)
    def draw(self, digit: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        """Draws one picture for each digit.

        Digits are int32 (n,), each from 0 to below `digits`; the seed is int32 (2,), and the same
        seed and digits give the same pictures. Returns `image`, float32 (n, height, width,
        channels) in [0, 1]; a number that is no digit is a `tf.errors.InvalidArgumentError`.
        """
        known = tf.reduce_all((digit >= 0) & (digit < self.digits))
        said = f"digit must have numbers from 0 to {self.digits - 1}"
        with tf.control_dependencies([tf.debugging.Assert(known, [said, digit], summarize=10)]):
            rows = tf.gather(self._asked, digit)
        z = self._prior(tf.shape(rows)[0], seed)
        return {"image": tf.clip_by_value(self._draw(z, rows), 0.0, 1.0)}


def export_digits(
    generator: keras.Model,
    prior: Prior,
    asked: np.ndarray,
    out_dir: Path | str,
    *,
    force: bool = False,
) -> ExportReport:
    """Writes `(digit: int32[n], seed: int32[2]) -> image` as a SavedModel, tried as every export.

    In a process without Keras it must draw what `generator` draws, for all digits and for one
    alone, and refuse a number that is no digit. A picture depends on the digit, the seed and its
    place in the batch.

    Args:
        generator: `[(n, dim), condition (n, ...)] -> images (n, height, width, channels)`.
        prior: `(n, seed) -> (n, dim)`, for instance one of `tfnets.latents`.
        asked: What the generator is asked for each digit: labels (digits,) or tokens (digits,
            length), whole numbers.
        out_dir: The folder to make.
        force: Replace an `out_dir` that is a SavedModel already.

    Raises:
        InputError: As `export_saved_model`, or a generator of another kind.
    """
    out_dir, asked = Path(out_dir), np.asarray(asked, np.int32)
    require_place(out_dir, force)
    shapes = [tuple(x.shape[1:]) for x in generator.inputs]
    if len(shapes) != 2 or len(shapes[0]) != 1 or shapes[1] != asked.shape[1:]:
        raise InputError(
            f"The generator takes inputs of shapes {shapes}; digits are drawn by one that takes "
            f"latent vectors and a condition of shape {asked.shape[1:]}."
        )
    trial = _trial(generator, prior, asked)
    module = DigitGenerator(generator, prior, asked)

    def write(folder: Path) -> None:
        tf.saved_model.save(module, str(folder), signatures={"serving_default": module.draw})

    return write_checked(out_dir, write, trial)


def _trial(generator: keras.Model, prior: Prior, asked: np.ndarray) -> Trial:
    """All digits with one seed, the last one alone with another, and two that there are not."""
    last = len(asked) - 1
    calls = [
        {"digit": np.arange(last + 1, dtype=np.int32), "seed": _SEED},
        {"digit": np.array([last], np.int32), "seed": _SEED + 5},
    ]

    def drawn(digit: np.ndarray, seed: np.ndarray) -> dict[str, np.ndarray]:
        z = prior(len(digit), tf.constant(seed))
        images = generator([z, tf.constant(asked[digit])], training=False)
        return {"image": np.clip(np.asarray(images, np.float64), 0, 1)}

    what = "The generator cannot draw digits"
    with one_sentence(what, "give it together with its own prior"), tf.device("/CPU:0"):
        answers = [drawn(**call) for call in calls]
    refused = [{"digit": np.array([0, no], np.int32), "seed": _SEED} for no in (-1, last + 1)]
    return Trial(calls, answers, refused)
