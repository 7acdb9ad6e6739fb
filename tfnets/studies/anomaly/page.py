"""Figures and claims of study 5.1."""

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.figures.densities import density_panels
from tfnets.lab import findings
from tfnets.methods.anomalies import BASELINES, OURS, TITLES
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.anomaly import QUESTION, TITLE
from tfnets.studies.anomaly.settings import Case, Settings

SCORE = "sum"
"""The score that is claimed to be the best."""

DENSITIES = ("error", SCORE)
"""Scores whose distributions a figure shows."""

ODDEST = 10
"""Oddest test images of each case that a figure shows."""

BARS = ("error", SCORE, "pca", "isolation_forest")

Rows = dict[str, list[dict]]
"""Case -> seed -> `normal`, `odd` (counts) and `scores`: name -> `auroc`, `average_precision`."""

KEYS = ("auroc", "average_precision")


def shown(normal: int, odd: int) -> np.ndarray:
    """Places, among the test images, of those whose reconstructions are shown."""
    return np.concatenate([np.arange(min(5, normal)), normal + np.arange(min(5, odd))])


def numbers(rows: Rows) -> dict:
    """Means over seeds of each case and score, and over all classes that were held out."""
    found = {case: _case(row) for case, row in rows.items()}
    held_out = [case for case in rows if case.isdecimal()]
    if held_out:
        found["mean_over_held_out"] = {
            name: {key: float(np.mean(values(rows, held_out, name, key))) for key in KEYS}
            for name in TITLES
        }
    return found


def _case(row: list[dict]) -> dict:
    counts = {key: row[0][key] for key in ("normal", "odd")}
    scores = {
        name: {key: float(np.mean([one["scores"][name][key] for one in row])) for key in KEYS}
        | {"auroc_by_seed": [one["scores"][name]["auroc"] for one in row]}
        for name in TITLES
    }
    return counts | scores


def values(rows: Rows, cases: list[str], score: str, key: str = "auroc") -> np.ndarray:
    """A number of each seed, averaged over cases: shape (seeds,)."""
    found = [[one["scores"][score][key] for one in rows[case]] for case in cases]
    return np.mean(found, axis=0)


def draw(run: Run, settings: Settings, case: Case, rows: Rows) -> None:
    """Saves AUROC by case, reconstructions, distributions of scores, and the oddest images."""
    run.save_figure("auroc", _bars(settings, rows))
    run.save_figure("reconstructions", _reconstructions(run, case))
    run.save_figure("scores", _densities(run, settings, case.name, rows))
    run.save_figure("oddest", _oddest(run, settings, rows))


def report(settings: Settings, rows: Rows, numbers: dict) -> Report:
    """Decides the claims and tabulates every score."""
    report = Report("anomaly", TITLE, QUESTION)
    held_out = [case for case in rows if case.isdecimal()]
    report.claims += _others(settings, rows)
    if held_out:
        report.claims += _held_out(rows, held_out)
    for key, title in zip(KEYS, ("AUROC", "Average precision"), strict=True):
        report.tables.append(_table(settings, numbers, key, title))
    report.figure(
        "auroc.png",
        "AUROC by what is to be found; whiskers are 95 % intervals over seeds, 0.5 is chance.",
    )
    report.figure(
        "reconstructions.png",
        "Normal and odd test images, and what the autoencoder of normal images makes of them.",
    )
    report.figure("scores.png", "Distribution of two scores over normal and odd test images.")
    report.figure(
        "oddest.png",
        "The test images with the highest scores, by what is to be found; a tick marks those that "
        "are of the odd kind.",
    )
    report.notes += [
        "No label was used in training. Average precision depends on how many of the test images "
        "are odd: half of them in the first case, a tenth in the others.",
        "An isolation forest depends on the seed, PCA on nothing but the images.",
    ]
    return report


def _others(settings: Settings, rows: Rows) -> list[Claim]:
    return [
        findings.decided(
            f"{TITLES[score]}: tells {settings.dataset} from {settings.other} with an AUROC of at "
            "least 0.99",
            values(rows, ["others"], score),
            threshold=0.99,
            note="AUROC over seeds",
        )
        for score in ("error", SCORE)
    ]


def _held_out(rows: Rows, held_out: list[str]) -> list[Claim]:
    return [
        findings.decided(
            f"{TITLES[score]}: finds a class that was held out better than {TITLES[other]}, on "
            f"average over {len(held_out)} classes",
            values(rows, held_out, score) - values(rows, held_out, other),
            note="difference of mean AUROC over seeds",
        )
        for score in ("error", SCORE)
        for other in BASELINES
    ]


def _title(settings: Settings, case: str) -> str:
    return settings.other if case == "others" else case


def _table(settings: Settings, numbers: dict, key: str, title: str) -> Table:
    return Table(
        f"{title}, mean of {settings.repeats} seed(s), by what is to be found among "
        f"{settings.dataset}",
        ["to be found", *(TITLES[name] for name in (*OURS, *BASELINES))],
        [
            [
                "mean over the held out" if case.startswith("mean") else _title(settings, case),
                *(row[name][key] for name in (*OURS, *BASELINES)),
            ]
            for case, row in numbers.items()
        ],
    )


def _bars(settings: Settings, rows: Rows) -> Figure:
    def triple(case: str, name: str) -> tuple[float, float, float]:
        found = values(rows, [case], name)
        if len(found) < 2:
            return (float(found[0]),) * 3
        estimate = metrics.mean_ci95(found)
        return estimate.mean, estimate.low, estimate.high

    return figures.bars(
        [_title(settings, case) for case in rows],
        {TITLES[name]: [triple(case, name) for case in rows] for name in BARS},
        ylabel="AUROC, mean and 95 % interval",
    )


def _reconstructions(run: Run, case: Case) -> Figure:
    originals = case.test[shown(len(case.normal), len(case.odd))]
    restored = run.load_array(f"{case.name}-restored")
    return figures.reconstruction_rows(originals, {"autoencoder": restored})


def _densities(run: Run, settings: Settings, case: str, rows: Rows) -> Figure:
    scores, normal = run.load_array(f"{case}-scores"), rows[case][0]["normal"]
    panels = {}
    for name, found in zip(DENSITIES, scores, strict=True):
        # In units of the normal images', so that two scores share an axis.
        low, high = np.percentile(found[:normal], [50, 99])
        scaled = np.clip((found - low) / max(high - low, 1e-9), -2, 8)
        kinds = {settings.dataset: scaled[:normal], settings.other: scaled[normal:]}
        panels[TITLES[name]] = kinds
    return density_panels(
        panels,
        xlabel="score; 0: median of the normal images, 1: their 99th percentile",
        ylabel="share",
        reference=1.0,
    )


def _oddest(run: Run, settings: Settings, rows: Rows) -> Figure:
    images = np.concatenate([run.load_array(f"{case}-oddest") for case in rows])
    odd = np.concatenate([run.load_array(f"{case}-oddest_are_odd") for case in rows])
    return figures.image_grid(
        images,
        columns=len(run.load_array(f"{next(iter(rows))}-oddest")),
        titles=["\N{CHECK MARK}" if one else "" for one in odd],
        row_labels=[_title(settings, case) for case in rows],
    )
