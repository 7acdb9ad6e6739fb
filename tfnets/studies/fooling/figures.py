"""Figures of study 2.3."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.datasets import pictures
from tfnets.figures import style

ORIGIN_AFTER = 0.977706
"""The report's p(mink) of its new image; p(jellyfish) of its photograph was 0.583915."""

LABELS = {
    "origin": "the report's loss",
    "signed_gradient": "signed gradient",
    "momentum": "with momentum",
    "pgd_l2": "projected, L2",
    "carlini_wagner": "Carlini-Wagner",
    "eight_bit": "8-bit, fewest values",
    "eight_bit_pixels": "8-bit, fewest pixels",
}
ANIMATED = ("eight_bit", "eight_bit_pixels", "signed_gradient")
LEAST_FACTOR = 10


def animate(run: Run, original: np.ndarray, frames: np.ndarray) -> None:
    """Saves an attack's course as course.gif: the picture and its enlarged difference.

    The original is (height, width, channels), frames are (time, height, width, channels).
    """
    factor, scale = amplification(frames[-1], original), max(1, 224 // original.shape[0])
    shown = [np.concatenate([f, difference(f, original, factor)], axis=1) for f in frames]
    film = np.stack(shown).astype(np.float32)
    figures.save_gif(film, run.path / "course.gif", seconds_per_frame=0.25, scale=scale)


def animated(names: Sequence[str]) -> str:
    """The attack of which the animation is."""
    return next((name for name in ANIMATED if name in names), names[-1])


def amplification(image: np.ndarray, original: np.ndarray) -> int:
    """How many times a difference is enlarged: 10, or more where that would not be seen."""
    largest = np.abs(image - original).max()
    return max(LEAST_FACTOR, int(0.5 / largest)) if largest > 0 else LEAST_FACTOR


def difference(image: np.ndarray, original: np.ndarray, factor: int) -> np.ndarray:
    """The enlarged difference as an image: grey is no change."""
    return np.clip(0.5 + factor * (image - original), 0, 1)


def _read(run: Run, name: str) -> np.ndarray:
    return pictures.read_picture(run.path / f"{name}.png").pixels


def sheet(run: Run, numbers: dict[str, Any]) -> Figure:
    """The photograph beside each new picture and the enlarged difference."""
    rows, original = numbers["attacks"], _read(run, "original")
    height = 1.9 * original.shape[0] / original.shape[1] + 0.35
    figure = style.new_figure(style.WIDTH, height * len(rows) + 0.2, images=True)
    grid = figure.subplots(len(rows), 3, squeeze=False)
    for axes, (name, row) in zip(grid, rows.items(), strict=True):
        new = _read(run, f"fooling_{name}")
        factor = amplification(new, original)
        _show(axes[0], original, f"{numbers['source']}: p = {row['p_source_before']:.3f}")
        _show(axes[1], new, f"{numbers['target']}: p = {row['p_target_after_png']:.3f}")
        _show(axes[2], difference(new, original, factor), f"difference x {factor}")
        axes[0].set_ylabel(LABELS[name], fontsize=style.TEXT, color=style.INK)
    return figure


def _show(axes: Axes, image: np.ndarray, title: str) -> None:
    axes.imshow(image, cmap="gray", vmin=0, vmax=1)
    axes.set_title(title, fontsize=style.TEXT, color=style.INK)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def course(run: Run, numbers: dict[str, Any]) -> Figure:
    """p(target) against gradient steps."""
    lines = {}
    for name in numbers["attacks"]:
        own = [row for row in run.history if row["part"] == name]
        lines[LABELS[name]] = [r["epoch"] for r in own], [r["p_target"] for r in own]
    origin, ylabel = (ORIGIN_AFTER, f"origin\n{ORIGIN_AFTER}"), f"p({numbers['target']})"
    figure = figures.curves(lines, xlabel="gradient step", ylabel=ylabel, reference=origin)
    axes = figure.axes[0]
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.set_ylim(-0.02, 1.02)
    return figure
