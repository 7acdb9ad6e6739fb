"""Figures and claims of study 2.4."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from tfnets import figures
from tfnets.artifacts.run import Run
from tfnets.figures.signed_maps import signed_maps
from tfnets.lab import findings
from tfnets.metrics import Estimate
from tfnets.report.content import Cells, Claim, Page
from tfnets.studies.occlusion import QUESTION, TITLE
from tfnets.studies.occlusion.settings import CURVES, GROUNDS, Settings
from tfnets.tracing.measured import box_around
from tfnets.tracing.regions import Box

EXACT = 1e-4  # largest difference of two maps that counts as rounding, relative to the largest drop


def write(
    run: Run, settings: Settings, numbers: dict[str, Any], notes: Sequence[str]
) -> dict[str, Any]:
    """Decides the origin's claim and what the map is worth, tabulates and draws the comparisons.

    The run folder has the maps and the photo; notes are what has to be said of network and image.
    """
    page = Page(run, TITLE, QUESTION)
    page.claims += [
        *_body_claims(settings, numbers),
        *_faithfulness_claims(numbers),
        *(_planted_claims(numbers["planted"]) if "planted" in numbers else ()),
        _exact_claim(numbers["exact"]),
    ]
    page.table("Fills", *_compared("fill", numbers["fills"]))
    page.table("Block sizes", *_compared("pixels", numbers["sizes"]))
    page.table("Deletion (small is good) and insertion (large is good)", *_faithfulness(numbers))
    _show_maps(page, run, settings, numbers)
    page.figure(
        "faithfulness",
        _curves(run),
        f"Probability of the class while blocks are filled ({settings.fill}; deletion) or brought "
        "back into a blurred image (insertion), in the order of the map and in random orders.",
    )
    if "planted" in numbers:
        page.figure(
            "planted",
            _planted(run, numbers["planted"]),
            "The photo pasted small at known places, on a plain ground and in other photos, and "
            "the map for its class.",
        )
    text = "How long the map takes with and without computing the seen part only is in timing.json."
    page.note(*notes, text)
    return page.as_json()


def _show_maps(page: Page, run: Run, settings: Settings, numbers: dict[str, Any]) -> None:
    """The study's map, and the same with other fills and blocks."""
    found, first = numbers["map"], numbers["classes"][numbers["image"]]
    image, heat = run.load_array("samples/image"), run.load_array("heats")[0]
    label = f"drop of the {settings.read}"
    title = f"{first['class_name']}, p = {first['p']:.3f}"
    page.figure(
        "overlay",
        figures.heat_overlay(image, heat, label=label, title=title),
        f"The photo as the network takes it, and how much the {settings.read} of "
        f"{first['class_name']} falls when {found['size']} x {found['size']} pixels are filled "
        f"({settings.fill}), every {found['stride']} pixels. Red: the block supports the class; "
        "blue: the class is seen better without it.",
    )
    frame = box_around(run.load_array("samples/box")) if "in_box" in found else None
    blocks = [f"blocks of {size} x {size}" for size in numbers["sizes"]]
    for name, titles, caption in (
        ("fills", numbers["fills"], "The same with other fills; each map has its own scale."),
        ("sizes", blocks, "The same with other blocks; the stride goes with the size."),
    ):
        maps = run.load_array(name)
        figure = signed_maps(
            np.repeat(image[None], len(maps), axis=0), maps, titles=list(titles), label=label,
            boxes=[frame] * len(maps), box_label="object, drawn by hand",
        )  # fmt: skip
        page.figure(name, figure, caption)


def _curves(run: Run) -> Figure:
    """Mean curves over the photos, as on common shares of replaced pixels."""
    shares, lines = np.linspace(0, 1, 51), {}
    for kind in CURVES:
        x, y = run.load_array(kind)
        curves = np.array([
            [np.interp(shares, *order) for order in zip(*photo, strict=True)]
            for photo in zip(x, y, strict=True)
        ])  # fmt: skip
        lines[f"{kind}, map"] = (shares, curves[:, 0].mean(axis=0))
        lines[f"{kind}, random"] = (shares, curves[:, 1:].mean(axis=(0, 1)))
    return figures.curves(
        lines,
        xlabel="share of pixels replaced",
        ylabel="probability of the class (mean over photos)",
        dashed={f"{kind}, random": f"{kind}, map" for kind in CURVES},
    )


def _planted(run: Run, planted: dict[str, Any]) -> Figure:
    kept, words, boxes = [], [], []
    for ground in GROUNDS:
        scenes, row = run.load_array(f"planted-{ground}"), planted[ground]
        kept.append(scenes)
        boxes += [Box(*place) for place in row["boxes"][: len(scenes)]]
        seen = row["found"][: len(scenes)]
        words += [f"{ground}: {'found' if found else 'missed'}" for found in seen]
    scenes = np.concatenate(kept)
    return signed_maps(
        scenes[..., :-1], scenes[..., -1], titles=words, label="drop of the logit", boxes=boxes,
        box_label="pasted photo", columns=len(kept[0]),
    )  # fmt: skip


def _body_claims(settings: Settings, numbers: dict[str, Any]) -> list[Claim]:
    """With the origin's fill, and with the others: one answer per fill."""
    rows = {fill: row["in_box"] for fill, row in numbers["fills"].items() if "in_box" in row}
    jellyfish = settings.image.endswith("jellyfish")
    what, origin = ("jellyfish's body", "seen by eye") if jellyfish else ("object", None)
    others = [fill for fill in rows if fill != "zero"]
    drops = f"The {what} is where the {settings.read} drops"
    if "zero" not in rows:
        return [_body(drops, rows, others, origin)] if others else []
    claims = [_body(drops, rows, ["zero"], origin)]
    if others:
        claims.append(_body("So it is with every other fill", rows, others, None))
    return claims


def _body(
    claim: str, rows: dict[str, dict[str, float]], fills: list[str], origin: str | None
) -> Claim:
    answers = [bool(rows[f]["maximum"]) and rows[f]["mass"] > rows[f]["area"] for f in fills]
    shares = ", ".join(f"{rows[fill]['mass']:.2f} ({fill})" for fill in fills)
    return findings.agreed(
        claim,
        answers,
        ours=f"share of the drops in the box {shares}",
        whose="origin" if origin else "ours",
        origin=origin,
        note="the map's maximum lies in a box drawn by hand, and the box has more of the map above "
        f"0 than of the area ({rows[fills[0]]['area']:.2f}); {sum(answers)} of {len(answers)}",
        certain=True,
    )


def _faithfulness_claims(numbers: dict[str, Any]) -> list[Claim]:
    claims, sooner = [], "the class sooner than in random order"
    for kind, doing, sign, between in (
        ("deletion", "Taking blocks away in the map's order loses", -1, "random minus map"),
        ("insertion", "Bringing blocks back in the map's order finds", 1, "map minus random"),
    ):
        rows = numbers[kind].values()
        gains = np.array([sign * (row["map"] - row["random"]["mean"]) for row in rows])
        note = f"area under the {kind} curve: {between}, over photos"
        claims.append(findings.decided(f"{doing} {sooner}", gains, note=note))
    return claims


def _planted_claims(planted: dict[str, Any]) -> list[Claim]:
    grounds = {
        "plain": ("on a plain ground", ""),
        "photos": ("in other photos", "; what else is in them may speak for the class too"),
    }
    return [
        findings.decided(
            f"The map finds a photo pasted {where}",
            np.array(planted[ground]["found"], float),
            threshold=planted["chance"],
            note="share of scenes where the map's maximum lies in the pasted photo, against its "
            f"share of the area, {planted['chance']:.2f}{more}",
        )
        for ground, (where, more) in grounds.items()
    ]


def _exact_claim(exact: dict[str, float]) -> Claim:
    relative = exact["largest_difference"] / (exact["largest_drop"] or 1.0)
    return findings.sure(
        "Computing only what sees the block gives the whole network's map",
        relative <= EXACT,
        ours=f"{relative:.1e}",
        note=f"largest difference of two drops, relative to the largest drop; at most {EXACT:g}",
    )


def _compared(first: str, rows: dict[str, Any]) -> Cells:
    boxed = any("in_box" in row for row in rows.values())
    columns = [first, "largest drop", "correlation with the map"]
    columns += ["maximum in the box", "share of the drops in the box"] if boxed else []
    body = [[name, row["largest"], row["correlation"]] for name, row in rows.items()]
    if boxed:
        for cells, within in zip(body, (row["in_box"] for row in rows.values()), strict=True):
            cells += ["yes" if within["maximum"] else "no", within["mass"]]
    return columns, body


def _faithfulness(numbers: dict[str, Any]) -> Cells:
    body = [[name, row["class_name"], row["p"]] for name, row in numbers["classes"].items()]
    columns = ["photo", "class", "p"]
    for kind in CURVES:
        columns += [f"{kind}, map", f"{kind}, random orders"]
        for cells in body:
            areas = numbers[kind][cells[0]]
            cells += [areas["map"], f"{Estimate.from_json(areas['random']):.3f}"]
    return columns, body
