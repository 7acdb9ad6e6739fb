"""The page of study 5.5."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.datasets.domains import DOMAINS
from tfnets.lab import findings
from tfnets.report.content import Claim, Page
from tfnets.studies.translation import QUESTION, TITLE
from tfnets.studies.translation.numbers import NUMBERS
from tfnets.studies.translation.settings import METHODS, Settings

LABELS = {
    "relative": "relative distance\nto the partner",
    "rank": "others nearer\nthan the partner",
    "label": "label kept",
    "frechet": "Frechet distance",
}

MARGIN = 0.5
"""Rank correlations nearer to 0 count as none."""


def write(run: Run, settings: Settings, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides the claims, tabulates every domain, draws quality and samples."""
    page, found = Page(run, TITLE, QUESTION), numbers["domains"]
    page.claims += claims(settings, numbers)
    _table(page, settings, found)
    if numbers["correlations"]:
        _correlation_table(page, settings, numbers["correlations"])
    page.figure(
        "quality",
        _quality(settings, found),
        "Each domain's numbers against the mean structural similarity of digits and their partners;"
        " whiskers span the seeds, black bars are real images of the domain.",
    )
    for name in settings.domains:
        text = "test digits, what each method makes of them, true partners."
        samples = _samples(run, settings, name)
        page.figure(f"samples_{name}", samples, f"{DOMAINS[name].title}: {text}")
    page.note(
        "Relative distance: mean absolute difference from the true partner over that of two images "
        "of the domain; 0 is exact, 1 is what an image drawn at random gives. A grey mean of all "
        "images would be nearer than 1, so the share of other partners that are nearer than the "
        "true one (0.5 is chance) is given beside it.",
        "The partner in the domain Fashion item is one item of the class, and which one cannot be "
        "known: there the distance cannot come near 0, and the label is what counts.",
        f"N = {settings.test_images:,} test images; {settings.repeats} seed(s) per domain and "
        "method. Frechet distances are in the features of each domain's own judge: compare them "
        "with the real ones of the same domain, not across domains.",
    )
    return page.as_json()


def claims(settings: Settings, numbers: dict[str, Any]) -> list[Claim]:
    """Whether each method follows similarity, and which comes nearer to the partners."""
    following = [
        _following(settings, method, tests["relative"]["ssim"])
        for method, tests in numbers["correlations"].items()
    ]
    return following + _nearer(settings, numbers)


CLAIMS = {
    "plain": "The plain GAN does not care how well pairs match: its outputs are not nearer to "
    "their partners where the domains are closer",
    "cycle": "CycleGAN does better the closer the domains are",
    "paired": "The paired conditional GAN does better the closer the domains are",
}


def _following(settings: Settings, method: str, test: dict[str, Any]) -> Claim:
    """Decides whether a method's partner distance follows similarity."""
    low, high = test["ci95"]
    if method == "plain":
        refuted, shown = test["p_value"] < 0.05, low > -MARGIN and high < MARGIN
        how = (
            f"not confirmed where the two-sided p is below 0.05, confirmed where the interval lies "
            f"within +-{MARGIN}"
        )
    else:
        refuted, shown = test["p_less"] < 0.05, test["p_greater"] < 0.05
        how = "decided by the exact one-sided permutation p"
    decision = "not confirmed" if refuted else "confirmed" if shown else "not decidable"
    p = test["p_value" if method == "plain" else "p_greater"]
    note = (
        f"rank correlation of structural similarity and nearness to the partner over {test['n']} "
        f"domains (means of {settings.repeats} seed(s)), p = {p:.2g}; {how}"
    )
    numbers = test["rho"], [low, high], test["n"]
    return Claim(CLAIMS[method], None, *numbers, decision, note, whose="origin")


def _nearer(settings: Settings, numbers: dict[str, Any]) -> list[Claim]:
    """Compares the methods in pairs: each with the one that has less of a link."""
    claims = []
    for better, worse in (("cycle", "plain"), ("paired", "cycle")):
        if {better, worse} <= set(settings.methods):
            values = [
                np.subtract(*(row["methods"][name]["relative"]["mean"] for name in (worse, better)))
                for row in numbers["domains"].values()
            ]
            claims.append(
                findings.decided(
                    f"The {METHODS[better]} comes nearer to the true partners than the "
                    f"{METHODS[worse]}",
                    np.array(values),
                    note=f"difference of relative distances over {len(values)} domains in pairs",
                )
            )
    return claims


def _table(page: Page, settings: Settings, domains: dict[str, dict]) -> None:
    rows = []
    for name, row in domains.items():
        title, real = DOMAINS[name].title, [row["similarity"][key] for key in ("ssim", "distance")]
        label, frechet = row["label_real"]["mean"], row["frechet_real"]
        rows.append([title, "real", *real, 0.0, 0.0, label, frechet])
        rows += [
            [title, METHODS[method], *real, *(found[key]["mean"] for key in NUMBERS)]
            for method, found in row["methods"].items()
        ]
    heads = ["relative distance", "others nearer", "label kept", "Frechet"]
    page.table(
        f"Mean over {settings.repeats} seed(s), N = {settings.test_images}",
        ["domain", "method", "SSIM", "distance of domains", *heads],
        rows,
    )


def _correlation_table(page: Page, settings: Settings, correlations: dict[str, dict]) -> None:
    titles = {"ssim": "structural similarity", "distance": "mean absolute distance"}
    rows = [
        [
            METHODS[method], " ".join(LABELS[key].split("\n")), titles[measure], test["rho"],
            "[{:.2f}, {:.2f}]".format(*test["ci95"]), test["p_value"],
        ]
        for method, found in correlations.items()
        for key, tests in found.items()
        for measure, test in tests.items()
    ]  # fmt: skip
    page.table(
        f"Rank correlation of quality and closeness over {len(settings.domains)} domains "
        "(positive: better where closer)",
        ["method", "quality by", "closeness by", "rho", "95 %", "p, two-sided, exact"],
        rows,
    )


def _samples(run: Run, settings: Settings, name: str) -> Figure:
    """Digits, outputs of each method and true partners, one row each."""
    seed = run.config.seed
    arrays = {"digit": "digits"}
    arrays |= {METHODS[method]: f"{method}-{seed}" for method in settings.methods}
    arrays["true partner"] = "partners"
    found = [run.load_array(f"samples/{name}-{array}") for array in arrays.values()]
    channels = max(images.shape[-1] for images in found)
    rows = [np.repeat(x, channels, -1) if x.shape[-1] < channels else x for x in found]
    return figures.image_grid(np.concatenate(rows), columns=len(rows[0]), row_labels=list(arrays))


def _quality(settings: Settings, found: dict[str, dict]) -> Figure:
    panels = {
        LABELS[key]: {
            METHODS[method]: [
                (value["mean"], min(value["each"]), max(value["each"]))
                for value in (row["methods"][method][key] for row in found.values())
            ]
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
