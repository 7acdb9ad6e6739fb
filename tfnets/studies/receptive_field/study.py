"""Study 6.1: what a unit can see, and what a network costs.

Question: which pixels does a unit of a network depend on, and are several small kernels cheaper
than one large kernel that sees as much?

Origin (answered): four networks of one channel and one filter per layer, without padding: one 7x7
convolution; three 3x3; 5x5 then 3x3; four 3x3. Their fields are 7, 7, 7 and 9 pixels wide. On n x n
images, the first takes 49 (n-6)^2 multiplications; for the third, the report has 25 (n-4)^2 times 9
(n-6)^2. A larger stride enlarges the field, because neighbouring fields overlap less.

Correct: layers run one after the other, so their multiplications add: 25 (n-4)^2 + 9 (n-6)^2. The
third network has 34 weights, the first 49 (biases left out).

Here: fields are computed by walking back through the layers and compared, pixel for pixel, with
gradients: for the four networks, the CIFAR-10 network of study 1.1, and one with branches, strides,
dilation and a transposed convolution. Weights and multiplications are counted at many sizes.

Command: `tfnets run receptive_field --scale full` (seconds).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfnets.artifacts.run import Run
from tfnets.lab.engine import Lab
from tfnets.models import classifiers
from tfnets.models.blocks import initializer
from tfnets.studies.receptive_field import page
from tfnets.studies.receptive_field.settings import SCALES, SHOWN, SMALLEST, Settings
from tfnets.tracing import cost as costs
from tfnets.tracing import measured
from tfnets.tracing import receptive_field as fields

__all__ = ["SCALES", "Settings", "run"]


STACKS = {  # the report's networks: their kernels, from the image on
    "one_7x7": (7,),
    "three_3x3": (3, 3, 3),
    "5x5_then_3x3": (5, 3),
    "four_3x3": (3, 3, 3, 3),
}


def stack(kernels: tuple[int, ...], side: int, seed: int) -> keras.Model:
    """Square `valid` convolutions without bias or activation, one channel, one filter each."""
    image = keras.Input((side, side, 1), name="image")
    x = image
    for number, size in enumerate(kernels, start=1):
        name = f"conv{number}"
        kernel = initializer(seed, name)
        x = layers.Conv2D(1, size, use_bias=False, kernel_initializer=kernel, name=name)(x)
    return keras.Model(image, x, name="stack")


def branches(seed: int) -> keras.Model:
    """A 24 x 24 network whose units see a cross: strided, dilated and transposed, beside 1 x 11."""

    def conv(kind: type[layers.Layer], name: str, size: tuple[int, int], **settings: int) -> Any:
        kernel = initializer(seed, name)
        return kind(
            4, size, padding="same", activation="relu", kernel_initializer=kernel, name=name,
            **settings,
        )  # fmt: skip

    image = keras.Input((24, 24, 1), name="image")
    x = conv(layers.Conv2D, "halved", (3, 3), strides=2)(image)
    x = layers.MaxPooling2D(2, 1, padding="same", name="pool")(x)
    x = conv(layers.Conv2D, "dilated", (3, 1), dilation_rate=2)(x)
    x = conv(layers.Conv2DTranspose, "doubled", (3, 3), strides=2)(x)
    broad = conv(layers.Conv2D, "broad", (1, 11))(image)
    x = layers.Concatenate(name="cross")([x, broad])
    return keras.Model(image, conv(layers.Conv2D, "mixed", (1, 1))(x), name="branches")


def networks(settings: Settings, seed: int) -> dict[str, Callable[[], keras.Model]]:
    """The builders of all networks, by name."""
    builders = {name: partial(stack, sizes, settings.side, seed) for name, sizes in STACKS.items()}
    return builders | {
        "cifar10": partial(classifiers.two_convolutions, (12, 32), seed),
        "branches": partial(branches, seed),
    }


def run(run: Run, settings: Settings, lab: Lab) -> None:
    """Measures every network's fields, counts what the stacks cost, draws, reports."""
    del lab
    seen = {
        name: run.part(f"fields-{name}", partial(_fields, run, name, build, settings.units))
        for name, build in networks(settings, run.config.seed).items()
    }
    counted = {name: run.part(f"cost-{name}", partial(_costs, name, settings)) for name in STACKS}
    thrift = run.part("cheaper", cheaper_from)
    numbers = {"fields": seen, "stacks": counted, "cheaper_from": thrift}
    run.finish(numbers, page.write(run, numbers))


def _fields(run: Run, name: str, build: Callable[[], keras.Model], units: int) -> dict[str, Any]:
    """Every layer's field and cost, and how many measured units are as predicted."""
    model = build()
    run.save_model(name, model)
    _keep(run, name, model)
    found = fields.fields(model)
    rows = {}
    for row in costs.cost(model).rows:
        seen = found[row.name]
        rows[row.name] = {
            "kind": row.kind,
            "output": list(row.output),
            "field": [seen.height, seen.width],
            "stride": [float(stride) for stride in seen.stride],
            "offset": list(seen.offset),
            "weights": row.weights,
            "multiplications": row.multiplications,
            **_measured(model, row.name, _places(row.output, units, run.config.seed)),
        }
    return rows


def _keep(run: Run, name: str, model: keras.Model) -> None:
    """Keeps what the figure shows of the middle unit of one layer."""
    layer = SHOWN[name]
    height, width = model.get_layer(layer).output.shape[1:3]
    unit = (height // 2, width // 2)
    box = fields.unit_box(model, layer, unit)
    own = _own_gradient(model, layer, unit, run.config.seed)
    run.save_array(f"samples/{name}-own", own)
    run.save_array(f"samples/{name}-paths", measured.influence(model, layer, unit))
    run.save_array(f"samples/{name}-box", np.array([box.top, box.left, box.bottom, box.right]))


def _own_gradient(model: keras.Model, layer: str, unit: tuple[int, int], seed: int) -> np.ndarray:
    """Magnitude (height, width) of a unit's gradient in the network itself, on a random image."""
    image = tf.random.stateless_uniform((1, *model.input_shape[1:]), (seed, 0))
    part = keras.Model(model.input, model.get_layer(layer).output)
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = tf.reduce_sum(part(image)[:, unit[0], unit[1]])
    gradient = tape.gradient(value, image, unconnected_gradients="zero")
    return tf.reduce_sum(tf.abs(gradient), axis=(0, 3)).numpy()


def _places(output: tuple[int, ...], units: int, seed: int) -> list[tuple[int, int]]:
    height, width = output[:2] if len(output) == 3 else (1, 1)
    chosen = [(0, 0), (height // 2, width // 2), (height - 1, width - 1)][:units]
    others = np.random.default_rng(seed).integers((height, width), size=(units - len(chosen), 2))
    return list(dict.fromkeys(chosen + [tuple(map(int, place)) for place in others]))


def _measured(model: keras.Model, layer: str, places: list[tuple[int, int]]) -> dict[str, Any]:
    """Compares measured with predicted pixels; the largest measured field of the units."""
    maps = [measured.influence(model, layer, unit) > 0 for unit in places]
    predicted = [fields.unit_pixels(model, layer, unit) for unit in places]
    boxes = [measured.box_around(reached) for reached in maps]
    return {
        "units": len(places),
        "units_as_predicted": sum(map(np.array_equal, maps, predicted)),
        "measured": [max(box.height for box in boxes), max(box.width for box in boxes)],
    }


def _costs(name: str, settings: Settings) -> dict[str, Any]:
    """Weights of a stack and its multiplications at every size, beside the formula."""
    model = stack(STACKS[name], SMALLEST, seed=0)
    counts = [costs.cost(model, (n, n, 1)) for n in settings.sizes]
    return {
        "kernels": list(STACKS[name]),
        "weights": counts[0].weights,
        "sizes": list(settings.sizes),
        "multiplications": [count.multiplications for count in counts],
        "added": [formula(STACKS[name], n) for n in settings.sizes],
        "multiplied": [formula(STACKS[name], n, np.prod) for n in settings.sizes],
    }


def formula(kernels: tuple[int, ...], n: int, joined: Callable = sum) -> int:
    """The report's formula: k^2 (rows left)^2 per layer, summed (or, as it has it, multiplied)."""
    rows, terms = n, []
    for size in kernels:
        rows -= size - 1
        terms.append((size * rows) ** 2)
    return int(joined(terms))


def cheaper_from(most: int = 128) -> dict[str, int]:
    """The size, up to `most`, from which on each stack with a field of 7 is cheaper than 7x7."""

    def counts(name: str) -> np.ndarray:
        model = stack(STACKS[name], SMALLEST, seed=0)
        sizes = range(SMALLEST, most + 1)
        return np.array([costs.cost(model, (n, n, 1)).multiplications for n in sizes])

    one = counts("one_7x7")
    dearer = {name: np.flatnonzero(counts(name) >= one) for name in ("three_3x3", "5x5_then_3x3")}
    return {name: SMALLEST + int(places[-1]) + 1 for name, places in dearer.items()}
