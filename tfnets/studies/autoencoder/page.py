"""The page of study 3.1."""

from typing import Any

from matplotlib.figure import Figure

from tfnets import datasets, figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.methods.classifiers.results import values
from tfnets.report.content import Claim, Page
from tfnets.studies.autoencoder import QUESTION, TITLE
from tfnets.studies.autoencoder.settings import Settings

COLUMNS = ("test_mse", "knn_accuracy", "probe_accuracy", "pca_explained")


Rows = dict[str, list[dict[str, float]]]


def write(
    run: Run, settings: Settings, rows: Rows, numbers: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Decides the origin's claims, tabulates each variant's means, draws the run's first seed."""
    page = Page(run, TITLE, QUESTION)
    if "origin" in rows:
        page.claims += _claims(rows)
    columns = ("parameters", *COLUMNS)
    title = f"Means over {settings.repeats} seed(s), {settings.latent} latents"
    means = [[name, *(row[column] for column in columns)] for name, row in numbers.items()]
    page.table(title, ["variant", *columns], means)
    shown = run.load_array("samples/shown")
    restored = {name: run.load_array(f"samples/{name}-restored") for name in settings.variants}
    caption = "Test digits and what each autoencoder makes of them."
    page.figure("reconstructions", figures.reconstruction_rows(shown, restored), caption)
    classes = run.load_array("samples/classes")
    planes = {n: (run.load_array(f"samples/{n}-plane"), classes) for n in settings.variants}
    figure = figures.scatter_panels(planes, datasets.class_names(settings.dataset))
    caption = "Latents of 2,000 test images on two principal components."
    page.figure("latents_pca", figure, caption)
    caption = "Training loss; the masked variant's task is harder."
    page.figure("loss", _loss_curves(run, settings.variants), caption)
    return page.as_json()


def _loss_curves(run: Run, variants: tuple[str, ...]) -> Figure:
    lines = {}
    for name in variants:
        rows = [row for row in run.history if row["part"] == f"{name}-{run.config.seed}"]
        lines[name] = ([row["epoch"] for row in rows], [row["loss"] for row in rows])
    return figures.curves(lines, xlabel="epoch", ylabel="training loss (MSE)", logy=True)


def _claims(rows: Rows) -> list[Claim]:
    plane = values(rows["origin"], "pca_plane_knn_accuracy")
    claims = [
        findings.decided(
            "Digits separate on two principal components of the latents",
            plane,
            threshold=0.1,
            whose="origin",
            note="accuracy of 5 nearest neighbours on the plane, against chance 0.1",
        ),
        findings.decided(
            "They overlap there: the plane loses what the latents know",
            values(rows["origin"], "knn_accuracy") - plane,
            whose="origin",
            note="accuracy in all latents minus accuracy on the plane, over seeds",
        ),
    ]
    if "one_dense" in rows:
        claim = "The one-dense-layer decoder reconstructs no worse than the convolutional one"
        note = "test error of the convolutional decoder minus the dense one's, over seeds"
        errors = [values(rows[name], "test_mse") for name in ("origin", "one_dense")]
        claims.append(findings.decided(claim, errors[0] - errors[1], note=note))
    return claims
