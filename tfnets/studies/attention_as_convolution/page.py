"""The page of study 6.8."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.report.content import Cell, Claim, Page
from tfnets.studies.attention_as_convolution import QUESTION, TITLE
from tfnets.studies.attention_as_convolution.settings import MAPPED, Settings

EQUAL = 1e-4  # largest difference, relative to the largest output, that counts as equal

NOTES = (
    "Tokens are pixels with the code (1, row, column, row^2 + column^2) of their place; the "
    "score of a query at q and a key at k is -a |k - q - offset|^2, a product of both codes. "
    "The layer is keras.layers.MultiHeadAttention with these weights set.",
    "The nearest neighbours of the pixel that is meant have the weight exp(-a): below half a "
    "unit in the last place of float32 from a = 18 on. With a = 32, a power of two, scores "
    "are computed without rounding, and the weights are 1 and at most 1e-14: what is left of a "
    "difference is the order in which products are added.",
    "Border pixels of value 0 are tokens as well. A dense layer is a convolution whose kernel "
    "covers the image: one query, one head per pixel.",
    "Multiplications are those of all products of a plain implementation; exponentials are not "
    "counted. Most of attention's go to weights that are 0.",
)

_FLOOR = 1e-8  # a logarithmic axis shows differences of 0 here
_SHOWN = 9  # heads in the figure of maps, at most


def write(run: Run, settings: Settings, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides whether attention equals the layers, tabulates and draws sharpness and cost."""
    page = Page(run, TITLE, QUESTION)
    drawn, blunt, trained = (numbers[key] for key in ("random", "sharpness", "networks"))
    page.claims += claims(drawn, trained)
    relative = "relative to the largest output"
    columns = ["layer", "heads", "difference", "at the borders"]
    title = f"Random layers, {settings.repeats} each: largest difference, {relative}"
    page.table(title, columns, random_rows(drawn))
    columns = ["kernel", *(f"a = {value:g}" for value in settings.sharpnesses)]
    rows = [[f"{size} x {size}", *errors] for size, errors in blunt.items()]
    page.table(f"Largest difference by sharpness a, {relative}", columns, rows)
    columns = ["layer", "heads", "difference", "as it is", "as attention", "times as many"]
    for name, found in trained.items():
        title = f"The trained network of {name}: multiplications per image"
        page.table(title, columns, _network_rows(found))
    size = settings.sizes[0]
    page.figure(
        "maps",
        _maps(run, size),
        f"What the heads of a {size} x {size} convolution written as attention attend to, on a "
        "9 x 9 image with its border of zeros: each from the pixel in the middle at three "
        "sharpnesses a, and from the top left corner, where heads attend to the border. Each map "
        "is scaled by its own maximum.",
    )
    page.figure(
        "sharpness",
        _errors(settings, blunt),
        "Largest difference between attention and convolution, relative to the largest output, "
        "against sharpness: it falls as exp(-a) until rounding. Differences of 0 are drawn at the "
        "bottom.",
    )
    for name in trained:
        page.figure(
            f"planes-{name}",
            _planes(run.load_array(f"planes-{name}")),
            f"One filter of the first convolution of the network of {name}, as the layer computes "
            "it and as attention does, and their difference (white is 0, of the plane's largest "
            "value).",
        )
    page.note(*NOTES)
    return page.as_json()


def claims(drawn: dict[str, dict[str, Any]], trained: dict[str, dict[str, Any]]) -> list[Claim]:
    """Decides the claims by the largest differences of random and of trained layers."""
    convolutions = [row for name, row in drawn.items() if name != "dense"]
    errors = [error for row in convolutions for error in row["errors"]]
    borders = [error for row in convolutions for error in row.get("border_errors", [])]
    offset = "Self-attention with one head per offset of the kernel is the convolution"
    dense = "Self-attention with one head per input is the dense layer"
    over = "outputs whose window reaches over the border, `same` padding"
    found = [
        _equal(offset, errors, "random layers"),
        _equal("It is, at the borders, too", borders, over),
        _equal(dense, drawn["dense"]["errors"], "random layers"),
    ]
    for name, network in trained.items():
        errors = [row["error"] for row in network["layers"].values()]
        every = f"{name}: every convolution and dense layer of a trained network is attention"
        found += [
            _equal(every, errors, f"{len(errors)} layers on test images"),
            findings.sure(
                f"{name}: the network of attention alone gives the same answers",
                network["same_class"] == 1,
                ours=network["same_class"],
                note=f"share of test images; outputs differ by {network['output_error']:.1g}",
            ),
        ]
    return found


def _equal(claim: str, errors: list[float], note: str) -> Claim:
    return findings.agreed(
        claim,
        [max(errors) <= EQUAL] * len(errors),
        ours=max(errors),
        note=f"largest difference, relative to the largest output; {note}; equal is {EQUAL:g}",
        certain=True,
    )


def random_rows(drawn: dict[str, dict[str, Any]]) -> list[list[Cell]]:
    """Heads and largest differences of each kind of random layer."""
    return [
        [name, row["heads"], max(row["errors"]), max(row.get("border_errors", []), default=None)]
        for name, row in drawn.items()
    ]


def _network_rows(found: dict[str, Any]) -> list[list[Cell]]:
    rows = [
        [
            layer, row["heads"], row["error"], row["multiplications"], row["attention"]["total"],
            row["attention"]["total"] / row["multiplications"],
        ]
        for layer, row in found["layers"].items()
    ]  # fmt: skip
    plain, attention = (sum(row[place] for row in rows) for place in (3, 4))
    return [*rows, ["all", None, found["output_error"], plain, attention, attention / plain]]


def _maps(run: Run, size: int) -> Figure:
    # All heads of a small kernel, evenly spread ones of a large one.
    heads = np.unique(np.linspace(0, size * size - 1, min(_SHOWN, size * size)).astype(int))
    rows = [(a, "middle") for a in MAPPED] + [(MAPPED[-1], "corner")]
    cells = []
    for sharpness, place in rows:
        maps = run.load_array(f"maps-{sharpness:g}")[heads]
        side = int(np.sqrt(maps.shape[1]))
        query = 0 if place == "corner" else side * (side // 2) + side // 2
        cells += [one / one.max() for one in maps[:, query]]
    return figures.image_grid(
        np.stack(cells)[..., None].astype(np.float32),
        columns=len(heads),
        row_labels=[f"a = {a:g}, {place}" for a, place in rows],
        column_labels=[_offset(head, size) for head in heads],
    )


def _offset(head: int, size: int) -> str:
    down, across = head // size - (size - 1) // 2, head % size - (size - 1) // 2
    return f"({down}, {across})".replace("-", "\N{MINUS SIGN}")


def _errors(settings: Settings, blunt: dict[str, list[float]]) -> Figure:
    lines = {
        f"{size} x {size}": (settings.sharpnesses, np.maximum(errors, _FLOOR))
        for size, errors in blunt.items()
    }
    a = np.array([value for value in settings.sharpnesses if 4 * np.exp(-value) > _FLOOR])
    if len(a):
        lines["4 exp(-a)"] = a, 4 * np.exp(-a)
    ylabel = "|attention - convolution| / max |convolution|"
    axes = {"xlabel": "sharpness a", "ylabel": ylabel, "logx": True, "logy": True}
    return figures.curves(lines, **axes, reference=(EQUAL, f"{EQUAL:g}"))


def _planes(planes: np.ndarray) -> Figure:
    low, high = planes[0].min(), planes[0].max()
    shown = np.clip((planes - low) / (high - low or 1), 0, 1)
    size = np.abs(planes[0]).max() or 1
    gaps = np.clip(1 - np.abs(planes - planes[0]) / size, 0, 1)
    images = np.concatenate([shown, gaps])[..., None].astype(np.float32)
    columns = ["convolution", *(f"attention, a = {a:g}" for a in MAPPED)]
    labels = {"row_labels": ["filter", "difference"], "column_labels": columns}
    return figures.image_grid(images, columns=len(planes), **labels)
