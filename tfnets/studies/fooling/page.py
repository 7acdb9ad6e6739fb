"""Claims and tables of study 2.3."""

from typing import Any

import numpy as np

from tfnets.lab import findings
from tfnets.metrics import Estimate
from tfnets.report.content import Claim, Report, Table
from tfnets.studies.fooling import QUESTION, TITLE
from tfnets.studies.fooling.figures import LABELS, ORIGIN_AFTER, animated
from tfnets.studies.fooling.subject import Subject


def report(what: Subject, numbers: dict[str, Any]) -> Report:
    """Decides the claims and tabulates the attacks."""
    report = Report("fooling", TITLE, QUESTION)
    rows, rates = numbers["attacks"], numbers["rates"]
    if "origin" in rows:
        report.claims += _origin_claims(what, rows["origin"])
    for name in ("eight_bit", "eight_bit_pixels"):
        if name in rows:
            report.claims.append(_least_claim(what, rows, name))
    if {"eight_bit", "signed_gradient"} <= set(rows):
        report.claims.append(_thrift_claim(what, rows))
    report.claims += [_rate_claim(what, name, rate) for name, rate in rates.items()]
    report.tables += [_sizes(what, rows), _seen(what, rows)]
    if rates:
        report.tables.append(_often(rates))
    report.figure("pictures.png", "The photograph, each new picture, and the enlarged difference.")
    report.figure(
        "course.png",
        "p(target) of the image that each gradient step begins with; Carlini and Wagner's attack "
        "begins again for each c.",
    )
    label = LABELS[animated(list(rows))]
    report.figure("course.gif", f"The course of one attack ({label}), and the difference.")
    if "origin" in rows and not rows["origin"]["success"]:
        report.notes.append(
            "The gradient of p(target) is p (1 - p) times that of its log-odds: where p begins "
            "near 0, the report's loss hardly moves. All other attacks climb logits or log-odds."
        )
    report.notes += list(what.notes)
    return report


def _origin_claims(what: Subject, row: dict[str, Any]) -> list[Claim]:
    target, after = what.name(what.target), row["p_target_after"]
    return [
        findings.agreed(
            f"The report's loss makes {what.network.name} see {target}",
            [row["success"] == 1],
            ours=row["p_target_after_png"],
            origin=f"p(mink) = {ORIGIN_AFTER}",
            note=f"p({target}) after PNG; {after:.3g} before rounding, "
            f"{row['p_target_before']:.3g} in the photograph",
            certain=True,
        ),
        correction(),
    ]


def correction() -> Claim:
    """Decides the report's sentence about its new image by the report's own number."""
    most = round(1 - ORIGIN_AFTER, 6)
    return findings.agreed(
        "The report's own new image is seen as a jellyfish, as its text says",
        [most > ORIGIN_AFTER],
        ours=most,
        origin=f"p(mink) = {ORIGIN_AFTER}",
        note="the most that p(mink) leaves to any other class: the network sees a mink",
        certain=True,
    )


def _least_claim(what: Subject, rows: dict[str, dict[str, Any]], name: str) -> Claim:
    row, target, wanted = rows[name], what.name(what.target), what.settings.probability
    levels = what.settings.levels
    return findings.agreed(
        f"Changes of at most {levels}/255 give p({target}) >= {wanted} after PNG ({LABELS[name]})",
        [row["p_target_after_png"] >= wanted and round(row["linf"] * 255) <= levels],
        ours=row["p_target_after_png"],
        note=f"{row['changed_values']} values in {row['changed_pixels']} pixels changed, "
        f"L2 {row['l2']:.3f}, {row['steps']} steps",
        certain=True,
    )


def _thrift_claim(what: Subject, rows: dict[str, dict[str, Any]]) -> Claim:
    few, plain = rows["eight_bit"], rows["signed_gradient"]
    keys = ("steps_to_probability", "l2", "changed_values")
    less = [few.get(key, np.inf) < plain.get(key, np.inf) for key in keys]
    enough = few["p_target_after_png"] >= what.settings.probability
    return findings.agreed(
        f"The same p({what.name(what.target)}) takes less than the plain signed gradient changes",
        [enough and all(less)],
        ours=few["changed_values"] / max(1, plain["changed_values"]),
        note="share of values changed, 8-bit against signed gradient; L2 "
        f"{few['l2']:.3f} against {plain['l2']:.3f}, steps to p >= {what.settings.probability} "
        f"{few.get(keys[0], 'never')} against {plain.get(keys[0], 'never')}",
        certain=True,
    )


def _rate_claim(what: Subject, name: str, rate: dict[str, Any]) -> Claim:
    estimate = Estimate(rate["share"], *rate["ci95"], rate["n"])
    photos = len(what.settings.others) + 1
    return findings.above(
        f"More often than not, {what.network.name} is fooled ({LABELS[name]})",
        estimate,
        threshold=0.5,
        note=f"{photos} photographs with random targets, after PNG; Wilson's interval",
    )


def _sizes(what: Subject, rows: dict[str, dict[str, Any]]) -> Table:
    columns = {
        "l2": "L2", "ssim": "SSIM", "changed_pixels": "pixels changed",
        "changed_values": "values changed", "steps": "steps",
    }  # fmt: skip
    wanted = f"steps to p >= {what.settings.probability}"
    return Table(
        f"{what.settings.image}: {what.name(what.source)} to {what.name(what.target)}",
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


def _seen(what: Subject, rows: dict[str, dict[str, Any]]) -> Table:
    columns = {
        "p_source_before": "p(source) before", "p_source_after_png": "p(source) after PNG",
        "p_target_after_png": "p(target) after PNG", "seen_after_png": "seen after PNG",
    }  # fmt: skip
    if what.second:
        columns |= {
            "second_p_source_before": "second: p(source) before",
            "second_p_source_after": "second: p(source) after",
            "second_p_target_after": "second: p(target) after",
            "second_seen_after": "second: seen after",
        }
    title = f"What {what.network.name} sees"
    if what.second:
        title += f", and {what.second.name} (second)"
    return Table(
        title,
        ["attack", *columns.values()],
        [[LABELS[name], *(row[c] for c in columns)] for name, row in rows.items()],
    )


def _often(rates: dict[str, dict[str, Any]]) -> Table:
    numbers = {
        "p_target_after_png": "mean p(target)", "median_l2": "median L2",
        "median_changed_values": "median values changed",
    }  # fmt: skip
    shares = {
        "second_sees_target": "second sees the target",
        "second_changes_its_mind": "second changes its mind",
    }
    return Table(
        "All photographs, random targets, after PNG",
        ["attack", "pairs", "fooled", "95 % interval", *numbers.values(), *shares.values()],
        [
            [
                LABELS[name], rate["n"], rate["share"], "{:.2f} to {:.2f}".format(*rate["ci95"]),
                *(rate[c] for c in numbers), *(rate.get(c, {}).get("share") for c in shares),
            ]
            for name, rate in rates.items()
        ],
    )  # fmt: skip
