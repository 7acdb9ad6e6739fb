"""Figures and claims of study 6.1."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures.boxes import boxed_maps
from tfnets.lab import findings
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.receptive_field import QUESTION, TITLE
from tfnets.studies.receptive_field.settings import Settings
from tfnets.tracing.measured import influence
from tfnets.tracing.receptive_field import unit_box

TITLES = {
    "one_7x7": "one 7x7",
    "three_3x3": "three 3x3",
    "5x5_then_3x3": "5x5 then 3x3",
    "four_3x3": "four 3x3",
    "cifar10": "CIFAR-10 (12, 32)",
    "branches": "branches",
}
"""How each network is called on the page."""

SHOWN = {
    "one_7x7": "conv1", "three_3x3": "conv3", "5x5_then_3x3": "conv2", "four_3x3": "conv4",
    "cifar10": "pool2", "branches": "mixed",
}  # fmt: skip
"""The layer of each network whose middle unit is drawn."""

FORMULAS = {
    "one_7x7": "49 (n-6)^2",
    "three_3x3": "9 [(n-2)^2 + (n-4)^2 + (n-6)^2]",
    "5x5_then_3x3": "25 (n-4)^2 + 9 (n-6)^2",
    "four_3x3": "9 [(n-2)^2 + (n-4)^2 + (n-6)^2 + (n-8)^2]",
}
FIELDS = {"one_7x7": 7, "three_3x3": 7, "5x5_then_3x3": 7, "four_3x3": 9}
PHOTOGRAPH = 32
"""From this size on, images are those that networks are used on."""


def draw(run: Run, models: dict[str, keras.Model], counted: dict[str, dict]) -> None:
    """Saves measured fields under the predicted boxes, and multiplications against n."""
    run.save_figure("fields", _fields(run, models))
    lines = {TITLES[name]: (row["sizes"], row["multiplications"]) for name, row in counted.items()}
    axes = {"xlabel": "n (images of n x n)", "logx": True}
    figure = figures.curves(lines, ylabel="multiplications per image", logy=True, **axes)
    run.save_figure("multiplications", figure)
    one = np.array(counted["one_7x7"]["multiplications"])
    shares = {name: (sizes, np.array(counts) / one) for name, (sizes, counts) in lines.items()}
    figure = figures.curves(shares, ylabel="multiplications, as a share of one 7x7", **axes)
    run.save_figure("against_one_7x7", figure)


def _fields(run: Run, models: dict[str, keras.Model]) -> Figure:
    own, paths, boxes = [], [], []
    for name, model in models.items():
        layer = SHOWN[name]
        height, width = model.get_layer(layer).output.shape[1:3]
        unit = (height // 2, width // 2)
        own.append(_own_gradient(model, layer, unit, run.config.seed))
        paths.append(influence(model, layer, unit))
        boxes.append(unit_box(model, layer, unit))
    rows = ["network's own\ngradient", "number of\npaths"]
    sizes = [f"{TITLES[n]}\n{b.height} x {b.width}" for n, b in zip(models, boxes, strict=True)]
    return boxed_maps([own, paths], boxes, rows=rows, columns=sizes)


def _own_gradient(model: keras.Model, layer: str, unit: tuple[int, int], seed: int) -> np.ndarray:
    """Magnitude (height, width) of a unit's gradient in the network itself, on a random image."""
    image = tf.random.stateless_uniform((1, *model.input_shape[1:]), (seed, 0))
    part = keras.Model(model.input, model.get_layer(layer).output)
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = tf.reduce_sum(part(image)[:, unit[0], unit[1]])
    gradient = tape.gradient(value, image, unconnected_gradients="zero")
    return tf.reduce_sum(tf.abs(gradient), axis=(0, 3)).numpy()


def report(settings: Settings, numbers: Mapping[str, Any]) -> Report:
    """Decides the report's statements and tabulates fields and costs."""
    report = Report("receptive_field", TITLE, QUESTION)
    stacks = numbers["stacks"]
    report.claims += [
        _fields_claim(numbers["fields"]),
        _everywhere_claim(numbers["fields"]),
        *_formula_claims(stacks),
        _weights_claim(stacks),
        _thrift_claim(numbers["cheaper_from"]),
    ]
    report.tables += [_stack_table(numbers)]
    report.tables += [
        _layer_table(name, numbers["fields"][name]) for name in ("cifar10", "branches")
    ]
    report.figure(
        "fields.png",
        "Gradient of the middle unit at every pixel: of the network itself on a random image, and "
        "through stand-ins that let nothing vanish, which counts paths. White is exactly 0; each "
        "map has its own scale. The field of the last network fills a cross, not its box.",
    )
    report.figure("multiplications.png", "Multiplications of the four networks on n x n images.")
    report.figure(
        "against_one_7x7.png",
        "The same as a share of what one 7x7 convolution takes; four 3x3 see more (9 pixels).",
    )
    report.notes.append(
        "Counted are multiplications of kernel entries with values, without biases, pooling and "
        "activations."
    )
    return report


def _fields_claim(seen: Mapping[str, dict]) -> Claim:
    rows = {name: seen[name][SHOWN[name]] for name in FIELDS}
    widths = {name: row["measured"] for name, row in rows.items()}
    return findings.agreed(
        "The fields of the four networks are 7, 7, 7 and 9 pixels wide",
        [
            widths[name] == [width] * 2 == rows[name]["field"]
            and rows[name]["units"] == rows[name]["units_as_predicted"]
            for name, width in FIELDS.items()
        ],
        ours=", ".join(str(width[1]) for width in widths.values()),
        origin=", ".join(map(str, FIELDS.values())),
        note="predicted, and measured by gradients, which agree pixel for pixel",
    )


def _everywhere_claim(seen: Mapping[str, dict]) -> Claim:
    rows = [row for network in seen.values() for row in network.values()]
    units, right = (sum(row[key] for row in rows) for key in ("units", "units_as_predicted"))
    return findings.agreed(
        "The predicted field is the measured one in every layer of all six networks",
        [row["units"] == row["units_as_predicted"] for row in rows],
        ours=f"{right} of {units} units",
        note=f"all pixels of a unit's field compared, corners included, in {len(rows)} layers",
    )


def _formula_claims(stacks: Mapping[str, dict]) -> list[Claim]:
    one, third = stacks["one_7x7"], stacks["5x5_then_3x3"]
    at = f"at n = {one['sizes'][-1]}"
    every = [row["multiplications"] == row["added"] for row in stacks.values()]
    return [
        findings.agreed(
            "One 7x7 convolution takes 49 (n-6)^2 multiplications",
            [one["multiplications"] == one["added"]],
            ours=f"{one['multiplications'][-1]:,} {at}",
            origin="49 (n-6)^2",
            note=f"equal to the count at {len(one['sizes'])} sizes",
            certain=True,
        ),
        findings.agreed(
            "5x5 then 3x3 take 25 (n-4)^2 times 9 (n-6)^2 multiplications",
            [third["multiplications"] == third["multiplied"]],
            ours=f"{third['multiplications'][-1]:,} {at}",
            origin=f"25 (n-4)^2 x 9 (n-6)^2, which is {third['multiplied'][-1]:,}",
            note="wrong: layers add, 25 (n-4)^2 + 9 (n-6)^2",
            certain=True,
        ),
        findings.agreed(
            "A network's multiplications are the sum over its layers",
            every,
            ours=f"{sum(every)} of {len(every)} networks",
            note="count equal to the added formula at every size",
        ),
    ]


def _weights_claim(stacks: Mapping[str, dict]) -> Claim:
    weights = [row["weights"] for row in stacks.values()]
    return findings.agreed(
        "The four networks have 49, 27, 34 and 36 weights",
        [weights == [49, 27, 34, 36]],
        ours=", ".join(map(str, weights)),
        origin="49 for the first, 34 for the third",
        note="counted in the networks, without biases",
        certain=True,
    )


def _thrift_claim(first: Mapping[str, int]) -> Claim:
    return findings.agreed(
        f"On images of {PHOTOGRAPH} x {PHOTOGRAPH} and more, small kernels in a row cost less than "
        "one large kernel that sees as much",
        [n <= PHOTOGRAPH for n in first.values()],
        ours=" and ".join(f"from n = {n} ({TITLES[name]})" for name, n in first.items()),
        note="fewer multiplications than one 7x7 from there up to n = 128; not below, where the "
        "7x7 kernel has few places",
    )


def _stack_table(numbers: Mapping[str, Any]) -> Table:
    sizes = numbers["stacks"]["one_7x7"]["sizes"]
    shown = [place for place, n in enumerate(sizes) if n in {sizes[0], PHOTOGRAPH, sizes[-1]}]
    return Table(
        "The four networks",
        [
            "network", "field", "weights", "multiplications",
            *(f"on {sizes[place]} x {sizes[place]}" for place in shown),
        ],
        [
            [
                TITLES[name],
                _by(numbers["fields"][name][SHOWN[name]]["field"]),
                row["weights"],
                FORMULAS[name],
                *(row["multiplications"][place] for place in shown),
            ]
            for name, row in numbers["stacks"].items()
        ],
    )  # fmt: skip


def _layer_table(name: str, rows: Mapping[str, dict]) -> Table:
    return Table(
        f"Layers of the network {TITLES[name]}",
        ["layer", "kind", "output", "field", "stride", "weights", "multiplications"],
        [
            [
                layer, row["kind"], _by(row["output"]), _by(row["field"]),
                f"{row['stride'][0]:g}", row["weights"], row["multiplications"],
            ]
            for layer, row in rows.items()
        ],
    )  # fmt: skip


def _by(sizes: list[int]) -> str:
    return " x ".join(map(str, sizes))
