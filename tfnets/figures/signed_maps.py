"""Several signed maps, each over its image."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from tfnets.figures import checks, style
from tfnets.figures.boxes import BoxLike

_PALE = 0.6  # the darkest grey of the bleached images


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
    """Draws maps over their bleached images, red above 0 and blue below, white at 0.

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

    Returns:
        The figure.

    Raises:
        ValueError: Wrong images, maps of another shape or with values that are not finite, or
            lists of other lengths.
    """
    pixels = checks.images(images)
    maps = np.asarray(heats, float)
    if maps.shape != pixels.shape[:3] or not np.all(np.isfinite(maps)):
        raise ValueError(
            f"heats must be finite and of the images' shape {pixels.shape[:3]}, not {maps.shape}."
        )
    frames = [None] * len(maps) if boxes is None else list(boxes)
    checks.same_length("titles", len(titles), len(maps))
    checks.same_length("boxes", len(frames), len(maps))
    across = min(columns, len(maps))
    rows = -(-len(maps) // across)
    cell = (style.WIDTH - 0.9) / max(across, 2)
    height = rows * (cell * pixels.shape[1] / pixels.shape[2] + 0.5) + 0.3
    figure = style.new_figure(min(style.WIDTH, cell * across + 0.9), height, images=True)
    grid = figure.subplots(rows, across, squeeze=False)
    for axes, image, heat, title, box in zip(grid.flat, pixels, maps, titles, frames, strict=False):
        _draw(axes, image, heat, title, cell)
        if box is not None:
            axes.add_patch(_frame(box))
    for axes in grid.flat[len(maps) :]:
        axes.remove()
    _explain(figure, list(grid.flat[: len(maps)]), label)
    if any(box is not None for box in frames):
        style.legend_below(figure, [_frame(next(b for b in frames if b is not None), box_label)])
    return figure


def _draw(axes: Axes, image: np.ndarray, heat: np.ndarray, title: str, cell: float) -> None:
    bound = float(np.abs(heat).max()) or 1.0
    axes.imshow(_PALE + (1 - _PALE) * image.mean(axis=2), cmap="gray", vmin=0, vmax=1)
    colours = ScalarMappable(Normalize(-bound, bound), "RdBu_r")
    axes.imshow(colours.to_rgba(heat, alpha=0.1 + 0.8 * np.abs(heat) / bound))
    text = f"{title}\n\N{PLUS-MINUS SIGN} {bound:.3g}"
    axes.set_title(text, fontsize=style.fitting(text.split("\n"), cell), color=style.INK)
    axes.set_axis_off()


def _explain(figure: Figure, panels: list[Axes], label: str) -> None:
    """A colour bar that has the ends of every map's own scale."""
    bar = figure.colorbar(ScalarMappable(Normalize(-1, 1), "RdBu_r"), ax=panels, aspect=30)
    bar.set_ticks([-1, 0, 1], labels=["\N{MINUS SIGN}", "0", "+"])
    bar.set_label(label, fontsize=style.TEXT, color=style.INK)
    bar.ax.tick_params(labelsize=style.SMALL)


def _frame(box: BoxLike, label: str = "") -> Rectangle:
    return Rectangle(
        (box.left - 0.5, box.top - 0.5), box.right - box.left, box.bottom - box.top, fill=False,
        edgecolor=style.colour(2), linewidth=1.6, label=label,
    )  # fmt: skip
