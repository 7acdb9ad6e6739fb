"""How often each class occurs."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from tfnets.figures import checks, style


def histogram(
    labels: Mapping[str, ArrayLike],
    class_names: Sequence[str],
    *,
    title: str = "",
    ylabel: str = "share of images",
) -> Figure:
    """Draws the share of each class, one bar per source (data, samples).

    Args:
        labels: For each name in the legend class indices of shape (n,); n may differ.
        class_names: The classes along the x axis.
        title: Stands above the axes.
        ylabel: What a share is of.

    Returns:
        The figure; a dashed line shows the uniform share.

    Raises:
        ValueError: No source, no class, or labels without a name.
    """
    if not labels or not class_names:
        raise ValueError("histogram needs at least one source of labels and one class.")
    figure = style.new_figure(style.WIDTH, 3.6)
    axes = style.subplots(figure, 1)[0]
    handles = []
    for index, (name, values) in enumerate(labels.items()):
        checked = checks.class_labels(values, class_names, f"the labels of {name!r}")
        shares = np.bincount(checked, minlength=len(class_names)) / len(checked)
        places = style.places(len(class_names), len(labels), index)
        hue = style.colour(index)
        axes.bar(places, shares, style.FILL / len(labels) * 0.94, color=hue)
        handles.append(Patch(color=hue, label=f"{name} (N = {len(checked):,})"))
    uniform = Line2D([], [], color=style.INK, linewidth=1, linestyle=(0, (4, 3)), label="uniform")
    axes.axhline(1 / len(class_names), color=style.INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.grid(axis="y", color=style.RULE, linewidth=0.7)
    style.dress(axes, ylabel=ylabel, title=title)
    style.name_groups(axes, class_names)
    style.legend_below(figure, [*handles, uniform])
    return figure
