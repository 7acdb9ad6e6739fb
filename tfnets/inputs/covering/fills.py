"""What stands in for pixels that are taken away (study 2.4)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from tfnets.errors import InputError, choices

FILLS = ("zero", "mean", "blur", "noise")
"""The fills that have a name."""

Images = NDArray[np.float32]


def filled(
    images: Images, fill: str | ArrayLike, *, blur: float = 8.0, seed: int = 0
) -> NDArray[np.float32]:
    """Returns for each image the one that shows where pixels are taken away.

    Args:
        images: Shape (n, height, width, channels), floats in [0, 1]; the result is float32.
        fill: `zero` is black; `mean` each image's mean colour; `blur` the image under a Gaussian,
            its edges repeated; `noise` uniform in [0, 1], each value drawn on its own. Or values
            in [0, 1]: a number, a colour (channels,), an image (height, width, channels), or one
            per image.
        blur: Standard deviation of the Gaussian in pixels.
        seed: Seed of the noise; image i has the same noise whatever images are beside it.

    Raises:
        InputError: An unknown name, values of another shape or outside [0, 1].
    """
    if not isinstance(fill, str):
        return _given(images, np.asarray(fill))
    if fill == "zero":
        return np.zeros_like(images)
    if fill == "mean":
        colours = images.mean(axis=(1, 2), keepdims=True, dtype=np.float64)
        return np.broadcast_to(colours.astype(np.float32), images.shape)
    if fill == "blur":
        return ndimage.gaussian_filter(images, (0, blur, blur, 0), mode="nearest")
    if fill == "noise":
        draws = map(np.random.default_rng, ((seed, i) for i in range(len(images))))
        return np.array([rng.random(images.shape[1:]) for rng in draws], np.float32)
    raise InputError(
        f"There is no fill {fill!r}; {choices(fill, FILLS)}, or give values in [0, 1]."
    )


def _given(images: Images, values: NDArray) -> NDArray[np.float32]:
    try:
        given = np.broadcast_to(values.astype(np.float32), images.shape)
    except ValueError as error:
        raise InputError(
            f"The fill has the shape {values.shape}; give a number, {images.shape[-1]} channels, "
            f"or an image of {images.shape[1]} x {images.shape[2]} pixels."
        ) from error
    if not (given.min() >= 0 and given.max() <= 1):
        raise InputError(
            f"The fill lies in [{given.min():.4g}, {given.max():.4g}]; give values in [0, 1]."
        )
    return given
