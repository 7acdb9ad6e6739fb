"""A map over the image that it explains."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from tfnets.figures import checks, style

_PALE = 0.6  # the darkest grey of the bleached image


def heat_overlay(image: ArrayLike, heat: ArrayLike, *, label: str, title: str = "") -> Figure:
    """Draws an image, and beside it the same image in grey under a signed map.

    The colours are symmetric around 0, so that white is 0, red above and blue below.

    Args:
        image: Shape (height, width, channels), floats in [0, 1].
        heat: Shape (height, width), finite, any sign.
        label: What the map's values are, written at the colour bar.
        title: Stands above the left image.

    Returns:
        The figure.

    Raises:
        ValueError: Wrong image, a map of another size or with a value that is not finite.
    """
    pixels = checks.images(np.asarray(image)[None], "image")[0]
    heat = np.asarray(heat, float)
    if heat.shape != pixels.shape[:2] or not np.all(np.isfinite(heat)):
        raise ValueError(
            f"heat must be finite and of the image's size {pixels.shape[:2]}, not {heat.shape}."
        )
    height = np.clip(0.3 + 3.1 * pixels.shape[0] / pixels.shape[1], 1.5, 6)
    figure = style.new_figure(style.WIDTH, float(height), images=True)
    left, right = style.subplots(figure, 2)
    left.imshow(pixels, cmap="gray", vmin=0, vmax=1)
    left.set_title(title, fontsize=style.TITLE, color=style.INK, loc="left")
    # The image is bleached, so that the map's colours are those of the colour bar.
    right.imshow(_PALE + (1 - _PALE) * pixels.mean(axis=2), cmap="gray", vmin=0, vmax=1)
    bound = float(np.abs(heat).max()) or 1.0
    colours = ScalarMappable(Normalize(-bound, bound), "RdBu_r")
    strength = 0.1 + 0.8 * np.abs(heat) / bound
    right.imshow(colours.to_rgba(heat, alpha=strength))
    bar = figure.colorbar(colours, ax=right, shrink=0.9)
    bar.set_label(label, fontsize=style.TEXT, color=style.INK)
    bar.ax.tick_params(labelsize=style.SMALL)
    for axes in (left, right):
        axes.set_axis_off()
    return figure
