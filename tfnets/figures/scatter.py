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
    points: ArrayLike,
    labels: ArrayLike,
    class_names: Sequence[str],
    *,
    title: str = "",
    xlabel: str = "component 1",
    ylabel: str = "component 2",
) -> Figure:
    """Draws points coloured by class, each class named at its centroid.

    Args:
        points: Shape (n, 2), finite.
        labels: Class indices into `class_names`, shape (n,).
        class_names: At most ten names.
        title: Stands above the axes.
        xlabel: What the first coordinate is.
        ylabel: What the second coordinate is.

    Returns:
        The figure, with the legend right of the axes.

    Raises:
        ValueError: Another shape, a value that is not finite, a label without a name, more than
            ten classes.
    """
    return scatter_panels({title: (points, labels)}, class_names, xlabel=xlabel, ylabel=ylabel)


def scatter_panels(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike]],
    class_names: Sequence[str],
    *,
    xlabel: str = "component 1",
    ylabel: str = "component 2",
) -> Figure:
    """Draws one scatter per panel, side by side, with one legend.

    Args:
        panels: Each title and its (points, labels), as in `scatter`. Axes are not shared, because
            the panels are different spaces.
        class_names: At most ten names.
        xlabel: What the first coordinate is.
        ylabel: What the second coordinate is.

    Returns:
        The figure, with the legend right of the last panel.

    Raises:
        ValueError: No panel, or what `scatter` refuses.
    """
    if not panels:
        raise ValueError("panels must hold at least one scatter, but is empty.")
    if not 1 <= len(class_names) <= len(style.PALETTE):
        raise ValueError(
            f"class_names must have 1 to {len(style.PALETTE)} names, the number of colours "
            f"that can be told apart, but has {len(class_names)}."
        )
    figure = _canvas(len(panels))
    every = style.subplots(figure, len(panels))
    for index, (axes, (title, (points, labels))) in enumerate(
        zip(every, panels.items(), strict=True)
    ):
        points, labels = _checked(points, labels, class_names)
        _dots(axes, points, labels)
        _name_centroids(axes, points, labels, class_names)
        style.dress(axes, xlabel=xlabel, ylabel=ylabel if index == 0 else "", title=title)
    figure.legend(
        handles=[_marker(i, name) for i, name in enumerate(class_names)],
        loc="outside right center",
        fontsize=style.SMALL,
        frameon=False,
        handletextpad=0.2,
    )
    return figure


def _canvas(panels: int) -> Figure:
    if panels == 1:
        return style.new_figure(style.WIDTH, 5.4)
    width = max(style.WIDTH, 0.8 + 3.2 * panels)
    return style.new_figure(width, 0.6 + (width - 0.8) / panels)


def _checked(
    points: ArrayLike, labels: ArrayLike, class_names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    points = np.asarray(points, float)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        raise ValueError(f"points must have the shape (n, 2) with n >= 1, not {points.shape}.")
    if not np.all(np.isfinite(points)):
        raise ValueError("points must be finite, but some are NaN or infinite.")
    labels = checks.class_labels(labels, class_names)
    checks.same_length("labels", len(labels), len(points))
    return points, labels


def _dots(axes: Axes, points: np.ndarray, labels: np.ndarray) -> None:
    # In a fixed random order, so that the last class does not cover the others.
    order = np.random.default_rng(0).permutation(len(points))
    colours = np.array(style.PALETTE)[labels[order]]
    crowd = len(points) / 1000
    axes.scatter(
        *points[order].T,
        c=colours,
        s=float(np.clip(18 / np.sqrt(crowd), 6, 30)),
        alpha=float(np.clip(0.75 / np.sqrt(crowd), 0.45, 0.9)),
        linewidths=0,
        rasterized=True,
    )


def _name_centroids(
    axes: Axes, points: np.ndarray, labels: np.ndarray, class_names: Sequence[str]
) -> None:
    halo = [patheffects.withStroke(linewidth=3, foreground="white")]
    present = np.unique(labels)
    texts = [class_names[index] for index in present]
    inch = np.maximum(np.ptp(points, axis=0), 1e-9) / _PLOT  # in units of x and y
    sizes = [(style.inches(text, style.TITLE) * 1.15, style.TITLE * 1.15 / 72) for text in texts]
    centroids = np.array([points[labels == index].mean(axis=0) for index in present])
    for text, place in zip(texts, apart(centroids / inch, np.array(sizes)) * inch, strict=True):
        axes.text(
            *place,
            text,
            fontsize=style.TITLE,
            fontweight="bold",
            color=style.INK,
            ha="center",
            va="center",
            path_effects=halo,
        )


def _marker(index: int, name: str) -> Line2D:
    return Line2D(
        [], [], linestyle="", marker="o", markersize=7, color=style.colour(index), label=name
    )
