"""Study 6.3: a shallow ReLU network as a deep one, three neurons wide.

Question: can a network with one hidden layer be rewritten as a deep one of three neurons per layer,
for which inputs are the two equal, and how wide must it be for d inputs?

Origin (answered): f(x) = sum of a_i relu(w_i x + b_i) is a deep network whose three neurons pass x
on, collect the positive terms, and collect the negative ones; the output is their difference. For
which inputs, and how wide for d of them, is ours.

Here: shallow networks are fitted to a curve and to a surface (random ReLU features, coefficients by
least squares), rewritten by `tfnets.theory.narrow`, and compared on a dense grid: in float32, as
networks are used, and in float64, which shows that what differs is rounding. With one input they
are equal from the interval's left end on; left of it the deep network is constant, because x
passes through ReLU. For d inputs the width is d + 2, and they are equal in a box.

Command: `tfnets run narrow_network --scale full` (a few minutes on 2 cores).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.lab.trial import Measurement
from tfnets.studies.narrow_network import page
from tfnets.studies.narrow_network.settings import SCALES, Settings
from tfnets.theory.narrow import Shallow, narrow, narrow_error, read

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Fits, rewrites and compares networks of one, two and more inputs, writes the report."""
    networks = {f"curve-{size}": (size, 1) for size in settings.neurons}
    networks["surface"] = (settings.plane_neurons, 2)
    networks |= {f"random-{n}": (settings.random_neurons, n) for n in settings.inputs}
    seeds = run.seeds(settings.repeats)
    pairs = {
        name: [Comparison(settings, name, seed, *sizes) for seed in seeds]
        for name, sizes in networks.items()
    }
    lab.run(run, [each for repeats in pairs.values() for each in repeats])
    rows = {name: [each.result(run) for each in repeats] for name, repeats in pairs.items()}
    numbers = {name: summary(repeats) for name, repeats in rows.items()}
    run.finish(numbers, page.write(run, settings, rows, numbers))


def summary(repeats: list[dict[str, float]]) -> dict[str, float]:
    """The worst error of all repetitions, the mean fit; sizes are the same in all of them."""
    columns = {key: [row[key] for row in repeats] for key in repeats[0]}
    worst = {key: max(values) for key, values in columns.items()}
    return worst | {"fit_error": float(np.mean(columns["fit_error"])), "seeds": len(repeats)}


def curve(x: np.ndarray) -> np.ndarray:
    """The function of one number that is fitted: points (n, 1) in [0, 1] -> values (n,)."""
    return np.sin(2 * np.pi * x[:, 0] * (0.5 + x[:, 0])) * (1.2 - x[:, 0])


def surface(x: np.ndarray) -> np.ndarray:
    """The function of two numbers that is fitted: points (n, 2) in [0, 1] -> values (n,)."""
    return np.sin(2 * np.pi * x[:, 0]) * np.cos(np.pi * x[:, 1]) + x[:, 1]


TARGETS = {"curve": curve, "surface": surface}
"""What is fitted, by the first word of a network's name; others have random weights."""

Target = Callable[[np.ndarray], np.ndarray]


def fitted(target: Target, size: int, inputs: int, settings: Settings, seed: int) -> Shallow:
    """Fits a shallow network of `size` neurons to a function on the box by least squares.

    The function is one on the unit box, stretched to the settings' box. Hidden weights are random
    directions of length 1 over the box's side, each bending at a random place in the box; only the
    coefficients and the offset are fitted.
    """
    rng = np.random.default_rng(seed)
    side = settings.high - settings.low
    weights = rng.standard_normal((inputs, size))
    weights /= np.linalg.norm(weights, axis=0) * side
    places = rng.uniform(settings.low, settings.high, (size, inputs))
    biases = -np.sum(places.T * weights, axis=0)
    x = rng.uniform(settings.low, settings.high, (max(2000, 10 * size), inputs))
    terms = np.maximum(x @ weights + biases, 0)
    features = np.concatenate([terms, np.ones((len(x), 1))], axis=1)
    # Directions that the data hardly determine are left out: huge coefficients that cancel each
    # other would make any two float32 networks differ.
    found = np.linalg.lstsq(features, target((x - settings.low) / side), rcond=1e-4)[0]
    return Shallow(weights, biases, found[:-1, None], found[-1:])


def random(size: int, inputs: int, seed: int) -> Shallow:
    """A shallow network with normal weights, scaled to values of about 1."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((inputs, size)) / np.sqrt(inputs)
    coefficients = rng.standard_normal((size, 1)) / np.sqrt(size)
    return Shallow(weights, rng.standard_normal(size), coefficients, np.zeros(1))


def shallow_model(function: Shallow) -> keras.Model:
    """The same function as a Keras model: Dense `terms` with ReLU, Dense `sum`."""
    inputs, size = function.weights.shape
    x = keras.Input((inputs,), name="x")
    hidden = keras.layers.Dense(size, "relu", kernel_initializer="zeros", name="terms")
    total = keras.layers.Dense(1, kernel_initializer="zeros", name="sum")
    model = keras.Model(x, total(hidden(x)), name="shallow")
    hidden.set_weights([function.weights, function.biases])
    total.set_weights([function.coefficients, function.offset])
    return model


def grid(settings: Settings, inputs: int, seed: int) -> np.ndarray:
    """Points (n, d) of the box: evenly spaced for one input, else random and all corners of it."""
    low, high = settings.low, settings.high
    if inputs == 1:
        return np.linspace(low, high, settings.points)[:, None]
    rng = np.random.default_rng(seed)
    points = rng.uniform(low, high, (settings.points, inputs))
    corners = np.where(rng.random((64, inputs)) < 0.5, low, high)
    return np.concatenate([points, corners, np.full((1, inputs), low), np.full((1, inputs), high)])


@final
@dataclass(frozen=True)
class Comparison(Measurement):
    """One shallow network, rewritten, and compared with its rewritten form inside and outside.

    Of the run's first seed it leaves both models, and what they give on the points that are drawn.
    """

    settings: Settings
    size: int  # number of neurons
    inputs: int

    def measure(self) -> dict[str, float]:
        """Makes the network, rewrites it, and compares."""
        settings, inputs = self.settings, self.inputs
        target = TARGETS.get(self.variant.split("-")[0])
        if target is None:
            function = random(self.size, inputs, self.seed)
        else:
            function = fitted(target, self.size, inputs, settings, self.seed)
        interval = settings.low, settings.high
        wide = shallow_model(function)
        deep = narrow(wide, interval)
        if self.seed == self.run.config.seed:
            self._keep(wide, deep)
        points, side = grid(settings, inputs, self.seed), settings.high - settings.low
        exact = replace(function, dtype="float64")
        hidden = deep.layers[1:-1]
        return {
            "inputs": inputs,
            "neurons": self.size,
            "width": max(layer.units for layer in hidden),
            "hidden_layers": len(hidden),
            "parameters_shallow": wide.count_params(),
            "parameters_narrow": deep.count_params(),
            "error_float32": narrow_error(deep, wide, points),
            "error_float64": narrow_error(narrow(exact, interval), exact, points),
            "error_left": narrow_error(deep, wide, points - side),
            "error_right": narrow_error(deep, wide, points + side),
            "fit_error": _fit_error(target, function, points, settings),
        }

    def _keep(self, wide: keras.Model, deep: keras.Model) -> None:
        self.run.save_model(f"{self.key}_shallow", wide)
        self.run.save_model(f"{self.key}_narrow", deep)
        kind = self.variant.split("-")[0]
        if kind not in TARGETS:
            return
        settings = self.settings
        exact = settings.plane() if kind == "surface" else settings.around()[:, None]
        points, function = exact.astype(np.float32), read(wide)
        values, made = function(points)[:, 0], np.asarray(deep(points))[:, 0]
        kept = {"narrow": made, "gap": np.abs(made - values) / np.abs(values).max()}
        if kind == "surface":
            kept["shallow"] = function(exact)[:, 0]
        else:
            unit = _unit(settings, exact[:, 0])
            kept["shallow"] = np.asarray(wide(points))[:, 0]
            kept["target"] = curve(unit[(unit >= 0) & (unit <= 1), None])
        for name, array in kept.items():
            self.run.save_array(f"samples/{self.variant}-{name}", array)


def _unit(settings: Settings, points: np.ndarray) -> np.ndarray:
    """Points of the box, as such of the unit box."""
    return (points - settings.low) / (settings.high - settings.low)


def _fit_error(
    target: Target | None, function: Shallow, points: np.ndarray, settings: Settings
) -> float:
    """Root mean square distance of the shallow network from its target; 0 without one."""
    if target is None:
        return 0.0
    values = target(_unit(settings, points))
    return float(np.sqrt(np.mean((function(points)[:, 0] - values) ** 2)))
