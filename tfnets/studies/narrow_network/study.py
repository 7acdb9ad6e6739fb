"""Study 6.3: a shallow ReLU network as a deep one, three neurons wide.

Question: can a network with one hidden layer be rewritten as a deep one of three neurons per layer,
for which inputs are the two equal, and how wide must it be for d inputs?

Origin: a theory question. f(x) = sum of a_i relu(w_i x + b_i) is a deep network whose three
neurons pass x on, collect the positive terms, and collect the negative ones; the output is their
difference. No number was given.

Here: shallow networks are fitted to a curve and to a surface (random ReLU features, coefficients by
least squares), rewritten by `tfnets.theory.narrow`, and compared on a dense grid: in float32, as
networks are used, and in float64, which shows that what differs is rounding. With one input they
are equal from the interval's left end on; left of it the deep network is constant, because x
passes through ReLU. For d inputs the width is d + 2, and they are equal in a box.

Command: `tfnets run narrow_network --scale full` (a few minutes on 2 cores).
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import keras
import numpy as np

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.studies.narrow_network import page
from tfnets.studies.narrow_network.settings import SCALES, Settings
from tfnets.theory.narrow import Shallow, narrow, narrow_error

__all__ = ["SCALES", "Settings", "run"]


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Fits, rewrites and compares networks of one, two and more inputs, writes the report."""
    del lab.data_dir
    rows = {}
    for size in settings.neurons:
        rows[f"curve-{size}"] = _repeated(run, settings, f"curve-{size}", curve, size, 1)
    rows["surface"] = _repeated(run, settings, "surface", surface, settings.plane_neurons, 2)
    for inputs in settings.inputs:
        name, size = f"random-{inputs}", settings.random_neurons
        rows[name] = _repeated(run, settings, name, None, size, inputs)
    page.draw(run, settings, {"curve": curve, "surface": surface})
    numbers = {name: _summary(repeats) for name, repeats in rows.items()}
    run.finish(numbers, page.report(settings, rows, numbers).as_json())


def curve(x: np.ndarray) -> np.ndarray:
    """The function of one number that is fitted: points (n, 1) in [0, 1] -> values (n,)."""
    return np.sin(2 * np.pi * x[:, 0] * (0.5 + x[:, 0])) * (1.2 - x[:, 0])


def surface(x: np.ndarray) -> np.ndarray:
    """The function of two numbers that is fitted: points (n, 2) in [0, 1] -> values (n,)."""
    return np.sin(2 * np.pi * x[:, 0]) * np.cos(np.pi * x[:, 1]) + x[:, 1]


Target = Callable[[np.ndarray], np.ndarray]


def fitted(target: Target, size: int, inputs: int, settings: Settings, seed: int) -> Shallow:
    """Fits a shallow network to a function on the box by least squares.

    Hidden weights are random directions of length 1 over the box's side, each bending at a random
    place in the box; only the coefficients and the offset are fitted.

    Args:
        target: Function on the unit box, stretched to the settings' box.
        size: Number of neurons.
        inputs: Number of inputs d.
        settings: The box.
        seed: Seed of directions and places.
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


def _repeated(
    run: Run, settings: Settings, name: str, target: Target | None, size: int, inputs: int
) -> list[dict[str, float]]:
    seeds = range(run.config.seed, run.config.seed + settings.repeats)
    return [
        run.part(
            f"{name}-{seed}",
            partial(_measure, run, settings, f"{name}-{seed}", target, size, inputs, seed),
        )
        for seed in seeds
    ]


def _measure(
    run: Run,
    settings: Settings,
    part: str,
    target: Target | None,
    size: int,
    inputs: int,
    seed: int,
) -> dict[str, float]:
    """Makes one shallow network, rewrites it, and compares the two inside and outside."""
    function = random(size, inputs, seed)
    if target is not None:
        function = fitted(target, size, inputs, settings, seed)
    interval = settings.low, settings.high
    wide = shallow_model(function)
    deep = narrow(wide, interval)
    if seed == run.config.seed:
        run.save_model(f"{part}_shallow", wide)
        run.save_model(f"{part}_narrow", deep)
    points, side = grid(settings, inputs, seed), settings.high - settings.low
    exact = replace(function, dtype="float64")
    hidden = deep.layers[1:-1]
    return {
        "inputs": inputs,
        "neurons": size,
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


def _fit_error(
    target: Target | None, function: Shallow, points: np.ndarray, settings: Settings
) -> float:
    """Root mean square distance of the shallow network from its target; 0 without one."""
    if target is None:
        return 0.0
    values = target((points - settings.low) / (settings.high - settings.low))
    return float(np.sqrt(np.mean((function(points)[:, 0] - values) ** 2)))


def _summary(repeats: list[dict[str, float]]) -> dict[str, float]:
    """The worst error of all repetitions, the mean fit; sizes are the same in all of them."""
    columns = {key: [row[key] for row in repeats] for key in repeats[0]}
    worst = {key: max(values) for key, values in columns.items()}
    return worst | {"fit_error": float(np.mean(columns["fit_error"])), "seeds": len(repeats)}
