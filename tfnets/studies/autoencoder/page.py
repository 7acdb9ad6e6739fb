"""The page of study 3.1."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import datasets, figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.report.content import Claim, Page
from tfnets.studies.autoencoder import QUESTION, TITLE
from tfnets.studies.autoencoder.settings import Settings

COLUMNS = ("test_mse", "knn_accuracy", "probe_accuracy", "pca_explained")


def write(
    run: Run,
    settings: Settings,
    rows: dict[str, list[dict[str, float]]],
    numbers: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    """Decides the origin's claims, tabulates each variant's means, draws the run's first seed."""
    page = Page(run, TITLE, QUESTION)
    if "origin" in rows:
        page.claims += _claims(rows, chance=0.1)
    page.table(
        f"Means over {settings.repeats} seed(s), {settings.latent} latents",
        ["variant", "parameters", *COLUMNS],
        [[name, v["parameters"], *(v[c] for c in COLUMNS)] for name, v in numbers.items()],
    )
    shown = run.load_array("samples/shown")
    restored = {name: run.load_array(f"samples/{name}-restored") for name in settings.variants}
    caption = "Test digits and what each autoencoder makes of them."
    page.figure("reconstructions", figures.reconstruction_rows(shown, restored), caption)
    classes = run.load_array("samples/classes")
    planes = {
        name: (run.load_array(f"samples/{name}-plane"), classes) for name in settings.variants
    }
    page.figure(
        "latents_pca",
        figures.scatter_panels(planes, datasets.class_names(settings.dataset)),
        "Latents of 2,000 test images on two principal components.",
    )
    caption = "Training loss; the masked variant's task is harder."
    page.figure("loss", _loss_curves(run, settings.variants), caption)
    return page.as_json()


def _loss_curves(run: Run, variants: tuple[str, ...]) -> Figure:
    lines = {}
    for name in variants:
        rows = [row for row in run.history if row["part"] == f"{name}-{run.config.seed}"]
        lines[name] = ([row["epoch"] for row in rows], [row["loss"] for row in rows])
    return figures.curves(lines, xlabel="epoch", ylabel="training loss (MSE)", logy=True)


def _claims(rows: dict[str, list[dict[str, float]]], chance: float) -> list[Claim]:
    def values(name: str, key: str) -> np.ndarray:
        return np.array([row[key] for row in rows[name]])

    plane = values("origin", "pca_plane_knn_accuracy")
    claims = [
        findings.decided(
            "Digits separate on two principal components of the latents",
            plane,
            threshold=chance,
            note="accuracy of 5 nearest neighbours on the plane, against chance 0.1",
        ),
        findings.decided(
            "They overlap there: the plane loses what the latents know",
            values("origin", "knn_accuracy") - plane,
            note="accuracy in all latents minus accuracy on the plane, over seeds",
        ),
    ]
    if "one_dense" in rows:
        claims.append(
            findings.decided(
                "The one-dense-layer decoder reconstructs no worse than the convolutional one",
                values("origin", "test_mse") - values("one_dense", "test_mse"),
                note="test error of the convolutional decoder minus the dense one's, over seeds",
            )
        )
    return claims
