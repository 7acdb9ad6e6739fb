"""Part of study 2.1: looking for a batch of units' images, saving them, and having them judged."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from scipy.special import softmax

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.datasets.eight_bit import write_picture
from tfnets.files import inside
from tfnets.inputs import objectives
from tfnets.inputs.maximize import Maximized, maximize
from tfnets.inputs.recipes import ORIGIN, Recipe, gentle, strong
from tfnets.lab.trial import DataStore, Measurement
from tfnets.models.trained.networks import Network
from tfnets.studies.neuron_images.fields import second_convolution
from tfnets.studies.neuron_images.settings import Settings, ablation

ROWS = 40  # rows that history.csv gets of one optimisation
SHOWN = 224  # pixels that an animation is enlarged to, about
REACHED = 0.9  # probability below which a class's image is looked for again
BLOCKS = 7  # blocks per side in which an image's contrast is looked at


@dataclass(frozen=True)
class Unit:
    """A unit whose image is looked for."""

    label: str  # what the page calls it
    objective: objectives.Objective
    index: int | None = None  # the class, or None for an inner unit


@dataclass(frozen=True)
class Plan:
    """How one batch of images is looked for."""

    recipe: Recipe
    units: Sequence[Unit]
    frames: int = 0  # of the animation of the first one


def units(network: Network, settings: Settings) -> list[Unit]:
    """The one unit that was asked for, else the classes, else a few channels.

    Raises:
        InputError: The network has no such unit.
    """
    if settings.unit:
        return [_unit(network, settings.unit)]
    if network.classes:
        return [_unit(network, text) for text in settings.classes]
    layer = second_convolution(network.model)
    return [_unit(network, f"{layer}:{number}") for number in range(8)]


def _unit(network: Network, text: str) -> Unit:
    if ":" in text:
        objective = objectives.parse(text)
        objectives.Scorer(network.model, [objective])  # Refuses what the model does not have.
        return Unit(text, objective)
    index = network.class_index(text)
    name = network.class_names[index] if network.class_names else "class"
    return Unit(f"{name} ({index})", objectives.class_logit(index), index)


def judges(store: DataStore, settings: Settings) -> dict[str, Network]:
    """The network, and a second judge if it knows the same classes."""
    network = store.network(settings.network)
    found = {"network": network}
    if settings.second and network.classes:
        second = store.network(settings.second)
        if (second.classes, second.class_names) == (network.classes, network.class_names):
            found["second"] = second
    return found


def plans(network: Network, settings: Settings) -> dict[str, Plan]:
    """All batches of images by name."""
    wanted, shape = units(network, settings), network.input_shape
    origin = replace(ORIGIN, steps=settings.origin_steps)
    scale = settings.fitted_factor / 1000 * origin.objective_scale
    rate, steps = settings.fitted_rate, settings.fitted_steps
    fitted = replace(origin, objective_scale=scale, learning_rate=rate, steps=steps)
    best = replace(strong(shape), steps=settings.steps)
    few = wanted[: settings.origin_classes]
    recipes = ablation(shape, settings.ablation_steps)
    return {
        "origin": Plan(origin, few),
        "fitted": Plan(fitted, few, settings.frames),
        "strong": Plan(best, wanted, settings.frames),
        **{f"only-{name}": Plan(recipes[name], wanted[:1]) for name in settings.ablation},
    }


@final
@dataclass(frozen=True)
class Search(Measurement):
    """One batch of images, looked for and judged; its variant is a key of `plans`.

    It leaves NAME.npy, a PNG file per image, history rows, and NAME.gif if frames are wanted.
    """

    settings: Settings
    named = "{variant}"

    @property
    def _strong(self) -> bool:
        return self.variant == "strong"

    def measure(self) -> dict[str, Any]:
        """Looks for the images, saves them, and has them judged."""
        asked = judges(self.store, self.settings)
        plan = plans(asked["network"], self.settings)[self.variant]
        what = asked["network"].model, [unit.objective for unit in plan.units], plan.recipe
        found = maximize(*what, seed=self.seed, frames=plan.frames, progress=False)
        gently = _look_again(asked["network"], plan, found, self.seed) if self._strong else []
        _save(self.run, self.variant, plan, found)
        rows = {
            unit.label: {"score": float(score), **_judged(asked, unit, image), **_look(image)}
            for unit, score, image in zip(plan.units, found.scores, found.images, strict=True)
        }
        for place in gently:
            rows[plan.units[place].label]["recipe"] = "gentle"
        return {"steps": plan.recipe.steps, "units": rows}


def _look_again(network: Network, plan: Plan, found: Maximized, seed: int) -> list[int]:
    """Looks gently for the classes that were not reached, and sets in what is better.

    The first recipe's numbers stay what they are where it reaches the class. Returns the places of
    the images that were replaced; their history is that of the log-probability.
    """
    classes = [unit.index for unit in plan.units]

    def chances(images: np.ndarray, indices: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        logits = network.model(images, training=False).numpy()
        places = np.arange(len(indices)), np.array(indices)
        return softmax(logits, axis=1)[places], logits[places]

    if None in classes:
        return []
    first, _ = chances(found.images, classes)
    missed = np.flatnonzero(first < REACHED)
    if not len(missed):
        return []
    indices = [classes[place] for place in missed]
    asked = [objectives.class_log_probability(index) for index in indices]
    recipe = replace(gentle(network.input_shape), steps=plan.recipe.steps)
    given = {"seed": seed, "frames": plan.frames, "progress": False}
    again = maximize(network.model, asked, recipe, **given)
    second, scores = chances(again.images, indices)
    better = np.flatnonzero(second > first[missed])
    for place, new in zip(missed[better], better, strict=True):
        found.images[place], found.scores[place] = again.images[new], scores[new]
        found.history[:, place], found.frames[:, place] = (
            again.history[:, new],
            again.frames[:, new],
        )
    return missed[better].tolist()


def _save(run: Run, name: str, plan: Plan, found: Maximized) -> None:
    """Writes the images, the animation of the first one, and the history."""
    run.save_array(name, found.images)
    for unit, image in zip(plan.units, found.images, strict=True):
        slug = re.sub(r"\W+", "-", unit.label).strip("-")
        write_picture(inside(run.path, f"{name}-{slug}.png"), image)
    if plan.frames:
        film, path = found.frames[:, 0], inside(run.path, f"{name}.gif")
        enlarged = max(1, round(SHOWN / film.shape[2]))
        figures.save_gif(film, path, seconds_per_frame=0.1, scale=enlarged)
    labels, steps = [unit.label for unit in plan.units], len(found.history)
    for step in sorted({*range(1, steps + 1, max(1, steps // ROWS)), steps}):
        run.log(name, step, dict(zip(labels, found.history[step - 1], strict=True)))


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
    rows = np.array_split(image, BLOCKS, axis=0)
    blocks = [block.std() for row in rows for block in np.array_split(row, BLOCKS, axis=1)]
    spread = np.mean(np.array(blocks) >= 0.1 * max(blocks))
    return {"roughness": float(np.mean(rough)), "spread": float(spread)}
