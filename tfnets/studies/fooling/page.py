"""Claims and tables of study 2.3."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfnets.artifacts.run import Run
from tfnets.figures import style
from tfnets.lab import findings
from tfnets.metrics import Estimate
from tfnets.report.content import Cells, Claim, Page
from tfnets.studies.fooling import QUESTION, TITLE
from tfnets.studies.fooling.figures import LABELS, ORIGIN_AFTER, animated, course, sheet
from tfnets.studies.fooling.settings import Settings


def write(
    run: Run, settings: Settings, numbers: dict[str, Any], second: str, notes: Sequence[str]
) -> dict[str, Any]:
    """Decides the claims, tabulates the attacks, shows the pictures that are in the run folder.

    `second` is the second network's name, or empty; notes are said of network and photograph.
    """
    page = Page(run, TITLE, QUESTION)
    page.claims += _claims(settings, numbers)
    rows = numbers["attacks"]
    names = f"{settings.image}: {numbers['source']} to {numbers['target']}"
    page.table(names, *_sizes(settings, rows))
    looked = f", and {second} (second)" if second else ""
    page.table(f"What {numbers['network']} sees{looked}", *_seen(rows, second))
    if numbers["rates"]:
        page.table("All photographs, random targets, after PNG", *_often(numbers["rates"]))
    run.save_figure("pictures", sheet(run, numbers), dpi=style.DPI)
    page.show("pictures.png", "The photograph, each new picture, and the enlarged difference.")
    page.figure(
        "course",
        course(run, numbers),
        "p(target) of the image that each gradient step begins with; Carlini and Wagner's attack "
        "begins again for each c.",
    )
    label = LABELS[animated(list(rows))]
    page.show("course.gif", f"The course of one attack ({label}), and the difference.")
    if "origin" in rows:
        page.note(
            "The report's loss has the plain distance ||image - original||; what is run here has "
            "its square, which is ours."
        )
    if "origin" in rows and not rows["origin"]["success"]:
        page.note(
            "The gradient of p(target) is p (1 - p) times that of its log-odds: where p begins "
            "near 0, the report's loss hardly moves. All other attacks climb logits or log-odds."
        )
    page.note(*notes)
    return page.as_json()


def _claims(settings: Settings, numbers: dict[str, Any]) -> list[Claim]:
    rows, rates, network = numbers["attacks"], numbers["rates"], numbers["network"]
    claims = _origin_claims(numbers, rows["origin"]) if "origin" in rows else []
    least = [name for name in ("eight_bit", "eight_bit_pixels") if name in rows]
    claims += [_least_claim(settings, numbers, name) for name in least]
    if {"eight_bit", "signed_gradient"} <= set(rows):
        claims.append(_thrift_claim(settings, numbers))
    return claims + [_rate_claim(settings, network, name, rate) for name, rate in rates.items()]


def _origin_claims(numbers: dict[str, Any], row: dict[str, Any]) -> list[Claim]:
    target, after = numbers["target"], row["p_target_after"]
    return [
        findings.sure(
            f"The report's loss makes {numbers['network']} see {target}",
            row["success"] == 1,
            ours=row["p_target_after_png"],
            whose="origin",
            origin=f"p(mink) = {ORIGIN_AFTER}",
            note=f"with the square of its distance, which is ours; p({target}) after PNG; "
            f"{after:.3g} before rounding, {row['p_target_before']:.3g} in the photograph",
        ),
        correction(),
    ]


def correction() -> Claim:
    """Decides the report's sentence about its new image by the report's own number."""
    most = round(1 - ORIGIN_AFTER, 6)
    return findings.sure(
        "The report's own new image is seen as a jellyfish, as its text says",
        most > ORIGIN_AFTER,
        ours=most,
        whose="origin",
        origin=f"p(mink) = {ORIGIN_AFTER}",
        note="the most that p(mink) leaves to any other class: the network sees a mink",
    )


def _least_claim(settings: Settings, numbers: dict[str, Any], name: str) -> Claim:
    row, wanted, levels = numbers["attacks"][name], settings.probability, settings.levels
    return findings.sure(
        f"Changes of at most {levels}/255 give p({numbers['target']}) >= {wanted} after PNG "
        f"({LABELS[name]})",
        row["p_target_after_png"] >= wanted and round(row["linf"] * 255) <= levels,
        ours=row["p_target_after_png"],
        note=f"{row['changed_values']} values in {row['changed_pixels']} pixels changed, "
        f"L2 {row['l2']:.3f}, {row['steps']} steps",
    )


def _thrift_claim(settings: Settings, numbers: dict[str, Any]) -> Claim:
    few, plain = (numbers["attacks"][name] for name in ("eight_bit", "signed_gradient"))
    keys = ("steps_to_probability", "l2", "changed_values")
    less = [few.get(key, np.inf) < plain.get(key, np.inf) for key in keys]
    enough = few["p_target_after_png"] >= settings.probability
    return findings.sure(
        f"The same p({numbers['target']}) takes less than the plain signed gradient changes",
        enough and all(less),
        ours=few["changed_values"] / max(1, plain["changed_values"]),
        note="share of values changed, 8-bit against signed gradient; L2 "
        f"{few['l2']:.3f} against {plain['l2']:.3f}, steps to p >= {settings.probability} "
        f"{few.get(keys[0], 'never')} against {plain.get(keys[0], 'never')}",
    )


def _rate_claim(settings: Settings, network: str, name: str, rate: dict[str, Any]) -> Claim:
    photos = len(settings.others) + 1
    return findings.above(
        f"More often than not, {network} is fooled ({LABELS[name]})",
        Estimate(rate["share"], *rate["ci95"], rate["n"]),
        threshold=0.5,
        note=f"{photos} photographs with random targets, after PNG; Wilson's interval",
    )


def _sizes(settings: Settings, rows: dict[str, dict[str, Any]]) -> Cells:
    columns = {
        "l2": "L2", "ssim": "SSIM", "changed_pixels": "pixels changed",
        "changed_values": "values changed", "steps": "steps",
    }  # fmt: skip
    wanted = f"steps to p >= {settings.probability}"
    return (
        ["attack", "p(target)", "after PNG", "L-inf x 255", *columns.values(), wanted],
        [
            [
                LABELS[name], row["p_target_after"], row["p_target_after_png"],
                round(row["linf"] * 255), *(row[c] for c in columns),
                row.get("steps_to_probability"),
            ]
            for name, row in rows.items()
        ],
    )  # fmt: skip


def _seen(rows: dict[str, dict[str, Any]], second: str) -> Cells:
    columns = {
        "p_source_before": "p(source) before", "p_source_after_png": "p(source) after PNG",
        "p_target_after_png": "p(target) after PNG", "seen_after_png": "seen after PNG",
    }  # fmt: skip
    if second:
        told = {"p_source_before": "p(source) before", "p_source_after": "p(source) after"}
        told |= {"p_target_after": "p(target) after", "seen_after": "seen after"}
        columns |= {f"second_{key}": f"second: {text}" for key, text in told.items()}
    body = [[LABELS[name], *(row[c] for c in columns)] for name, row in rows.items()]
    return ["attack", *columns.values()], body


def _often(rates: dict[str, dict[str, Any]]) -> Cells:
    numbers = {
        "p_target_after_png": "mean p(target)", "median_l2": "median L2",
        "median_changed_values": "median values changed",
    }  # fmt: skip
    shares = {
        "second_sees_target": "second sees the target",
        "second_changes_its_mind": "second changes its mind",
    }
    return (
        ["attack", "pairs", "fooled", "95 % interval", *numbers.values(), *shares.values()],
        [
            [
                LABELS[name], rate["n"], rate["share"], "{:.2f} to {:.2f}".format(*rate["ci95"]),
                *(rate[c] for c in numbers), *(rate.get(c, {}).get("share") for c in shares),
            ]
            for name, rate in rates.items()
        ],
    )  # fmt: skip
