"""What pages of GAN studies show alike: curves over the training, classes, films, tables' rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.files import inside
from tfnets.lab import findings
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Page

UPDATES, DISTANCE = "generator updates", "Frechet distance to test images"


def frechet_curves(numbers: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Draws the Frechet distance against generator updates, and what real images reach.

    Logarithmic, with 95 % intervals cut off at real; `numbers` has a `quality.summary` per line.
    """
    real = next(iter(numbers.values()))["frechet_real"]
    lines, bands = {}, {}
    for name, summary in numbers.items():
        points = summary["points"]
        values = [point["frechet"] for point in points]
        ends = [p.get("frechet_ci95", (v, v)) for p, v in zip(points, values, strict=True)]
        low, high = np.transpose(ends)
        lines[name] = [point["step"] for point in points], values
        bands[name] = np.clip(real, low, high), high
    return figures.curves(
        lines, bands=bands, xlabel=UPDATES, ylabel=DISTANCE, logy=True,
        reference=(real, f"real {real:.2f}"),
    )  # fmt: skip


def point_rows(numbers: Mapping[str, Any], columns: Iterable[str]) -> list[list[Any]]:
    """Rows of a table of `frechet_curves`' numbers: label, epoch, updates and columns."""
    return [
        [name, point["epoch"], point["step"], *(point[column] for column in columns)]
        for name, row in numbers.items()
        for point in row["points"]
    ]


def estimate_table(
    page: Page, title: str, what: str, names: Iterable[str], rows: Mapping[str, Mapping[str, Any]]
) -> None:
    """Tabulates the named estimates of each row, called `what`, with their 95 % intervals."""
    cells = [[key, *(str(Estimate.from_json(row[n])) for n in names)] for key, row in rows.items()]
    page.table(title, [what, *(name.replace("_", " ") for name in names)], cells)


def all_classes(text: str, modes: Sequence[int]) -> Claim:
    """The claim that samples cover all ten classes, by how many those of each seed cover."""
    return findings.agreed(
        text,
        [found == 10 for found in modes],
        ours=f"{min(modes)} of 10 in the worst seed",
        note="a class counts from a tenth of its share in the data; labels by the judge",
    )


def estimate_curves(
    curves: Mapping[str, Sequence[Mapping[str, Any]]],
    key: str,
    change: Callable[[np.ndarray], np.ndarray],
    **shown: Any,
) -> Figure:
    """Draws a number with its 95 % intervals over the training.

    Args:
        curves: For each line's label points with `step` and the number as `{"mean", "ci95"}`.
        key: The number.
        change: Mean, low and high end at each point (points, 3) -> what is drawn of them.
        **shown: What else `figures.curves` takes.
    """
    bars = {
        name: change(np.array([Estimate.from_json(point[key]).bar for point in curve]))
        for name, curve in curves.items()
    }
    return figures.curves(
        {name: ([p["step"] for p in curves[name]], bar[:, 0]) for name, bar in bars.items()},
        bands={name: (bar[:, 1], bar[:, 2]) for name, bar in bars.items()},
        **shown,
    )


def label_curves(page: Page, name: str, numbers: Mapping[str, Any]) -> None:
    """Shows what the studies of conditional GANs measure while they train; dashed is real.

    The share of images that the judge takes for another class than was asked for is the figure
    `name`, the Frechet distance `frechet`. `numbers` has `networks` (for each line's label a
    `curve`, points with `step`, `n`, and `agreement` and `frechet` as `{"mean", "ci95"}`), `judge`
    (its agreement on real images) and `curve_frechet_real`.
    """
    curves = {network: row["curve"] for network, row in numbers["networks"].items()}
    n = next(iter(curves.values()))[0]["n"]
    real, floor = 1 - numbers["judge"]["mean"], numbers["curve_frechet_real"]
    error = estimate_curves(
        curves, "agreement", lambda bar: np.clip(1 - bar[:, [0, 2, 1]], 0.5 / n, 1),
        xlabel=UPDATES, ylabel="share judged to be another digit", logy=True,
        reference=(real, f"real {real:.4f}") if real > 0 else None,
    )  # fmt: skip
    text = (
        f"Share of {n:,} generated images that the judge takes for another digit than was asked "
        "for; 95 % interval over seeds. Dashed: real test images."
    )
    page.figure(name, error, text)
    frechet = estimate_curves(
        curves, "frechet", lambda bar: np.column_stack([bar[:, 0], bar[:, 1:].clip(floor)]),
        xlabel=UPDATES, ylabel=DISTANCE, logy=True, reference=(floor, f"real {floor:.2f}"),
    )  # fmt: skip
    text = f"Frechet distance of {n:,} images; 95 % interval, cut off at real."
    page.figure("frechet", frechet, text)


def class_coverage(page: Page, numbers: Mapping[str, Any]) -> None:
    """Shows how much of each class is covered, beside training images in the samples' place.

    `numbers` has `networks` (for each name `coverage_per_class`, a list of `{"mean", "ci95"}`),
    `coverage_real` (a list of `{"label", "coverage"}`) and `n`.
    """
    bars = {
        name: [Estimate.from_json(value).bar for value in row["coverage_per_class"]]
        for name, row in numbers["networks"].items()
    }
    bars["real images"] = [(row["coverage"],) * 3 for row in numbers["coverage_real"]]
    labels = [str(row["label"]) for row in numbers["coverage_real"]]
    text = (
        f"Share of each class's real images with a generated one of the class near "
        f"({numbers['n']:,} images in all, 95 % interval over seeds); beside it, training images "
        "in their place."
    )
    page.figure("coverage", figures.bars(labels, bars, ylabel="coverage of the class"), text)


def class_rows(
    numbers: Mapping[str, Any], cell: Callable[[Mapping[str, Any]], Any]
) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of a table of agreement and coverage by class.

    `numbers` are those of `class_coverage`, with `judge` and each network's `agreement_pooled` of
    `metrics.label_agreement`; `cell` gives what is shown of the agreement with one class.
    """
    networks, rows = numbers["networks"], []
    for i, real in enumerate(numbers["coverage_real"]):
        row = [str(real["label"]), cell(numbers["judge"]["per_class"][i]), real["coverage"]]
        for network in networks.values():
            row.append(cell(network["agreement_pooled"]["per_class"][i]))
            row.append(network["coverage_per_class"][i]["mean"])
        rows.append(row)
    kinds = ("agreement", "coverage")
    return ["digit", *(f"{name}, {kind}" for name in ("real", *networks) for kind in kinds)], rows


def losses(run: Run, names: Iterable[str], **shown: Any) -> Figure:
    """Draws both losses of the first seed of each name, from what `Recipe.traced_fit` keeps."""
    panels = {}
    for name in names:
        steps, *rows = run.load_array(f"losses/{name}-{run.config.seed}")
        panels[name] = {
            network: (steps, row)
            for network, row in zip(("discriminator", "generator"), rows, strict=True)
        }
    return figures.curve_panels(panels, xlabel=UPDATES, ylabel="loss", **shown)


def film(
    page: Page,
    run: Run,
    name: str,
    samples: np.ndarray,
    caption: str,
    seconds: float = 0.5,
    **tiled: Any,
) -> None:
    """Shows samples (time, n, ...) as NAME.gif; `tiled` as `figures.sample_frames` takes it."""
    frames = figures.sample_frames(samples, **tiled)
    figures.save_gif(frames, inside(run.path, f"{name}.gif"), seconds_per_frame=seconds)
    page.show(f"{name}.gif", caption)
