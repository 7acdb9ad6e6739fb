"""metrics.json of study `few_labels`: means over draws with intervals, and paired tests."""

from collections.abc import Mapping, Sequence
from typing import Any

from tfnets import metrics
from tfnets.studies.few_labels.settings import KINDS, PIXELS, Settings

Accuracies = Mapping[str, Sequence[float]]  # test accuracy of each draw (draws,), by name
Row = tuple[str, str, int]  # kind of draws, head, number of labels
EFFICIENT = {"label_efficient": "balanced", "label_efficient_uniform": "uniform"}
"""Where the numbers stand of methods that use all unlabelled images, and their kind of draws."""


def summary(
    settings: Settings,
    accuracies: Mapping[Row, Accuracies],
    finetuned: Mapping[tuple[str, str], Accuracies],
) -> dict[str, Any]:
    """Tests every pair of columns on the same draws.

    Of test accuracies per column of each row, and those of frozen and `finetuned` encoders by
    (encoder, kind of draws): `heads` and `uniform` (the table of the first encoder, balanced draws
    on top), `sources` (the same of every encoder, and what it gains on the first one), `curve` (the
    first encoder against the number of labels, and `sources` for every one), `finetuned` (the first
    encoder, balanced draws, on top; `sources` for every one).
    """
    first = settings.encoders[0]

    def table(kind: str, encoder: str) -> dict[str, Any]:
        rows = {head: accuracies[kind, head, settings.labels] for head in settings.heads}
        return {head: _compare(columns, encoder) for head, columns in rows.items()}

    def curve(kind: str, encoder: str) -> dict[str, Any]:
        rows = {n: accuracies[kind, settings.curve_head, n] for n in settings.curve}
        return {str(n): _compare(columns, encoder) for n, columns in rows.items()}

    tuned = {key: _paired(values, "finetuned", "frozen") for key, values in finetuned.items()}
    return {
        "labels": settings.labels,
        "draws": settings.draws,
        "encoder": first,
        "heads": table("balanced", first),
        "uniform": {"heads": table("uniform", first)},
        "sources": {
            name: {kind: table(kind, name) for kind in KINDS}
            | {"gain": _gains(settings, accuracies, name)}
            for name in settings.encoders
        },
        "curve": {
            "head": settings.curve_head,
            **{kind: curve(kind, first) for kind in KINDS},
            "sources": {name: {k: curve(k, name) for k in KINDS} for name in settings.encoders},
        },
        "finetuned": {
            "head": settings.curve_head,
            **tuned[first, "balanced"],
            "sources": {name: {k: tuned[name, k] for k in KINDS} for name in settings.encoders},
        },
    }


def by_method(draws: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Mean, 95 % interval, all draws and the worst one of each method, from those of each draw."""
    columns = {name: [draw[name] for draw in draws] for name in draws[0]}
    return {
        name: metrics.mean_ci95(values).as_json() | {"draws": values, "worst": min(values)}
        for name, values in columns.items()
    }


def _gains(settings: Settings, accuracies: Mapping[Row, Accuracies], name: str) -> dict[str, Any]:
    """What an encoder gains on the first one, with the first head of the table or the curve's."""
    head = settings.curve_head if settings.curve_head in settings.heads else settings.heads[0]
    columns = {kind: accuracies[kind, head, settings.labels] for kind in KINDS}
    first = settings.encoders[0]
    gains = {kind: _difference(found[name], found[first]) for kind, found in columns.items()}
    return {"head": head, "over": first} | gains


def _compare(columns: Accuracies, encoder: str) -> dict[str, Any]:
    return _paired({"mlp": columns[PIXELS], "transfer": columns[encoder]}, "transfer", "mlp")


def _paired(values: Accuracies, a: str, b: str) -> dict[str, Any]:
    means = {name: metrics.mean_ci95(each).as_json() for name, each in values.items()}
    return means | _difference(values[a], values[b])


def _difference(a: Sequence[float], b: Sequence[float]) -> dict[str, Any]:
    test = metrics.paired_test(a, b)
    return {"difference": test.difference.as_json(), "p_value": test.p_value}
