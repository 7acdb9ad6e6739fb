"""Figures and claims of study 4.1."""

import dataclasses
from typing import Any

from matplotlib.figure import Figure

from tfnets import figures, metrics
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.few_labels import QUESTION, TITLE, efficient_page
from tfnets.studies.few_labels.settings import Settings

ORIGIN = {
    "softmax": (0.6404, 0.5928),
    "relu32": (0.6172, 0.6363),
    "sigmoid32": (0.6443, 0.6862),
    "sigmoid64": (0.6501, 0.7295),
    "sigmoid64x2": (0.5948, 0.6649),
}
"""The origin's table: accuracy of (MLP on pixels, encoder + MLP), one draw."""


def draw(run: Run, settings: Settings, numbers: dict[str, Any]) -> None:
    """Saves both columns per head, the paired gain, accuracy against labels, and the encoders."""
    labels = {"mlp": "MLP on pixels", "transfer": "encoder + MLP"}
    for kind, heads in (("balanced", numbers["heads"]), ("uniform", numbers["uniform"]["heads"])):
        series = {
            label: [_triple(heads[head][column]) for head in settings.heads]
            for column, label in labels.items()
        }
        marks = {
            label: [ORIGIN[head][index] for head in settings.heads] if _comparable(settings) else []
            for index, label in enumerate(labels.values())
        }
        figure = figures.bars(
            settings.heads,
            series,
            ylabel=f"test accuracy, {settings.labels} labels",
            title=f"{kind} draws, N = {settings.draws}",
            references=marks if _comparable(settings) else None,
        )
        run.save_figure(f"heads_{kind}", figure)
    rows = [(head, _triple(numbers["heads"][head]["difference"])) for head in settings.heads]
    gain = figures.intervals(rows, xlabel="encoder + MLP minus MLP, accuracy, 95 % interval")
    run.save_figure("gain", gain)
    run.save_figure("curve", _curve(settings, numbers["curve"], labels))
    run.save_figure("sources", _sources_curve(settings, numbers["curve"]))
    if "label_efficient" in numbers:
        run.save_figure("label_efficient", efficient_page.figure(numbers))
    run.save_figure("finetuned", _finetuned_bars(settings, numbers["finetuned"]))


def _comparable(settings: Settings) -> bool:
    """Whether the origin's numbers may stand beside ours."""
    return settings.dataset == "mnist" and settings.labels == 50


def _curve(settings: Settings, curve: dict[str, Any], labels: dict[str, str]) -> Figure:
    lines, bands = {}, {}
    for kind in ("balanced", "uniform"):
        for column, label in labels.items():
            points = [_triple(curve[kind][str(n)][column]) for n in settings.curve]
            name = f"{label}, {kind}"
            lines[name] = (settings.curve, [mean for mean, _, _ in points])
            bands[name] = ([low for _, low, _ in points], [high for _, _, high in points])
    return figures.curves(
        lines,
        xlabel="labelled images",
        ylabel=f"test accuracy, {settings.curve_head}",
        bands=bands,
        logx=True,
        dashed={f"{label}, uniform": f"{label}, balanced" for label in labels.values()},
    )


def _sources_curve(settings: Settings, curve: dict[str, Any]) -> Figure:
    """Every encoder against the number of labels, balanced draws, and pixels without one."""
    first = settings.encoders[0]
    columns = {"none (pixels)": (first, "mlp")}
    columns |= {name: (name, "transfer") for name in settings.encoders}
    lines, bands = {}, {}
    for label, (encoder, column) in columns.items():
        found = curve["sources"][encoder]["balanced"]
        points = [_triple(found[str(n)][column]) for n in settings.curve]
        lines[label] = (settings.curve, [mean for mean, _, _ in points])
        bands[label] = ([low for _, low, _ in points], [high for _, _, high in points])
    return figures.curves(
        lines,
        xlabel="labelled images",
        ylabel=f"test accuracy, {settings.curve_head}",
        title=f"encoders, balanced draws, N = {settings.draws}",
        bands=bands,
        logx=True,
    )


def _finetuned_bars(settings: Settings, finetuned: dict[str, Any]) -> Figure:
    found = [finetuned["sources"][name]["balanced"] for name in settings.encoders]
    return figures.bars(
        settings.encoders,
        {
            "encoder frozen": [_triple(values["frozen"]) for values in found],
            "encoder fine-tuned": [_triple(values["finetuned"]) for values in found],
        },
        ylabel=f"test accuracy, {settings.labels} labels",
        title=f"balanced draws, {settings.curve_head}, N = {settings.draws}",
    )


def _triple(estimate: dict[str, Any]) -> tuple[float, float, float]:
    return (estimate["mean"], *estimate["ci95"])


def report(settings: Settings, numbers: dict[str, Any]) -> Report:
    """Decides the origin's claim per head by the paired interval."""
    report = Report("few_labels", TITLE.format(labels=settings.labels), QUESTION)
    report.claims += [_gain(settings, head, values) for head, values in numbers["heads"].items()]
    report.claims.append(_best(settings, numbers["heads"]))
    report.claims.append(
        findings.above(
            "Fine-tuning the encoder on the labelled images helps",
            _estimate(numbers["finetuned"]["difference"]),
            note=f"fine-tuned minus frozen, {settings.curve_head}, balanced draws",
        )
    )
    report.claims += [_source(name, numbers) for name in settings.encoders[1:]]
    report.tables += [
        _table(
            settings, f"{kind.capitalize()} draws, encoder {name}", numbers["sources"][name][kind]
        )
        for name in settings.encoders
        for kind in ("balanced", "uniform")
    ]
    report.tables.append(_finetuned(settings, numbers["finetuned"]))
    report.figure("heads_balanced.png", "Each head with the same draws in both columns.")
    report.figure("gain.png", "The paired gain of the encoder, balanced draws.")
    report.figure("heads_uniform.png", "The same with draws that may miss a digit.")
    report.figure("curve.png", "Accuracy against the number of labels.")
    report.figure("sources.png", "Every encoder against the number of labels; 95 % intervals.")
    report.figure("finetuned.png", "Every encoder frozen and fine-tuned with the head.")
    if "label_efficient" in numbers:
        efficient_page.add(report, numbers, comparable=_comparable(settings))
    return report


def _gain(settings: Settings, head: str, values: dict[str, Any]) -> Claim:
    """The origin's claim per head: transfer wins for all but `softmax`."""
    gain = _estimate(values["difference"])
    mlp, transfer = ORIGIN[head]
    origin = f"{transfer - mlp:+.4f}" if _comparable(settings) else None
    note = "accuracy of encoder + MLP minus MLP, paired by draw"
    if head == "softmax":
        loss = metrics.Estimate(-gain.mean, -gain.high, -gain.low, gain.n)
        claim = findings.above(
            "Transfer loses with the softmax head", loss, origin=origin, note=note
        )
        return dataclasses.replace(claim, ours=gain.mean, ci95=[gain.low, gain.high])
    return findings.above(f"Transfer wins with the {head} head", gain, origin=origin, note=note)


def _best(settings: Settings, heads: dict[str, Any]) -> Claim:
    name, values = max(heads.items(), key=lambda item: item[1]["transfer"]["mean"])
    best = max(transfer for _, transfer in ORIGIN.values())
    return findings.above(
        f"The best transfer head ({name}) exceeds the origin's best",
        _estimate(values["transfer"]),
        threshold=best,
        origin=str(best) if _comparable(settings) else None,
        note="accuracy on the test images, balanced draws; the best of the heads by that accuracy",
    )


def _source(name: str, numbers: dict[str, Any]) -> Claim:
    gain = numbers["sources"][name]["gain"]
    return findings.above(
        f"The {name} encoder's latents beat those of {gain['over']}",
        _estimate(gain["balanced"]["difference"]),
        note=f"accuracy of the {gain['head']} head, paired by balanced draw",
    )


def _finetuned(settings: Settings, finetuned: dict[str, Any]) -> Table:
    rows = [
        [
            name,
            kind,
            *(_shown(v[c]) for c in ("frozen", "finetuned", "difference")),
            _p(v["p_value"]),
        ]
        for name, kinds in finetuned["sources"].items()
        for kind, v in kinds.items()
    ]
    title = (
        f"Encoder frozen and fine-tuned, {settings.labels} labels, {finetuned['head']} head, "
        f"{settings.finetune_steps} updates together"
    )
    return Table(title, ["encoder", "draws", "frozen", "fine-tuned", "difference", "p"], rows)


def _shown(estimate: dict[str, Any]) -> str:
    low, high = estimate["ci95"]
    return f"{estimate['mean']:.4f} [{low:.4f}, {high:.4f}]"


def _estimate(values: dict[str, Any]) -> metrics.Estimate:
    return metrics.Estimate(values["mean"], *values["ci95"], values["n"])


def _p(value: float) -> str:
    return "< 0.0001" if value < 1e-4 else f"{value:.4f}"


def _table(settings: Settings, title: str, heads: dict[str, Any]) -> Table:
    def origin(head: str) -> tuple[float | None, ...]:
        return ORIGIN[head] if _comparable(settings) else (None, None)

    columns = ("mlp", "transfer", "difference")
    return Table(
        title,
        ["head", "origin MLP", "origin transfer", *columns, "p"],
        [
            [head, *origin(head), *(_shown(values[c]) for c in columns), _p(values["p_value"])]
            for head, values in heads.items()
        ],
    )
