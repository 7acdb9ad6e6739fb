"""Pairs of image domains with known true partners, made from digits (study 5.5).

Domain A is the digits. Each domain B is made of them by a fixed transform, so that the true partner
of every digit is known; how similar the two domains are is measured on the pairs
(`metrics.pictures.similarity`). The partner in `fashion` is no transform of the pixels: it is the
item of the class with the same number, the k-th item of a class belonging to the k-th digit of that
class. Which item of the class it is says nothing, so that no method can find it by more than its
class.

    images = DOMAINS["edges"].partners(digits)
    training = unpaired(digits, images)      # A from one half, B from the other
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from tfnets.errors import InputError, choices

Transform = Callable[[np.ndarray], np.ndarray]
"""Images (n, height, width, channels) -> images of the same height and width."""

PLANE = (1, 2)  # the axes of rows and columns


@dataclass(frozen=True)
class Domain:
    """A domain that digits are translated to.

    Attributes:
        name: Key in `DOMAINS`.
        title: What figures and tables call it.
        transform: Grey images (n, height, width, 1) in [0, 1] -> their partners, float32 in [0, 1];
            None where the partner is an image of the same class in another data set.
        channels: Channels of the partners.
        inverse: Partners -> grey images; None where the transform loses what the image was.
    """

    name: str
    title: str
    transform: Transform | None
    channels: int = 1
    inverse: Transform | None = None

    def partners(self, images: np.ndarray) -> np.ndarray:
        """Returns the true partners (n, height, width, channels), float32 in [0, 1].

        Raises:
            InputError: Other images than grey ones (n, height, width, 1), or a domain whose
                partners are images of another data set (`same_class`).
        """
        if self.transform is None:
            raise InputError(
                f"The partners in the domain {self.name} come from another data set; find them "
                "with same_class."
            )
        if images.ndim != 4 or images.shape[-1] != 1:
            raise InputError(
                f"The images have the shape {images.shape}; give grey ones, (n, height, width, 1)."
            )
        return np.clip(self.transform(images), 0, 1).astype(np.float32)


def inverted(images: np.ndarray) -> np.ndarray:
    """Dark on light; its own inverse."""
    return 1 - images


def thickened(images: np.ndarray) -> np.ndarray:
    """Each pixel becomes the lightest of its 3 x 3 neighbourhood."""
    return ndimage.grey_dilation(images, size=(1, 3, 3, 1), mode="constant")


def rotated(degrees: float) -> Transform:
    """Turns anticlockwise about the centre, by linear interpolation; quarters of a turn exactly."""

    def transform(images: np.ndarray) -> np.ndarray:
        if degrees % 90 == 0:
            return np.rot90(images, int(degrees // 90), axes=PLANE)
        # In a plane of (rows, columns) scipy's positive angle is anticlockwise as seen.
        return ndimage.rotate(images, degrees, axes=PLANE[::-1], reshape=False, order=1)

    return transform


def edges(images: np.ndarray) -> np.ndarray:
    """Length of Sobel's gradient, 1 at the edge of a white half plane on black (there clipped)."""
    smooth, slope = np.array([1, 2, 1]), np.array([-1, 0, 1])
    kernels = (np.outer(slope, smooth), np.outer(smooth, slope))
    parts = (ndimage.correlate(images, kernel[None, :, :, None] / 4.0) for kernel in kernels)
    return np.hypot(*parts)


def coloured(images: np.ndarray) -> np.ndarray:
    """Grey values as the colours of a glowing body: black, red, yellow, white.

    Red is the first third of the grey value, green the second and blue the last, so that the mean
    of the three gives the grey value back.
    """
    return np.concatenate([np.clip(3 * images - c, 0, 1) for c in range(3)], axis=-1)


def grey(images: np.ndarray) -> np.ndarray:
    """The inverse of `coloured`: the mean of the channels."""
    return images.mean(axis=-1, keepdims=True)


DOMAINS = {
    domain.name: domain
    for domain in (
        Domain("thickened", "thickened", thickened),
        Domain("coloured", "coloured", coloured, 3, grey),
        Domain("edges", "edge map", edges),
        Domain("rotated_15", "rotated by 15°", rotated(15), inverse=rotated(-15)),
        Domain("rotated_45", "rotated by 45°", rotated(45), inverse=rotated(-45)),
        Domain("rotated_90", "rotated by 90°", rotated(90), inverse=rotated(-90)),
        Domain("inverted", "inverted", inverted, inverse=inverted),
        Domain("fashion", "Fashion item", None),
    )
}
"""The eight domains by name."""


def find(name: str) -> Domain:
    """Returns a domain by its name; InputError if there is none of that name."""
    if name not in DOMAINS:
        raise InputError(f"There is no domain {name!r}; {choices(name, DOMAINS)}.")
    return DOMAINS[name]


def same_class(labels: np.ndarray, items: np.ndarray, item_labels: np.ndarray) -> np.ndarray:
    """Gives each label (n,) an item of its class: the k-th of a class gets the class's k-th item.

    Where a class has more labels than items (m, height, width, channels), they begin again.

    Raises:
        InputError: A label that no item has.
    """
    places = np.empty(len(labels), int)
    for label in np.unique(labels):
        asked, known = np.flatnonzero(labels == label), np.flatnonzero(item_labels == label)
        if not len(known):
            raise InputError(f"No item has the label {label}; give items of every class.")
        places[asked] = np.resize(known, len(asked))
    return items[places]


def unpaired(images: np.ndarray, partners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A from the first half and B, as many, from the second, so that no pair is in both."""
    half = len(images) // 2
    return images[:half], partners[half : 2 * half]


def paired(images: np.ndarray, partners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As many images as `unpaired` gives, each with its true partner: the first half of both."""
    half = len(images) // 2
    return images[:half], partners[:half]
