"""What the functions of this package accept: the checks they share."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tfnets.errors import InputError

Floats = NDArray[np.float32]


def checked_images(images: ArrayLike) -> Floats:
    """Returns images as float32.

    Raises:
        InputError: Another shape than (n, height, width, channels), or values outside [0, 1].
    """
    images = np.asarray(images)
    if images.ndim != 4 or 0 in images.shape:
        raise InputError(
            f"The images have the shape {images.shape}; give (n, height, width, channels), n of 1 "
            "or more."
        )
    if not np.issubdtype(images.dtype, np.floating):
        raise InputError(f"The images are {images.dtype}; give floats in [0, 1] (8 bits / 255).")
    if not (images.min() >= 0 and images.max() <= 1):
        raise InputError(
            f"The images lie in [{images.min():.4g}, {images.max():.4g}]; give values in [0, 1]."
        )
    return images.astype(np.float32)


def checked_targets(targets: int | ArrayLike, n: int, classes: int) -> NDArray[np.int64]:
    """Returns one class per image (n,).

    Raises:
        InputError: Not whole numbers, another number of them, or a class that is not there.
    """
    given = np.asarray(targets)
    if not np.issubdtype(given.dtype, np.integer) or given.shape not in ((), (n,)):
        raise InputError(
            f"The targets are {given.dtype} of shape {given.shape}; give one class number, or one "
            f"for each of the {n} images."
        )
    if given.min() < 0 or given.max() >= classes:
        wrong = given.min() if given.min() < 0 else given.max()
        raise InputError(f"There is no class {wrong}; the network has {classes}, counted from 0.")
    return np.broadcast_to(given, (n,)).astype(np.int64)


def require_logits(logits: ArrayLike) -> None:
    """Refuses outputs (n, classes) that are probabilities, or no numbers.

    What a model ends in says most of it (`tfnets.tracing.endings`); this is for softmaxes that are
    written out, or inside of subclassed models.

    Raises:
        InputError: Rows are not negative and sum to 1, or are not finite.
    """
    logits = np.asarray(logits)
    if not np.isfinite(logits).all():
        raise InputError(
            "The network gives values that are no finite numbers for these images; check its "
            "weights."
        )
    if logits.min() >= 0 and np.allclose(logits.sum(axis=1), 1, atol=1e-3):
        raise InputError(
            "The network puts out probabilities; give its logits: load it with "
            "`tfnets.models.load`, which takes a softmax at the end off."
        )
