"""The page of study 4.3."""

import dataclasses
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Page
from tfnets.studies.interpolation import QUESTION, TITLE
from tfnets.studies.interpolation.numbers import Row
from tfnets.studies.interpolation.settings import STRIPS, Settings

NAMES = {
    "pixels": "cross-fade",
    "autoencoder_linear": "AE linear",
    "autoencoder_spherical": "AE spherical",
    "gan_linear": "GAN linear",
    "gan_spherical": "GAN spherical",
    "draws_linear": "GAN draws linear",
    "draws_spherical": "GAN draws spherical",
}
"""The methods, as figures and tables call them."""

COMMITTED = 0.1
"""Share of a path that a change of class may take for a GAN that commits at each step: one step of
a strip of eleven images."""


def write(run: Run, settings: Settings, rows: list[Row], numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides the origin's claim by differences between methods, seed by seed."""
    page = Page(run, TITLE, QUESTION)
    page.claims += [_open_without_ends(claim, numbers) for claim in _claims(rows, numbers)]
    _add_tables(page, numbers, rows[0]["intervals"])
    page.figure(
        "strips",
        _strips(run.load_array("strips"), rows[0]["strips"]),
        "Two pairs of test digits, first seed: the first two whose ends the judge reads right in "
        "both networks. Above each image the judge's class and its probability. The GAN's ends are "
        "what the search found.",
    )
    page.figure(
        "sureness",
        _sureness(settings, numbers["curves"]),
        "How sure the judge is along the paths, means over pairs and seeds. GAN draws: between "
        "draws of the prior, not between test images.",
    )
    right = ", ".join(map(str, numbers["right"]))
    real, samples = numbers["real"], numbers["networks"]["samples_unsure"]["mean"]
    unsure = numbers["methods"]["pixels"]["unsure"]["mean"]
    page.note(
        f"{settings.pairs} pairs of test images; of them {right} (by seed) have ends that the "
        "judge reads right in the images, the autoencoder's and the GAN's, and count.",
        "Arcs in the autoencoder's latents turn around their mean over the training images, in the "
        "GAN's around 0.",
        f"Test images themselves: probability {real['confidence']:.3f}, below 0.9 for "
        f"{real['unsure']:.3f} of them, distance to the nearest training image 1 by definition. "
        "By pixels, blurred images are nearer to others than sharp ones, real or not.",
        "The judge has learned from digits alone and takes many hybrids for digits: even of the "
        f"cross-fade's points it is unsure at no more than {unsure:.3f}. Of the GAN's own samples "
        f"it is unsure at {samples:.3f}.",
    )
    return page.as_json()


def _strips(images: np.ndarray, seen: dict[str, Any]) -> Figure:
    """The strips (pairs, methods, points, ...) with the judge's class and sureness."""
    pairs, _, columns = images.shape[:3]
    digits = zip(np.ravel(seen["classes"]), np.ravel(seen["sure"]), strict=True)
    return figures.image_grid(
        images.reshape(-1, *images.shape[3:]),
        columns=columns,
        titles=[f"{digit}  {_percent(sure)}" for digit, sure in digits],
        row_labels=[NAMES[method] for method in STRIPS] * pairs,
    )


def _percent(probability: float) -> str:
    """As a decimal without its 0; 1.0 only where it is."""
    return f"{np.floor(probability * 100) / 100:.2f}".removeprefix("0")


def _sureness(settings: Settings, curves: dict[str, Any]) -> Figure:
    places = np.linspace(0, 1, settings.points)
    names = {"confidence": "largest probability, mean", "unsure": "share of paths below 0.9"}
    panels = {
        title: {NAMES[method]: (places, curve[name]) for method, curve in curves.items()}
        for name, title in names.items()
    }
    dashed = [name for name in NAMES.values() if name.endswith("spherical")]
    return figures.curve_panels(
        panels, xlabel="place on the path", ylabel="by the judge", columns=2, dashed=dashed
    )


def _claims(rows: list[Row], numbers: dict[str, Any]) -> list[Claim]:
    def apart(name: str, between: str = "autoencoder-gan", sign: int = 1) -> np.ndarray:
        return sign * np.array([row["differences"][between][name] for row in rows])

    def method(method: str, name: str) -> np.ndarray:
        return np.array(numbers["methods"][method][name]["each"])

    gradual, commits = "gradual hybrids", "each image one digit or the other"
    between = "straight lines, mean over pairs, by seed"
    return [
        findings.decided(
            "The autoencoder's paths are more gradual: the judge is unsure at more of their points",
            apart("unsure"),
            whose="origin",
            origin=gradual,
            note=f"share of points below 0.9, autoencoder minus GAN; {between}",
        ),
        findings.decided(
            "The change of class takes more of the autoencoder's path than of the GAN's",
            apart("width"),
            whose="origin",
            origin=gradual,
            note=f"width of the transition, autoencoder minus GAN; {between}",
        ),
        findings.decided(
            "The autoencoder's paths go more evenly",
            apart("largest_step", sign=-1),
            whose="origin",
            origin=gradual,
            note=f"largest step over mean step in features, GAN minus autoencoder; {between}",
        ),
        findings.decided(
            "The GAN commits to a digit at each step: at most a tenth of its points are unsure",
            COMMITTED - method("gan_linear", "unsure"),
            whose="origin",
            origin=commits,
            note=f"0.1 minus the share of points below 0.9; {between}",
        ),
        findings.decided(
            "So it does between draws of its own prior",
            COMMITTED - method("draws_linear", "unsure"),
            whose="origin",
            origin=commits,
            note=f"the same between random latent vectors; {between}",
        ),
        findings.decided(
            "Between draws the GAN's images are as sure as the draws, the autoencoder's between "
            "digits are not",
            method("autoencoder_linear", "sag") - method("draws_linear", "sag"),
            whose="origin",
            origin=f"{gradual}; {commits}",
            note="by how much the mean probability between the ends is below that at the ends, "
            f"autoencoder minus GAN's draws; {between}",
        ),
        findings.decided(
            "What lies between is less like a real digit in the autoencoder than in the GAN",
            apart("nearest_features"),
            note="distance to the nearest training image in features, over that of test images, "
            f"autoencoder minus GAN; {between}",
        ),
        findings.decided(
            "The GAN's arcs stay surer than its straight lines",
            apart("unsure", "gan, linear-spherical"),
            note="share of points below 0.9, straight minus arc, between the same ends, by seed",
        ),
    ]


def _open_without_ends(claim: Claim, numbers: dict[str, Any]) -> Claim:
    """Where no two pairs have the right ends, the paths are not between digits."""
    if min(numbers["right"]) > 1:
        return claim
    note = f"{claim.note}; fewer than two pairs with the right ends"
    return dataclasses.replace(claim, verdict="not decidable", note=note)


COLUMNS = {
    "unsure": "unsure",
    "confidence": "probability",
    "sag": "below the ends",
    "entropy": "entropy",
    "third": "third class",
    "width": "width",
    "largest_step": "largest step",
    "length": "length",
    "nearest_pixels": "nearest, pixels",
    "nearest_features": "nearest, features",
}


def _add_tables(page: Page, numbers: dict[str, Any], intervals: dict[str, Any]) -> None:
    """Methods, networks, and the first seed's differences with intervals over pairs."""
    page.table(
        "Between the ends, means over pairs and seeds: share of points below 0.9, largest "
        "probability and how far that is below the ends', entropy (nats), share of points of a "
        "third class; width of the change of "
        "class; in features, largest step over mean step and length over distance; distance to the "
        "nearest training image over that of test images",
        ["path", *COLUMNS.values()],
        [
            [NAMES[method], *(round(values[name]["mean"], 3) for name in COLUMNS)]
            for method, values in numbers["methods"].items()
        ],
    )
    networks = numbers["networks"].items()
    each = {name: ", ".join(f"{value:.4g}" for value in row["each"]) for name, row in networks}
    page.table(
        "Both networks on the images of the pairs, and the GAN's samples",
        ["number", "mean", "by seed"],
        [[name.replace("_", " "), f"{row['mean']:.4g}", each[name]] for name, row in networks],
    )
    page.table(
        "First seed: differences of methods between the same ends, with 95 % intervals over pairs",
        ["number", *intervals],
        [
            [title, *(f"{Estimate.from_json(v[name]):+.3f}" for v in intervals.values())]
            for name, title in COLUMNS.items()
        ],
    )
