"""Signed maps over the images that they explain: red above 0, blue below, white at 0."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from tfnets.figures import checks, style
from tfnets.figures.boxes import BoxLike, frame

_PALE = 0.6  # the darkest grey of the bleached images, so that colours are those of the bar


def heat_overlay(image: ArrayLike, heat: ArrayLike, *, label: str, title: str = "") -> Figure:
    """Draws an image, and beside it the same image in grey under a signed map.

    Args:
        image: Shape (height, width, 1 or 3), floats in [0, 1].
        heat: Shape (height, width), finite, any sign.
        label: What the map's values are, written at the colour bar.
        title: Stands above the left image.
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
    left.set_axis_off()
    bar = figure.colorbar(_overlay(right, pixels, heat), ax=right, shrink=0.9)
    bar.set_label(label, fontsize=style.TEXT, color=style.INK)
    bar.ax.tick_params(labelsize=style.SMALL)
    return figure


def signed_maps(
    images: ArrayLike,
    heats: ArrayLike,
    *,
    titles: Sequence[str],
    label: str,
    columns: int = 4,
    boxes: Sequence[BoxLike | None] | None = None,
    box_label: str = "",
) -> Figure:
    """Draws maps over their bleached images.

    Each map has its own scale, whose end is written under its title, because maps of different
    making differ in size.

    Args:
        images: Shape (n, height, width, 1 or 3), floats in [0, 1].
        heats: Shape (n, height, width), finite, any sign.
        titles: One per map.
        label: What the maps' values are, written at the colour bar.
        columns: Maps side by side.
        boxes: A frame for each map, or None where there is none.
        box_label: What the frames are, for the legend.
    """
    pixels = checks.images(images)
    maps = np.asarray(heats, float)
    if maps.shape != pixels.shape[:3] or not np.all(np.isfinite(maps)):
        raise ValueError(
            f"heats must be finite and of the images' shape {pixels.shape[:3]}, not {maps.shape}."
        )
    boxes = [None] * len(maps) if boxes is None else boxes
    checks.same_length("titles", len(titles), len(maps))
    checks.same_length("boxes", len(boxes), len(maps))
    across = min(columns, len(maps))
    cell = (style.WIDTH - 0.9) / max(across, 2)
    tall = cell * pixels.shape[1] / pixels.shape[2] + 0.5
    width, height = min(style.WIDTH, cell * across + 0.9), -(-len(maps) // across) * tall + 0.3
    figure = style.new_figure(width, height, images=True)
    grid = style.cells(figure, len(maps), across)
    for axes, image, heat, title, box in zip(grid, pixels, maps, titles, boxes, strict=True):
        bound = _overlay(axes, image, heat).norm.vmax
        text = f"{title}\n\N{PLUS-MINUS SIGN} {bound:.3g}"
        axes.set_title(text, fontsize=style.fitting(text.split("\n"), cell), color=style.INK)
        if box is not None:
            axes.add_patch(frame(box, style.colour(2)))
    # The bar has the ends of every map's own scale.
    bar = figure.colorbar(ScalarMappable(Normalize(-1, 1), "RdBu_r"), ax=grid, aspect=30)
    bar.set_ticks([-1, 0, 1], labels=["\N{MINUS SIGN}", "0", "+"])
    bar.set_label(label, fontsize=style.TEXT, color=style.INK)
    bar.ax.tick_params(labelsize=style.SMALL)
    if framed := [box for box in boxes if box is not None]:
        style.legend_below(figure, [frame(framed[0], style.colour(2), label=box_label)])
    return figure


def _overlay(axes: Axes, image: np.ndarray, heat: np.ndarray) -> ScalarMappable:
    """Draws a map over its bleached image; returns its colours, symmetric around 0."""
    bound = float(np.abs(heat).max()) or 1.0
    axes.imshow(_PALE + (1 - _PALE) * image.mean(axis=2), cmap="gray", vmin=0, vmax=1)
    colours = ScalarMappable(Normalize(-bound, bound), "RdBu_r")
    axes.imshow(colours.to_rgba(heat, alpha=0.1 + 0.8 * np.abs(heat) / bound))
    axes.set_axis_off()
    return colours
