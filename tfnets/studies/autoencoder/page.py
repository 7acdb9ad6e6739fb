"""Figures and claims of study 3.1."""

import numpy as np
from matplotlib.figure import Figure

from tfnets import datasets, figures, metrics
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.models import autoencoders
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.autoencoder import QUESTION, TITLE
from tfnets.studies.autoencoder.settings import Settings


def draw(run: Run, models: dict[str, autoencoders.Autoencoder], data: datasets.ImageData) -> None:
    """Saves reconstructions, latents on two principal components, and loss curves."""
    shown = np.stack([data.x_test[data.y_test == digit][0] for digit in np.unique(data.y_test)])
    restored = {name: model.decode(model.encode(shown)) for name, model in models.items()}
    run.save_figure("reconstructions", figures.reconstruction_rows(shown, restored))
    few = slice(0, 2000)
    panels = {
        name: (metrics.pca_explained(model.encode(data.x_test[few]))[0], data.y_test[few])
        for name, model in models.items()
    }
    run.save_figure("latents_pca", figures.scatter_panels(panels, data.class_names))
    run.save_figure("loss", _loss_curves(run, list(models)))


def _loss_curves(run: Run, variants: list[str]) -> Figure:
    lines = {}
    for name in variants:
        rows = [row for row in run.history if row["part"] == f"{name}-{run.config.seed}"]
        lines[name] = ([row["epoch"] for row in rows], [row["loss"] for row in rows])
    return figures.curves(lines, xlabel="epoch", ylabel="training loss (MSE)", logy=True)


def report(settings: Settings, rows: dict[str, list[dict[str, float]]], numbers: dict) -> Report:
    """Decides the origin's claims and tabulates each variant's means."""
    report = Report("autoencoder", TITLE, QUESTION)
    if "origin" in rows:
        report.claims += _claims(rows, chance=0.1)
    columns = ["test_mse", "knn_accuracy", "probe_accuracy", "pca_explained"]
    report.tables.append(
        Table(
            f"Means over {settings.repeats} seed(s), {settings.latent} latents",
            ["variant", "parameters", *columns],
            [[name, v["parameters"], *(v[c] for c in columns)] for name, v in numbers.items()],
        )
    )
    report.figure("reconstructions.png", "Test digits and what each autoencoder makes of them.")
    report.figure("latents_pca.png", "Latents of 2,000 test images on two principal components.")
    report.figure("loss.png", "Training loss; the masked variant's task is harder.")
    return report


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
