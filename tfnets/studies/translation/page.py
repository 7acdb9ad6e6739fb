"""Figures and claims of study 5.5."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.datasets.domains import DOMAINS
from tfnets.lab import findings
from tfnets.lab.seeds import estimate
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.translation import QUESTION, TITLE
from tfnets.studies.translation.recipe import TITLES
from tfnets.studies.translation.settings import Rows, Settings

NUMBERS = ("relative", "rank", "label", "frechet")
"""Numbers of a translator, the one that decides the claims first."""

LABELS = {
    "relative": "relative distance\nto the partner",
    "rank": "others nearer\nthan the partner",
    "label": "label kept",
    "frechet": "Frechet distance",
}

BETTER = {"relative": -1, "rank": -1, "label": 1, "frechet": -1}
"""The sign with which a number is quality."""

MARGIN = 0.5
"""Rank correlations nearer to 0 count as none."""

FEWEST = 4
"""Domains that a rank correlation needs for an interval."""


def shown(labels: np.ndarray) -> np.ndarray:
    """Indices of the images that figures show: the first of each class, at most eight."""
    return np.sort(np.unique(labels, return_index=True)[1])[:8]


def numbers(settings: Settings, rows: Rows) -> dict[str, Any]:
    """Means over seeds for each domain and method, and how they follow similarity."""
    found = {
        name: {
            "similarity": row["similarity"],
            "label_real": row["real"]["label"],
            "frechet_real": row["real"]["frechet"],
            "methods": {method: _means(seeds) for method, seeds in row["methods"].items()},
        }
        for name, row in rows.items()
    }
    return {
        "domains": found,
        "correlations": _correlations(settings, found),
        "images": settings.test_images,
        "seeds": settings.repeats,
    }


def _means(seeds: list[dict]) -> dict[str, Any]:
    """Mean of each number over seeds, with its values."""
    means = {}
    for key in ("distance", *NUMBERS):
        values = [_value(one[key]) for one in seeds]
        means[key] = estimate(values) | {"each": values}
    return means


def _value(number: float | dict) -> float:
    return number["mean"] if isinstance(number, dict) else number


def _correlations(settings: Settings, found: dict[str, dict]) -> dict[str, dict]:
    """Rank correlation of quality and similarity over the domains, by method and number."""
    if len(found) < FEWEST:
        return {}
    similar = {
        "ssim": [row["similarity"]["ssim"] for row in found.values()],
        "distance": [-row["similarity"]["distance"] for row in found.values()],
    }
    return {
        method: {
            key: {
                measure: metrics.rank_test(np.array(values), _quality(found, method, key)).as_json()
                for measure, values in similar.items()
            }
            for key in NUMBERS
        }
        for method in settings.methods
    }


def _quality(found: dict[str, dict], method: str, key: str) -> np.ndarray:
    """A number of each domain, the higher the better; Frechet distances over the real ones'."""
    values = np.array([row["methods"][method][key]["mean"] for row in found.values()])
    if key == "frechet":
        values = values / np.array([row["frechet_real"] for row in found.values()])
    return BETTER[key] * values


def draw(run: Run, settings: Settings, numbers: dict[str, Any]) -> None:
    """Saves samples of each domain, and quality against similarity."""
    for name in settings.domains:
        run.save_figure(f"samples_{name}", _samples(run, settings, name))
    run.save_figure("quality", _quality_figure(settings, numbers["domains"]))


def report(settings: Settings, numbers: dict[str, Any]) -> Report:
    """Decides the claims and tabulates every domain."""
    report = Report("translation", TITLE, QUESTION)
    if numbers["correlations"]:
        report.claims += [
            _following(settings, method, numbers["correlations"][method]["relative"]["ssim"])
            for method in settings.methods
        ]
        report.tables.append(_correlation_table(settings, numbers))
    report.claims += _nearer(settings, numbers)
    report.tables.insert(0, _table(settings, numbers))
    report.figure(
        "quality.png",
        "Each domain's numbers against the mean structural similarity of digits and their partners;"
        " whiskers span the seeds, black bars are real images of the domain.",
    )
    for name in settings.domains:
        report.figure(
            f"samples_{name}.png",
            f"{DOMAINS[name].title}: test digits, what each method makes of them, true partners.",
        )
    report.notes += [
        "Relative distance: mean absolute difference from the true partner over that of two images "
        "of the domain; 0 is exact, 1 is what an image drawn at random gives. A grey mean of all "
        "images would be nearer than 1, so the share of other partners that are nearer than the "
        "true one (0.5 is chance) is given beside it.",
        "The partner in the domain Fashion item is one item of the class, and which one cannot be "
        "known: there the distance cannot come near 0, and the label is what counts.",
        f"N = {settings.test_images:,} test images; {settings.repeats} seed(s) per domain and "
        "method. Frechet distances are in the features of each domain's own judge: compare them "
        "with the real ones of the same domain, not across domains.",
    ]
    return report


CLAIMS = {
    "plain": "The plain GAN does not care how well pairs match: its outputs are not nearer to "
    "their partners where the domains are closer",
    "cycle": "CycleGAN does better the closer the domains are",
    "paired": "The paired conditional GAN does better the closer the domains are",
}


def _following(settings: Settings, method: str, test: dict[str, Any]) -> Claim:
    """Decides whether a method's partner distance follows similarity."""
    low, high = test["ci95"]
    decision = "not decidable"
    if method == "plain":
        if test["p_value"] < 0.05:
            decision = "not confirmed"
        elif low > -MARGIN and high < MARGIN:
            decision = "confirmed"
        how = (
            f"not confirmed where the two-sided p is below 0.05, confirmed where the interval lies "
            f"within +-{MARGIN}"
        )
    else:
        if test["p_greater"] < 0.05:
            decision = "confirmed"
        elif test["p_less"] < 0.05:
            decision = "not confirmed"
        how = "decided by the exact one-sided permutation p"
    p = test["p_value" if method == "plain" else "p_greater"]
    note = (
        f"rank correlation of structural similarity and nearness to the partner over {test['n']} "
        f"domains (means of {settings.repeats} seed(s)), p = {p:.2g}; {how}"
    )
    return Claim(CLAIMS[method], None, test["rho"], [low, high], test["n"], decision, note)


def _nearer(settings: Settings, numbers: dict[str, Any]) -> list[Claim]:
    """Compares the methods in pairs: each with the one that has less of a link."""
    claims = []
    for better, worse in (("cycle", "plain"), ("paired", "cycle")):
        if not {better, worse} <= set(settings.methods):
            continue
        values = [
            row["methods"][worse]["relative"]["mean"] - row["methods"][better]["relative"]["mean"]
            for row in numbers["domains"].values()
        ]
        claims.append(
            findings.decided(
                f"The {TITLES[better]} comes nearer to the true partners than the {TITLES[worse]}",
                np.array(values),
                note=f"difference of relative distances over {len(values)} domains in pairs",
            )
        )
    return claims


def _table(settings: Settings, numbers: dict[str, Any]) -> Table:
    rows = []
    for name, row in numbers["domains"].items():
        similar = row["similarity"]
        real = [similar["ssim"], similar["distance"]]
        rows.append(
            [DOMAINS[name].title, "real", *real, 0.0, 0.0, row["label_real"]["mean"],
             row["frechet_real"]]
        )  # fmt: skip
        rows += [
            [DOMAINS[name].title, TITLES[method], *real, *(found[key]["mean"] for key in NUMBERS)]
            for method, found in row["methods"].items()
        ]
    heads = ["relative distance", "others nearer", "label kept", "Frechet"]
    return Table(
        f"Mean over {settings.repeats} seed(s), N = {settings.test_images}",
        ["domain", "method", "SSIM", "distance of domains", *heads],
        rows,
    )


def _correlation_table(settings: Settings, numbers: dict[str, Any]) -> Table:
    titles = {"ssim": "structural similarity", "distance": "mean absolute distance"}
    rows = [
        [
            TITLES[method], " ".join(LABELS[key].split("\n")), titles[measure], test["rho"],
            "[{:.2f}, {:.2f}]".format(*test["ci95"]), test["p_value"],
        ]
        for method in settings.methods
        for key, tests in numbers["correlations"][method].items()
        for measure, test in tests.items()
    ]  # fmt: skip
    return Table(
        f"Rank correlation of quality and closeness over {len(settings.domains)} domains "
        "(positive: better where closer)",
        ["method", "quality by", "closeness by", "rho", "95 %", "p, two-sided, exact"],
        rows,
    )


def _samples(run: Run, settings: Settings, name: str) -> Figure:
    """Digits, outputs of each method and true partners, one row each."""
    seed = run.config.seed
    arrays = {"digit": "digits"}
    arrays |= {TITLES[method]: f"{method}-{seed}" for method in settings.methods}
    arrays["true partner"] = "partners"
    found = [run.load_array(f"samples/{name}-{array}") for array in arrays.values()]
    channels = max(images.shape[-1] for images in found)
    rows = [np.repeat(x, channels, -1) if x.shape[-1] < channels else x for x in found]
    return figures.image_grid(np.concatenate(rows), columns=len(rows[0]), row_labels=list(arrays))


def _quality_figure(settings: Settings, found: dict[str, dict]) -> Figure:
    panels = {
        LABELS[key]: {
            TITLES[method]: [_ends(row["methods"][method][key]) for row in found.values()]
            for method in settings.methods
        }
        for key in NUMBERS
    }
    return figures.trends(
        {DOMAINS[name].title: row["similarity"]["ssim"] for name, row in found.items()},
        panels,
        xlabel="mean structural similarity of digit and true partner",
        references={
            LABELS["label"]: [row["label_real"]["mean"] for row in found.values()],
            LABELS["frechet"]: [row["frechet_real"] for row in found.values()],
        },
        reference_label="real images of the domain",
        logarithmic=[LABELS["frechet"]],
    )


def _ends(value: dict[str, Any]) -> tuple[float, float, float]:
    return value["mean"], min(value["each"]), max(value["each"])
