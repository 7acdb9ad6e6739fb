"""The page of study 5.1."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures.densities import density_panels
from tfnets.lab import findings
from tfnets.methods.anomalies import BASELINES, OURS, TITLES
from tfnets.report.content import Claim, Page
from tfnets.studies.anomaly import QUESTION, TITLE
from tfnets.studies.anomaly.numbers import KEYS, Detections, auroc, held_out, values
from tfnets.studies.anomaly.settings import CLAIMED, DENSITIES, OTHERS, Settings

BARS = ("error", CLAIMED, "pca", "isolation_forest")  # scores whose AUROC a figure shows


def write(
    run: Run, settings: Settings, rows: Detections, numbers: dict[str, Any]
) -> dict[str, Any]:
    """Decides the claims, tabulates every score, shows what the run's first seed found."""
    page = Page(run, TITLE, QUESTION)
    page.claims += claims(settings, rows)
    names = {case: settings.other if case == OTHERS else case for case in rows}
    names["mean_over_held_out"] = "mean over the held out"
    scores = (*OURS, *BASELINES)
    for key, title in zip(KEYS, ("AUROC", "Average precision"), strict=True):
        means = f"{title}, mean of {settings.repeats} seed(s)"
        page.table(
            f"{means}, by what is to be found among {settings.dataset}",
            ["to be found", *(TITLES[name] for name in scores)],
            [[names[case], *(row[name][key] for name in scores)] for case, row in numbers.items()],
        )
    titles = [names[case] for case in rows]
    bars = {TITLES[name]: [auroc(rows, case, name).bar for case in rows] for name in BARS}
    caption = "AUROC by what is to be found; whiskers are 95 % intervals over seeds, 0.5 is chance."
    figure = figures.bars(titles, bars, ylabel="AUROC, mean and 95 % interval")
    page.figure("auroc", figure, caption)
    originals, restored = (run.load_array(f"{OTHERS}-{name}") for name in ("shown", "restored"))
    caption = "Normal and odd test images, and what the autoencoder of normal images makes of them."
    figure = figures.reconstruction_rows(originals, {"autoencoder": restored})
    page.figure("reconstructions", figure, caption)
    caption = "Distribution of two scores over normal and odd test images."
    page.figure("scores", _densities(run, settings, rows[OTHERS][0]["normal"]), caption)
    oddest = [run.load_array(f"{case}-oddest") for case in rows]
    are_odd = np.concatenate([run.load_array(f"{case}-oddest_are_odd") for case in rows])
    ticks = ["\N{CHECK MARK}" if one else "" for one in are_odd]
    grid = {"columns": len(oddest[0]), "titles": ticks, "row_labels": titles}
    page.figure(
        "oddest",
        figures.image_grid(np.concatenate(oddest), **grid),
        "The test images with the highest scores, by what is to be found; a tick marks those that "
        "are of the odd kind.",
    )
    page.note(
        "No label was used in training. Average precision depends on how many of the test images "
        "are odd: half of them in the first case, a tenth in the others.",
        "An isolation forest depends on the seed, PCA on nothing but the images.",
    )
    return page.as_json()


def claims(settings: Settings, rows: Detections) -> list[Claim]:
    """What is claimed of two scores, decided by repetitions."""
    scores, classes = ("error", CLAIMED), held_out(rows)
    apart = f"tells {settings.dataset} from {settings.other} with an AUROC of at least 0.99"
    found = "finds a class that was held out better than"
    told_apart = [
        findings.decided(
            f"{TITLES[score]}: {apart}",
            values(rows, [OTHERS], score),
            threshold=0.99,
            note="AUROC over seeds",
        )
        for score in scores
    ]
    return told_apart + [
        findings.decided(
            f"{TITLES[score]}: {found} {TITLES[other]}, on average over {len(classes)} classes",
            values(rows, classes, score) - values(rows, classes, other),
            note="difference of mean AUROC over seeds",
        )
        for score in scores
        for other in BASELINES
        if classes
    ]


def _densities(run: Run, settings: Settings, normal: int) -> Figure:
    panels = {}
    for name, found in zip(DENSITIES, run.load_array(f"{OTHERS}-scores"), strict=True):
        # In units of the normal images', so that two scores share an axis.
        low, high = np.percentile(found[:normal], [50, 99])
        scaled = np.clip((found - low) / max(high - low, 1e-9), -2, 8)
        kinds = {settings.dataset: scaled[:normal], settings.other: scaled[normal:]}
        panels[TITLES[name]] = kinds
    xlabel = "score; 0: median of the normal images, 1: their 99th percentile"
    return density_panels(panels, xlabel=xlabel, ylabel="share", reference=1.0)
