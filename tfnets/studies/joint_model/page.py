"""Figures and claims of study 5.6."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.joint_model import QUESTION, TITLE
from tfnets.studies.joint_model.settings import Settings

JUDGE = "committed"
"""The judge that decides the claims."""

EXAMPLES = 6
"""Images per class that figures show."""

SHARE = 0.9
"""Share of images that must show their class."""

TITLES = {
    "nothing": "no penalty",
    "density": "density of h",
    "length": "density of the length of h",
}


def shown(labels: np.ndarray, classes: int) -> np.ndarray:
    """Indices of the first few images of each class, class by class."""
    places = [np.flatnonzero(labels == label)[:EXAMPLES] for label in range(classes)]
    return np.concatenate(places)


def draw(run: Run, settings: Settings, rows: dict[str, Any]) -> None:
    """Saves labelled draws, P(c), images found for each class, and the searches' course."""
    run.save_figure("drawn", _drawn(run, rows))
    run.save_figure("probabilities", _probabilities(rows))
    for penalty in settings.penalties:
        images = run.load_array(f"samples/found-{penalty}")
        names = rows["class_names"]
        figure = figures.image_grid(images, columns=len(names), column_labels=names)
        run.save_figure(f"found_{penalty}", figure)
    run.save_figure("search", _course(rows))


def report(settings: Settings, rows: dict[str, Any]) -> Report:
    """Decides the claims and tabulates agreement, lengths and P(c)."""
    report = Report("joint_model", TITLE, QUESTION)
    report.claims.append(_drawn_claim(rows["sampled"]))
    report.claims += [_found_claim(settings, rows, penalty) for penalty in settings.penalties]
    report.tables += [_agreement_table(rows), _probability_table(rows), _class_table(rows)]
    report.figure("drawn.png", "Images drawn with their classes, a column per class.")
    report.figure(
        "probabilities.png",
        "P(c) by the mean of P(c | I) and by the share of drawn classes, with 95 % intervals; "
        "diamonds are the shares of the training labels.",
    )
    for penalty in settings.penalties:
        report.figure(
            f"found_{penalty}.png",
            f"Images found for each class by gradient on h, with {TITLES[penalty]}.",
        )
    report.figure("search.png", "-log P(c | I), mean over all searches, before each step.")
    accuracy = rows["accuracy"]
    report.notes += [
        "Accuracy on the test images: the model's classifier {classifier:.4f}, a classifier of the "
        "other half of the training images {other half:.4f}, the committed judge "
        "{committed:.4f}.".format(**accuracy),
        f"One generator; intervals are over its draws. Typical is a length within the central 99 % "
        f"of those that P(h) draws. The judge '{JUDGE}' decides the claims; it has seen all "
        "training images, but neither the generator nor the classifier.",
    ]
    return report


def _drawn_claim(sampled: dict[str, Any]) -> Claim:
    found = sampled["agreement"][JUDGE]
    return Claim(
        f"A drawn class is what the drawn image shows, in more than {SHARE:.0%} of draws",
        None, found["mean"], found["ci95"], found["n"], _decision(found["ci95"], SHARE),
        "agreement of an independent judge, Wilson's interval",
    )  # fmt: skip


def _found_claim(settings: Settings, rows: dict[str, Any], penalty: str) -> Claim:
    found = rows["found"][penalty]
    agreement, typical = found["agreement"][JUDGE], found["lengths"]["typical"]
    return Claim(
        f"With {TITLES[penalty]}, the gradient finds an h for a wanted class in more than "
        f"{SHARE:.0%} of searches",
        None, agreement["mean"], agreement["ci95"], agreement["n"],
        _decision(agreement["ci95"], SHARE),
        f"agreement of an independent judge, Wilson's interval, {settings.each} searches per "
        f"class; {typical:.0%} of the h found are of a typical length",
    )  # fmt: skip


def _decision(ends: list[float], threshold: float) -> str:
    if ends[0] > threshold:
        return "confirmed"
    return "not confirmed" if ends[1] <= threshold else "not decidable"


def _agreement_table(rows: dict[str, Any]) -> Table:
    judges = list(rows["sampled"]["agreement"])
    found = {"drawn from the model": rows["sampled"], "start of the searches": rows["start"]}
    found |= {f"found, {TITLES[penalty]}": row for penalty, row in rows["found"].items()}
    table = []
    for name, row in found.items():
        sizes = row["lengths"]
        interval = "[{:.3f}, {:.3f}]".format(*row["agreement"][JUDGE]["ci95"])
        shares = [row["agreement"][judge]["mean"] for judge in judges]
        table.append([name, *shares, interval, sizes["mean"], sizes["typical"]])
    heads = [f"agreement, {judge}" for judge in judges]
    return Table(
        "Agreement with judges, and lengths of h",
        ["images", *heads, f"95 %, {JUDGE}", "mean length", "typical lengths"],
        table,
    )


def _probability_table(rows: dict[str, Any]) -> Table:
    table = []
    for name, row, real in zip(
        rows["class_names"], rows["sampled"]["probabilities"], rows["real"], strict=True
    ):
        ends = ["[{:.4f}, {:.4f}]".format(*row[key]["ci95"]) for key in ("mean", "drawn")]
        table.append([name, row["mean"]["mean"], ends[0], row["drawn"]["mean"], ends[1], real])
    return Table(
        f"P(c) from {rows['sampled']['n']:,} draws",
        ["class", "mean P(c | I)", "95 %", "drawn", "95 % (Wilson)", "training labels"],
        table,
    )


def _class_table(rows: dict[str, Any]) -> Table:
    """Success of the searches by class."""
    found = {p: row["agreement"][JUDGE]["per_class"] for p, row in rows["found"].items()}
    table = [
        [
            name,
            *(
                text
                for each in found.values()
                for text in (each[i]["mean"], "[{:.2f}, {:.2f}]".format(*each[i]["ci95"]))
            ),
        ]
        for i, name in enumerate(rows["class_names"])
    ]
    heads = [text for penalty in found for text in (TITLES[penalty], "95 %")]
    return Table(f"Success of the searches by class, judge '{JUDGE}'", ["class", *heads], table)


def _drawn(run: Run, rows: dict[str, Any]) -> Figure:
    images, labels = (run.load_array(f"samples/{name}") for name in ("drawn", "drawn_labels"))
    names = rows["class_names"]
    grid = np.ones((EXAMPLES, len(names), *images.shape[1:]), images.dtype)
    for label in range(len(names)):
        own = images[labels == label]
        grid[: len(own), label] = own
    return figures.image_grid(
        grid.reshape(-1, *images.shape[1:]), columns=len(names), column_labels=names
    )


def _probabilities(rows: dict[str, Any]) -> Figure:
    def triples(key: str) -> list[tuple[float, float, float]]:
        found = [row[key] for row in rows["sampled"]["probabilities"]]
        return [(row["mean"], *row["ci95"]) for row in found]

    return figures.bars(
        rows["class_names"],
        {"mean of P(c | I)": triples("mean"), "drawn classes": triples("drawn")},
        ylabel="P(c), 95 % interval",
        references={"mean of P(c | I)": rows["real"]},
        reference_label="share of the training labels",
    )


def _course(rows: dict[str, Any]) -> Figure:
    lines = {
        TITLES[penalty]: (np.arange(len(row["history"])), row["history"])
        for penalty, row in rows["found"].items()
    }
    return figures.curves(lines, xlabel="step", ylabel="-log P(c | I), mean", logy=True)
