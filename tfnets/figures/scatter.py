"""Points in the plane, coloured by class."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from tfnets.figures import checks, style
from tfnets.figures.apart import apart

_PLOT = 2.7  # inches of a panel that its points take, about; a single scatter has more


def scatter(
    points: ArrayLike, labels: ArrayLike, class_names: Sequence[str], *, title: str = ""
) -> Figure:
    """Draws points (n, 2) coloured by their class indices (n,), as `scatter_panels` does."""
    return scatter_panels({title: (points, labels)}, class_names)


def scatter_panels(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike]],
    class_names: Sequence[str],
    *,
    xlabel: str = "component 1",
    ylabel: str = "component 2",
) -> Figure:
    """Draws one scatter per panel, side by side, each class named at its centroid.

    Args:
        panels: For each title finite points (n, 2) and their class indices (n,). Axes are not
            shared, because the panels are different spaces.
        class_names: At most ten names; the legend is right of the last panel.
        xlabel: What the first coordinate is.
        ylabel: What the second coordinate is.
    """
    if not panels:
        raise ValueError("panels must hold at least one scatter, but is empty.")
    if not 1 <= len(class_names) <= len(style.PALETTE):
        raise ValueError(
            f"class_names must have 1 to {len(style.PALETTE)} names, the number of colours "
            f"that can be told apart, but has {len(class_names)}."
        )
    count = len(panels)
    width = style.WIDTH if count == 1 else max(style.WIDTH, 0.8 + 3.2 * count)
    figure = style.new_figure(width, 5.4 if count == 1 else 0.6 + (width - 0.8) / count)
    row = style.subplots(figure, count)
    for axes, (title, (points, labels)) in zip(row, panels.items(), strict=True):
        points, labels = checks.points(points), checks.class_labels(labels, class_names)
        checks.same_length("labels", len(labels), len(points))
        _dots(axes, points, labels)
        _name_centroids(axes, points, labels, class_names)
        style.dress(axes, xlabel=xlabel, ylabel=ylabel if axes is row[0] else "", title=title)
    look = {"fontsize": style.SMALL, "frameon": False, "handletextpad": 0.2}
    markers = [_marker(i, name) for i, name in enumerate(class_names)]
    figure.legend(handles=markers, loc="outside right center", **look)
    return figure


def _dots(axes: Axes, points: np.ndarray, labels: np.ndarray) -> None:
    # In a fixed random order, so that the last class does not cover the others.
    order = np.random.default_rng(0).permutation(len(points))
    colours = np.array(style.PALETTE)[labels[order]]
    crowd = np.sqrt(len(points) / 1000)
    size, alpha = float(np.clip(18 / crowd, 6, 30)), float(np.clip(0.75 / crowd, 0.45, 0.9))
    look = {"linewidths": 0, "rasterized": True, "alpha": alpha}
    axes.scatter(*points[order].T, c=colours, s=size, **look)


def _name_centroids(
    axes: Axes, points: np.ndarray, labels: np.ndarray, class_names: Sequence[str]
) -> None:
    present = np.unique(labels)
    texts = [class_names[index] for index in present]
    inch = np.maximum(np.ptp(points, axis=0), 1e-9) / _PLOT  # in units of x and y
    sizes = [(style.inches(text, style.TITLE) * 1.15, style.TITLE * 1.15 / 72) for text in texts]
    centroids = np.array([points[labels == index].mean(axis=0) for index in present])
    look = {"fontsize": style.TITLE, "fontweight": "bold", "ha": "center", "va": "center"}
    halo = [patheffects.withStroke(linewidth=3, foreground="white")]
    for text, place in zip(texts, apart(centroids / inch, np.array(sizes)) * inch, strict=True):
        axes.text(*place, text, color=style.INK, path_effects=halo, **look)


def _marker(index: int, name: str) -> Line2D:
    look = {"marker": "o", "markersize": 7, "color": style.colour(index)}
    return Line2D([], [], linestyle="", label=name, **look)
