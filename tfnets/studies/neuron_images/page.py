"""Figures and claims of study 2.1."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures.boxes import boxed_maps
from tfnets.report.content import Cells, Page
from tfnets.studies.neuron_images import QUESTION, TITLE
from tfnets.studies.neuron_images.claims import RECIPES, Numbers, claims, probability
from tfnets.studies.neuron_images.settings import Settings
from tfnets.tracing.regions import Box

GENTLE = (
    " Gentle: here the strong recipe's priors and wide movements outweigh the class, so it was "
    "looked for again without them."
)
FILMED = ("fitted", "strong")  # batches with an animation

INGREDIENTS = {  # how the ablation's variants are called on the page
    "none": "none of them",
    "l2": "L2",
    "total_variation": "total variation",
    "transformations": "random movements",
    "fourier": "Fourier",
    "all": "all of them",
}

NEURON = (  # what is tabulated of each neuron
    "network", "unit", "field_pixels", "changed_inside", "changed_outside", "score_before",
    "score_after",
)  # fmt: skip


def write(run: Run, settings: Settings, numbers: Numbers) -> dict[str, Any]:
    """Decides the origin's claims, tabulates all images, and draws them with their fields."""
    page = Page(run, TITLE, QUESTION)
    page.claims += claims(numbers)
    for name in RECIPES:
        part = numbers["images"][name]
        page.table(f"{RECIPES[name]}, {part['steps']} steps", *_table("unit", part["units"]))
    variants = {INGREDIENTS[name]: row for name, row in _variants(numbers).items()}
    if variants:
        title = f"One ingredient at a time, {settings.ablation_steps} steps"
        page.table(title, *_table("ingredients", variants))
    if numbers["neurons"]:
        _show_fields(page, run, numbers["neurons"])
    for name, title in RECIPES.items():
        _show_batch(page, run, name, title, numbers["images"][name])
    if variants:
        images = np.concatenate([run.load_array(f"only-{name}") for name in _variants(numbers)])
        titles = [_title(name, row) for name, row in variants.items()]
        caption = "The first unit's image with one ingredient at a time."
        page.figure("ablation", figures.image_grid(images, columns=3, titles=titles), caption)
    page.note(*_notes(settings, numbers))
    return page.as_json()


def _show_fields(page: Page, run: Run, neurons: Numbers) -> None:
    page.table(
        "Neurons and their receptive fields",
        [key.replace("_", " ") for key in NEURON],
        [[row[key] for key in NEURON] for row in neurons.values()],
    )
    page.figure(
        "fields",
        _fields(run, neurons),
        "How far each pixel around the field has moved (white is not at all), and the "
        "receptive field that theory predicts.",
    )


def _show_batch(page: Page, run: Run, name: str, title: str, part: Numbers) -> None:
    """One batch of images, on their way and at the end."""
    titles = [_title(label, row) for label, row in part["units"].items()]
    images, columns = run.load_array(name), len(titles)
    if name == "strong":
        columns = min(4 if images.shape[1] > 64 else 5, columns)
        figure = figures.image_grid(images, columns=columns, titles=titles)
    else:
        figure = _stretched(images, titles)
    page.figure(
        f"{name}_images",
        figure,
        f"{title}, {part['steps']} steps: the class with its probability in the network and, where "
        f"there is one, in the second network.{GENTLE if _any_gentle(part) else ''}",
    )
    if name in FILMED:
        page.show(f"{name}.gif", f"{title}: the first image on its way.")
    page.figure(f"{name}_scores", _scores(run, name), f"{title}: scores over the steps.")


def _any_gentle(part: Numbers) -> bool:
    return any("recipe" in row for row in part["units"].values())


def _stretched(images: np.ndarray, titles: list[str]) -> Figure:
    """A few images, and below each the same with its contrast stretched around its middle."""
    images, titles = images[:5], titles[:5]
    middle = np.median(images, axis=(1, 2, 3), keepdims=True)
    reach = np.quantile(np.abs(images - middle), 0.995, axis=(1, 2, 3), keepdims=True)
    strong = np.clip(0.5 + 0.5 * (images - middle) / np.maximum(reach, 1e-6), 0, 1)
    return figures.image_grid(
        np.concatenate([images, strong]),
        columns=len(images),
        titles=titles + [""] * len(images),
        row_labels=["as it is", "contrast\nstretched"],
    )


def _variants(numbers: Numbers) -> dict[str, dict[str, Any]]:
    """The ablation's row by variant."""
    return {
        name.removeprefix("only-"): next(iter(part["units"].values()))
        for name, part in numbers["images"].items()
        if name not in RECIPES
    }


def _title(name: str, row: Numbers) -> str:
    sure = "network_p" in row
    answer = f"p = {probability(row['network_p'])}" if sure else f"{row['score']:.3g}"
    if "recipe" in row:
        answer += f" ({row['recipe']})"
    second = f", second {probability(row['second_p'])}" if "second_p" in row else ""
    return f"{name}\n{answer}{second}"


def _scores(run: Run, part: str) -> Figure:
    rows = [row for row in run.history if row["part"] == part]
    steps = [row["epoch"] for row in rows]
    labels = [name for name in rows[0] if name not in ("part", "epoch")]
    lines = {label: (steps, [row[label] for row in rows]) for label in labels}
    return figures.curves(lines, xlabel="step", ylabel="score of the image as the network gets it")


def _fields(run: Run, neurons: Numbers) -> Figure:
    """Changes around each field, in a window twice as large, under the predicted box."""
    changes, boxes, names = [], [], []
    for part, row in neurons.items():
        start, image = run.load_array(part)
        change = np.abs(image - start).max(axis=-1)
        box = Box(*row["box"])
        top, left = max(0, box.top - box.height // 2), max(0, box.left - box.width // 2)
        window = change[top : box.bottom + box.height // 2, left : box.right + box.width // 2]
        changes.append(window)
        boxes.append(Box(box.top - top, box.left - left, box.bottom - top, box.right - left))
        names.append(f"{row['network']}\n{row['unit']}\n{box.height} x {box.width}")
    return boxed_maps([changes], boxes, rows=["change"], columns=names)


def _notes(settings: Settings, numbers: Numbers) -> list[str]:
    about = numbers["networks"]
    lines = [f"{role}: {one['name']} ({one['source']})" for role, one in about.items()]
    lines += [note for one in about.values() for note in one["notes"]]
    return [
        *lines,
        "The report's loss -1000 f(x) + ||x||^2 on pixels x of 0..255 minus their mean is here the "
        "same loss, divided by 255^2, on pixels in [0, 1]; so learning rate 0.33 means the same. "
        "Its numbers belong to AlexNet; the second set of images has the factor "
        f"{settings.fitted_factor:,.0f} for 1000 and the learning rate {settings.fitted_rate:g}.",
        "The neuron's image is made without ||x||^2, which the report had there, too, and which "
        "pulls every pixel towards grey.",
    ]


def _table(first: str, rows: Numbers) -> Cells:
    """Columns, and a row for each image."""
    keys, words = list(next(iter(rows.values()))), {True: "yes", False: "no"}
    columns = [first, *(key.replace("_", " ") for key in keys)]
    cells = {name: [row[key] for key in keys] for name, row in rows.items()}
    return columns, [
        [name, *(words[cell] if isinstance(cell, bool) else cell for cell in row)]
        for name, row in cells.items()
    ]
