"""What an attack can be asked for: a network, images and classes, checked."""

import keras
import numpy as np

from tfnets.errors import InputError


def require_classifier(model: keras.Model) -> int:
    """Returns the number of classes of `images -> (n, classes)`.

    Raises:
        InputError: The model takes no images, or does not put out one row of classes per image.
    """
    given, out = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
    if not isinstance(given, tuple) or len(given) != 4 or None in given[1:]:
        raise InputError(
            f"The model {model.name!r} takes {given}; an attack needs one input of images with a "
            "known height, width and number of channels (`load(model, size=(height, width))`)."
        )
    if not isinstance(out, tuple) or len(out) != 2 or out[1] is None or out[1] < 2:
        raise InputError(
            f"The model {model.name!r} puts out {out}; an attack needs the logits of two or more "
            "classes, of shape (n, classes)."
        )
    return out[1]


def require_images(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Returns images as float32, checked.

    Raises:
        InputError: Another shape than the model takes, no image, or values that are not numbers in
            [0, 1].
    """
    images, wanted = np.asarray(images), model.input_shape[1:]
    if images.ndim != 4 or images.shape[1:] != wanted or not len(images):
        raise InputError(
            f"The images have the shape {images.shape}, but the model {model.name!r} takes "
            f"(n, {', '.join(map(str, wanted))}) with n >= 1; resize them, or add the first axis."
        )
    # NaN fails both comparisons.
    if not np.issubdtype(images.dtype, np.floating) or not (images.min() >= 0 <= 1 - images.max()):
        raise InputError(
            f"The images are {images.dtype} from {images.min():.4g} to {images.max():.4g}; give "
            "floats in [0, 1] (8-bit images divided by 255)."
        )
    return images.astype(np.float32)


def require_labels(name: str, labels: int | np.ndarray, n: int, classes: int) -> np.ndarray:
    """Returns one class per image, (n,) int32, from one number for all or n numbers.

    Raises:
        InputError: Not whole numbers, another count, or a class that the model does not have.
    """
    given = np.asarray(labels)
    if not np.issubdtype(given.dtype, np.integer) or given.shape not in ((), (n,)):
        raise InputError(
            f"The {name} is {given.dtype} of shape {given.shape}; give one whole number, or one "
            f"for each of the {n} images."
        )
    wrong = given[(given < 0) | (given >= classes)]
    if wrong.size:
        raise InputError(
            f"The {name} {wrong.flat[0]} is out of range; the network has {classes} classes, "
            f"numbered from 0 to {classes - 1}."
        )
    return np.broadcast_to(given, (n,)).astype(np.int32)
