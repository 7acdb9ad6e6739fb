"""Class labels as a network's input: one-hot vectors and planes.

Only stock layers and `keras.ops` are used, so that a saved generator loads without this package.
"""

import keras
import numpy as np
from keras import KerasTensor, layers
from numpy.typing import ArrayLike

from tfnets.errors import InputError


def label_input(classes: int) -> tuple[KerasTensor, KerasTensor]:
    """An input of class labels and the same as one-hot vectors.

    A network cannot refuse a label: one outside [0, classes) becomes a vector of zeros. What comes
    from outside is therefore checked by `require_labels` first.

    Returns:
        The input `label`, int32 (n,), and its one-hot vectors, float32 (n, classes).

    Raises:
        InputError: Fewer than one class.
    """
    if classes < 1:
        raise InputError(f"There are {classes} classes; give a whole number of at least 1.")
    label = keras.Input((), dtype="int32", name="label")
    return label, keras.ops.one_hot(label, classes, dtype="float32")


def label_planes(one_hot: KerasTensor, height: int, width: int) -> KerasTensor:
    """One plane per class, to be joined to an image's channels: (n, height, width, classes).

    It is all 1 for the class that a one-hot vector (n, classes) names, all 0 for the others.
    """
    name = f"label_planes{height}x{width}"
    pixels = layers.RepeatVector(height * width, name=f"{name}_pixels")(one_hot)
    return layers.Reshape((height, width, one_hot.shape[-1]), name=name)(pixels)


def require_labels(labels: ArrayLike, classes: int) -> np.ndarray:
    """Returns labels that a network of `label_input(classes)` can be asked for, as int32 (n,).

    Raises:
        InputError: No label, labels that are not whole numbers, or one out of range.
    """
    values = np.atleast_1d(np.asarray(labels))
    if values.ndim != 1 or values.size == 0 or not np.issubdtype(values.dtype, np.integer):
        raise InputError(
            f"Labels of shape {values.shape} and type {values.dtype} cannot be asked for; give one "
            f"or more whole numbers from 0 to {classes - 1}."
        )
    wrong = values[(values < 0) | (values >= classes)]
    if wrong.size:
        raise InputError(f"There is no class {wrong[0]}; give labels from 0 to {classes - 1}.")
    return values.astype(np.int32)
