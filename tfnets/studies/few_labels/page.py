"""The page of study 4.1."""

import dataclasses
from typing import Any

from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.lab import findings
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Page
from tfnets.studies.few_labels import QUESTION, TITLE, efficient_page
from tfnets.studies.few_labels.settings import KINDS, Settings

ORIGIN = {  # the origin's table: accuracy of (MLP on pixels, encoder + MLP), one draw
    "softmax": (0.6404, 0.5928),
    "relu32": (0.6172, 0.6363),
    "sigmoid32": (0.6443, 0.6862),
    "sigmoid64": (0.6501, 0.7295),
    "sigmoid64x2": (0.5948, 0.6649),
}

LABELS = {"mlp": "MLP on pixels", "transfer": "encoder + MLP"}  # both columns, as figures call them


def write(run: Run, settings: Settings, numbers: dict[str, Any]) -> dict[str, Any]:
    """Decides the origin's claim per head by the paired interval, tabulates and draws."""
    page = Page(run, TITLE.format(labels=settings.labels), QUESTION)
    heads, curve, tuned = numbers["heads"], numbers["curve"], numbers["finetuned"]
    page.claims += [_gain(settings, head, values) for head, values in heads.items()]
    helps = "Fine-tuning the encoder on the labelled images helps"
    note = f"fine-tuned minus frozen, {settings.curve_head}, balanced draws"
    page.claims.append(_best(settings, heads))
    page.claims.append(findings.above(helps, Estimate.from_json(tuned["difference"]), note=note))
    page.claims += [_source(name, numbers["sources"]) for name in settings.encoders[1:]]
    for name in settings.encoders:
        for kind in KINDS:
            title = f"{kind.capitalize()} draws, encoder {name}"
            _add_heads(page, settings, title, numbers["sources"][name][kind])
    _add_finetuned(page, settings, tuned)
    caption = "Each head with the same draws in both columns."
    page.figure("heads_balanced", _heads_bars(settings, "balanced", heads), caption)
    gains = [(head, _bar(heads[head]["difference"])) for head in settings.heads]
    figure = figures.intervals(gains, xlabel="encoder + MLP minus MLP, accuracy, 95 % interval")
    page.figure("gain", figure, "The paired gain of the encoder, balanced draws.")
    figure = _heads_bars(settings, "uniform", numbers["uniform"]["heads"])
    page.figure("heads_uniform", figure, "The same with draws that may miss a digit.")
    page.figure("curve", _curve(settings, curve), "Accuracy against the number of labels.")
    caption = "Every encoder against the number of labels; 95 % intervals."
    page.figure("sources", _sources_curve(settings, curve["sources"]), caption)
    caption = "Every encoder frozen and fine-tuned with the head."
    page.figure("finetuned", _finetuned_bars(settings, tuned["sources"]), caption)
    if "label_efficient" in numbers:
        efficient_page.add(page, numbers, comparable=_comparable(settings))
    if _comparable(settings):
        page.note(
            "The origin's numbers are of one draw and an encoder of 64 latents; this one has "
            f"{settings.latent}."
        )
    return page.as_json()


def _comparable(settings: Settings) -> bool:
    """Whether the origin's numbers may stand beside ours."""
    return settings.dataset == "mnist" and settings.labels == 50


def _bar(values: dict[str, Any]) -> tuple[float, float, float]:
    return Estimate.from_json(values).bar


def _heads_bars(settings: Settings, kind: str, heads: dict[str, Any]) -> Figure:
    """Both columns per head, and the origin's numbers."""
    names = settings.heads
    marks = {label: [ORIGIN[h][i] for h in names] for i, label in enumerate(LABELS.values())}
    return figures.bars(
        names,
        {label: [_bar(heads[h][column]) for h in names] for column, label in LABELS.items()},
        ylabel=f"test accuracy, {settings.labels} labels",
        title=f"{kind} draws, N = {settings.draws}",
        references=marks if _comparable(settings) else None,
    )


def _curve(settings: Settings, curve: dict[str, Any]) -> Figure:
    lines = {
        f"{label}, {kind}": [curve[kind][str(n)][column] for n in settings.curve]
        for kind in KINDS
        for column, label in LABELS.items()
    }
    dashed = {f"{label}, uniform": f"{label}, balanced" for label in LABELS.values()}
    return _against_labels(settings, lines, dashed=dashed)


def _sources_curve(settings: Settings, sources: dict[str, Any]) -> Figure:
    """Every encoder against the number of labels, balanced draws, and pixels without one."""
    columns = {"none (pixels)": (settings.encoders[0], "mlp")}
    columns |= {name: (name, "transfer") for name in settings.encoders}
    lines = {
        label: [sources[encoder]["balanced"][str(n)][column] for n in settings.curve]
        for label, (encoder, column) in columns.items()
    }
    title = f"encoders, balanced draws, N = {settings.draws}"
    return _against_labels(settings, lines, title=title)


def _against_labels(
    settings: Settings, lines: dict[str, list[dict[str, Any]]], **look: Any
) -> Figure:
    """Accuracies with intervals against the numbers of labels of the curve, by line."""
    points = {name: [_bar(values) for values in line] for name, line in lines.items()}
    ends = {name: tuple(map(list, zip(*line, strict=True))) for name, line in points.items()}
    return figures.curves(
        {name: (settings.curve, means) for name, (means, _, _) in ends.items()},
        xlabel="labelled images",
        ylabel=f"test accuracy, {settings.curve_head}",
        bands={name: (low, high) for name, (_, low, high) in ends.items()},
        logx=True,
        **look,
    )


def _finetuned_bars(settings: Settings, sources: dict[str, Any]) -> Figure:
    found = [sources[name]["balanced"] for name in settings.encoders]
    names = {"encoder frozen": "frozen", "encoder fine-tuned": "finetuned"}
    return figures.bars(
        settings.encoders,
        {label: [_bar(values[name]) for values in found] for label, name in names.items()},
        ylabel=f"test accuracy, {settings.labels} labels",
        title=f"balanced draws, {settings.curve_head}, N = {settings.draws}",
    )


def _gain(settings: Settings, head: str, values: dict[str, Any]) -> Claim:
    """The origin's claim per head: transfer wins for all but `softmax`."""
    gain = Estimate.from_json(values["difference"])
    mlp, transfer = ORIGIN[head]
    origin = f"{transfer - mlp:+.4f}" if _comparable(settings) else None
    note = "accuracy of encoder + MLP minus MLP, paired by draw"
    if head == "softmax":
        loss = Estimate(-gain.mean, -gain.high, -gain.low, gain.n)
        claimed = "Transfer loses with the softmax head"
        claim = findings.above(claimed, loss, whose="origin", origin=origin, note=note)
        return dataclasses.replace(claim, ours=gain.mean, ci95=gain.ci95)
    claimed = f"Transfer wins with the {head} head"
    return findings.above(claimed, gain, whose="origin", origin=origin, note=note)


def _best(settings: Settings, heads: dict[str, Any]) -> Claim:
    name, values = max(heads.items(), key=lambda item: item[1]["transfer"]["mean"])
    best = max(transfer for _, transfer in ORIGIN.values())
    return findings.above(
        f"The best transfer head ({name}) exceeds the origin's best",
        Estimate.from_json(values["transfer"]),
        threshold=best,
        origin=str(best) if _comparable(settings) else None,
        note="accuracy on the test images, balanced draws; the best of the heads by that accuracy",
    )


def _source(name: str, sources: dict[str, Any]) -> Claim:
    gain = sources[name]["gain"]
    return findings.above(
        f"The {name} encoder's latents beat those of {gain['over']}",
        Estimate.from_json(gain["balanced"]["difference"]),
        note=f"accuracy of the {gain['head']} head, paired by balanced draw",
    )


def _add_heads(page: Page, settings: Settings, title: str, heads: dict[str, Any]) -> None:
    origins = ORIGIN if _comparable(settings) else dict.fromkeys(heads, (None, None))
    shown = ("mlp", "transfer", "difference")
    rows = [[head, *origins[head], *_compared(row, shown)] for head, row in heads.items()]
    page.table(title, ["head", "origin MLP", "origin transfer", *shown, "p"], rows)


def _add_finetuned(page: Page, settings: Settings, tuned: dict[str, Any]) -> None:
    rows = [
        [name, kind, *_compared(values, ("frozen", "finetuned", "difference"))]
        for name, kinds in tuned["sources"].items()
        for kind, values in kinds.items()
    ]
    page.table(
        f"Encoder frozen and fine-tuned, {settings.labels} labels, {tuned['head']} head, "
        f"{settings.finetune_steps} updates together",
        ["encoder", "draws", "frozen", "fine-tuned", "difference", "p"],
        rows,
    )


def _compared(values: dict[str, Any], columns: tuple[str, ...]) -> list[str]:
    """Columns with their intervals, and the p value."""
    p = values["p_value"]
    shown = [f"{Estimate.from_json(values[column]):.4f}" for column in columns]
    return [*shown, "< 0.0001" if p < 1e-4 else f"{p:.4f}"]
