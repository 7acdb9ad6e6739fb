"""The page of study 6.1."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures.boxes import boxed_maps
from tfnets.lab import findings
from tfnets.report.content import Cells, Claim, Page
from tfnets.studies.receptive_field import QUESTION, TITLE
from tfnets.studies.receptive_field.settings import SHOWN
from tfnets.tracing.regions import Box

TITLES = {  # how each network is called on the page
    "one_7x7": "one 7x7",
    "three_3x3": "three 3x3",
    "5x5_then_3x3": "5x5 then 3x3",
    "four_3x3": "four 3x3",
    "cifar10": "CIFAR-10 (12, 32)",
    "branches": "branches",
}

FORMULAS = {
    "one_7x7": "49 (n-6)^2",
    "three_3x3": "9 [(n-2)^2 + (n-4)^2 + (n-6)^2]",
    "5x5_then_3x3": "25 (n-4)^2 + 9 (n-6)^2",
    "four_3x3": "9 [(n-2)^2 + (n-4)^2 + (n-6)^2 + (n-8)^2]",
}
FIELDS = {"one_7x7": 7, "three_3x3": 7, "5x5_then_3x3": 7, "four_3x3": 9}
PHOTOGRAPH = 32  # from this size on, images are those that networks are used on


def write(run: Run, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Decides the report's statements, tabulates and draws fields and costs."""
    page, stacks = Page(run, TITLE, QUESTION), numbers["stacks"]
    page.claims += [
        _fields_claim(numbers["fields"]),
        _everywhere_claim(numbers["fields"]),
        *_formula_claims(stacks),
        _weights_claim(stacks),
        _thrift_claim(numbers["cheaper_from"]),
    ]
    page.table("The four networks", *_stacks(numbers))
    for name in ("cifar10", "branches"):
        page.table(f"Layers of the network {TITLES[name]}", *_layers(numbers["fields"][name]))
    page.figure(
        "fields",
        _fields(run, numbers["fields"]),
        "Gradient of the middle unit at every pixel: of the network itself on a random image, and "
        "through stand-ins that let nothing vanish, which counts paths. White is exactly 0; each "
        "map has its own scale. The field of the last network fills a cross, not its box.",
    )
    lines = {TITLES[name]: (row["sizes"], row["multiplications"]) for name, row in stacks.items()}
    axes = {"xlabel": "n (images of n x n)", "logx": True}
    caption = "Multiplications of the four networks on n x n images."
    figure = figures.curves(lines, ylabel="multiplications per image", logy=True, **axes)
    page.figure("multiplications", figure, caption)
    one = np.array(stacks["one_7x7"]["multiplications"])
    shares = {name: (sizes, np.array(counts) / one) for name, (sizes, counts) in lines.items()}
    caption = "The same as a share of what one 7x7 convolution takes; four 3x3 see more (9 pixels)."
    figure = figures.curves(shares, ylabel="multiplications, as a share of one 7x7", **axes)
    page.figure("against_one_7x7", figure, caption)
    page.note(
        "Counted are multiplications of kernel entries with values, without biases, pooling and "
        "activations."
    )
    return page.as_json()


def _fields(run: Run, names: Collection[str]) -> Figure:
    maps = [[run.load_array(f"samples/{n}-{kind}") for n in names] for kind in ("own", "paths")]
    boxes = [Box(*map(int, run.load_array(f"samples/{name}-box"))) for name in names]
    rows = ["network's own\ngradient", "number of\npaths"]
    sizes = [f"{TITLES[n]}\n{b.height} x {b.width}" for n, b in zip(names, boxes, strict=True)]
    return boxed_maps(maps, boxes, rows=rows, columns=sizes)


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
        whose="origin",
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
        findings.sure(
            "One 7x7 convolution takes 49 (n-6)^2 multiplications",
            one["multiplications"] == one["added"],
            ours=f"{one['multiplications'][-1]:,} {at}",
            whose="origin",
            origin="49 (n-6)^2",
            note=f"equal to the count at {len(one['sizes'])} sizes",
        ),
        findings.sure(
            "5x5 then 3x3 take 25 (n-4)^2 times 9 (n-6)^2 multiplications",
            third["multiplications"] == third["multiplied"],
            ours=f"{third['multiplications'][-1]:,} {at}",
            whose="origin",
            origin=f"25 (n-4)^2 x 9 (n-6)^2, which is {third['multiplied'][-1]:,}",
            note="wrong: layers add, 25 (n-4)^2 + 9 (n-6)^2",
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
    return findings.sure(
        "The four networks have 49, 27, 34 and 36 weights",
        weights == [49, 27, 34, 36],
        ours=", ".join(map(str, weights)),
        whose="origin",
        origin="49 for the first, 34 for the third",
        note="counted in the networks, without biases",
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


def _stacks(numbers: Mapping[str, Any]) -> Cells:
    sizes = numbers["stacks"]["one_7x7"]["sizes"]
    shown = [place for place, n in enumerate(sizes) if n in {sizes[0], PHOTOGRAPH, sizes[-1]}]
    columns = ["network", "field", "weights", "multiplications"]
    fields = {name: _by(numbers["fields"][name][SHOWN[name]]["field"]) for name in FIELDS}
    body = []
    for name, row in numbers["stacks"].items():
        counts = (row["multiplications"][place] for place in shown)
        body.append([TITLES[name], fields[name], row["weights"], FORMULAS[name], *counts])
    return [*columns, *(f"on {sizes[place]} x {sizes[place]}" for place in shown)], body


def _layers(rows: Mapping[str, dict]) -> Cells:
    columns = ["layer", "kind", "output", "field", "stride", "weights", "multiplications"]
    return columns, [
        [
            layer, row["kind"], _by(row["output"]), _by(row["field"]),
            f"{row['stride'][0]:g}", row["weights"], row["multiplications"],
        ]
        for layer, row in rows.items()
    ]  # fmt: skip


def _by(sizes: list[int]) -> str:
    return " x ".join(map(str, sizes))
