"""Part of study 2.1: looking for a batch of units' images, saving them, and having them judged."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import softmax

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.datasets.eight_bit import write_picture
from tfnets.files import inside
from tfnets.inputs import objectives
from tfnets.inputs.maximize import Maximized, maximize
from tfnets.inputs.recipes import Recipe
from tfnets.models.trained.networks import Network

ROWS = 40
"""Rows that history.csv gets of one optimisation."""

SHOWN = 224
"""Pixels that an animation is enlarged to, about."""

BLOCKS = 7
"""Blocks per side in which an image's contrast is looked at."""


@dataclass(frozen=True)
class Unit:
    """A unit whose image is looked for.

    Attributes:
        label: What the page calls it.
        objective: What is maximised.
        index: The class, or None for an inner unit.
    """

    label: str
    objective: objectives.Objective
    index: int | None = None


@dataclass(frozen=True)
class Search:
    """One batch of images.

    Attributes:
        recipe: How they are looked for.
        units: Whose images.
        frames: Frames of the animation of the first one, or 0.
    """

    recipe: Recipe
    units: Sequence[Unit]
    frames: int = 0


def look_for(run: Run, name: str, judges: Mapping[str, Network], search: Search) -> dict[str, Any]:
    """Looks for one batch of images, saves them, and has them judged.

    Args:
        run: Gets NAME.npy, a PNG file per image, history rows, and NAME.gif if frames are wanted.
        name: Name of the batch.
        judges: `network`, which the images are made with, and perhaps `second`.
        search: What is looked for.

    Returns:
        The steps, and for each unit its score, what the judges say and what the image is like.
    """
    found = maximize(
        judges["network"].model,
        [unit.objective for unit in search.units],
        search.recipe,
        seed=run.config.seed,
        frames=search.frames,
    )
    _save(run, name, search, found)
    rows = {
        unit.label: {"score": float(score), **_judged(judges, unit, image), **_look(image)}
        for unit, score, image in zip(search.units, found.scores, found.images, strict=True)
    }
    return {"steps": search.recipe.steps, "units": rows}


def _save(run: Run, name: str, search: Search, found: Maximized) -> None:
    """Writes the images, the animation of the first one, and the history."""
    run.save_array(name, found.images)
    for unit, image in zip(search.units, found.images, strict=True):
        slug = re.sub(r"\W+", "-", unit.label).strip("-")
        write_picture(inside(run.path, f"{name}-{slug}.png"), image)
    if search.frames:
        film = found.frames[:, 0]
        enlarged = max(1, round(SHOWN / film.shape[2]))
        path = inside(run.path, f"{name}.gif")
        figures.save_gif(film, path, seconds_per_frame=0.1, scale=enlarged)
    labels = [unit.label for unit in search.units]
    steps = len(found.history)
    for step in sorted({*range(1, steps + 1, max(1, steps // ROWS)), steps}):
        values = dict(zip(labels, found.history[step - 1], strict=True))
        run.log(name, step, values)


def _judged(judges: Mapping[str, Network], unit: Unit, image: np.ndarray) -> dict[str, Any]:
    """Probability of the unit's class, and whether it is the likeliest, for each judge."""
    if unit.index is None:
        return {}
    numbers: dict[str, Any] = {}
    for role, judge in judges.items():
        picture = image if role == "network" else judge.prepare(image)
        probabilities = softmax(judge.model(picture[None], training=False).numpy()[0])
        numbers[f"{role}_p"] = float(probabilities[unit.index])
        numbers[f"{role}_first"] = bool(probabilities.argmax() == unit.index)
    return numbers


def _look(image: np.ndarray) -> dict[str, float]:
    """How rough an image is, and over how much of it its contrast is spread."""
    rough = [np.abs(np.diff(image, axis=axis)).mean() for axis in (0, 1)]
    blocks = [
        block.std()
        for row in np.array_split(image, BLOCKS, axis=0)
        for block in np.array_split(row, BLOCKS, axis=1)
    ]
    spread = np.mean(np.array(blocks) >= 0.1 * max(blocks))
    return {"roughness": float(np.mean(rough)), "spread": float(spread)}
